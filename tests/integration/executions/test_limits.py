"""Services that take only so many runs at once, and projects that take turns; in virtual time."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from tests.fakes.executions import ADA, BOB, NOON, chain, service
from tests.fakes.manager import House
from tests.fakes.services import Behaviour, FakeServices
from tests.fakes.virtual_time import clock_of_loop, run_virtually

from tarry.platform.catalogue.model.services import Told
from tarry.platform.executions import operations
from tarry.platform.executions.model import ExecutionState, RunView, StepState
from tarry.platform.executions.model.calls import StepCall
from tarry.platform.kernel.model import ExecutionId

LIMITED = replace(service("Limited"), told=Told(most_runs=2))
TARRY = replace(service("Tarry", at_most_once=True), told=Told(most_runs=2))


def house(**behaviours: Behaviour) -> House:
    return House(
        chain("Limited", LIMITED),
        chain("Tarry", TARRY),
        services=FakeServices(**behaviours),
        clock=clock_of_loop(NOON),
    )


def busiest(made: House) -> int:
    """Tell how many programs ran at once at most."""
    all_of_them = list(made.services.programs.values())
    return max(
        len([other for other in all_of_them if other.began <= one.began < other.ends])
        for one in all_of_them
    )


def waits(run: RunView) -> bool:
    return any("free place" in step.note for step in run.steps)


async def _all_end(made: House, runs: list[ExecutionId]) -> list[RunView]:
    return [await made.end_of(run, 10_000) for run in runs]


def test_a_service_never_has_more_runs_than_it_takes_and_all_come_to_their_end() -> None:
    async def story() -> None:
        made = house(Limited=Behaviour(lasts=10))
        async with made.working():
            runs = [await made.start("Limited") for _ in range(7)]
            await asyncio.sleep(5)
            shown = [await made.show(run) for run in runs]
            assert sum(waits(run) for run in shown) == 5
            ended = await _all_end(made, runs)
        assert {run.state for run in ended} == {ExecutionState.SUCCEEDED}
        assert not any(waits(run) for run in ended)
        assert busiest(made) == 2
        assert set(made.services.begun.values()) == {1}

    run_virtually(story())


def test_a_run_that_waits_for_a_place_is_aborted_at_once_and_its_service_hears_nothing() -> None:
    async def story() -> None:
        made = house(Limited=Behaviour(lasts=1000))
        async with made.working():
            runs = [await made.start("Limited") for _ in range(4)]
            await asyncio.sleep(5)
            await operations.abort(made.room, ADA, runs[2])
            ended = await made.end_of(runs[2], 1)
            assert ended.state is ExecutionState.ABORTED
            assert ended.steps[0].state is StepState.ABORTED
            assert made.services.aborted == []
            await operations.abort(made.room, ADA, runs[0])
            await made.until(runs[3], lambda run: run.steps[0].state is StepState.RUNNING, 60)
        assert made.services.started[ended.steps[0].id] == 0

    run_virtually(story())


def test_a_manager_that_is_killed_forgets_nobody_who_waits_and_starts_nobody_twice() -> None:
    async def story() -> None:
        for name in ("Limited", "Tarry"):
            made = house(**{name: Behaviour(lasts=30)})
            async with made.working():
                runs = [await made.start(name) for _ in range(6)]
                await asyncio.sleep(10)
            async with made.working():
                await asyncio.sleep(1)
                assert sum([waits(await made.show(run)) for run in runs]) == 4
            async with made.working():
                ended = await _all_end(made, runs)
            assert {run.state for run in ended} == {ExecutionState.SUCCEEDED}
            assert busiest(made) == 2
            assert set(made.services.begun.values()) == {1}

    run_virtually(story())


def test_a_manager_that_is_stopped_renews_who_waits() -> None:
    async def story() -> None:
        made = house(Limited=Behaviour(lasts=30))
        async with made.working() as manager:
            runs = [await made.start("Limited") for _ in range(5)]
            await asyncio.sleep(10)
            await manager.stop()
        async with made.working():
            ended = await _all_end(made, runs)
        assert {run.state for run in ended} == {ExecutionState.SUCCEEDED}
        assert busiest(made) == 2

    run_virtually(story())


def test_many_runs_of_one_project_do_not_hold_up_one_of_another() -> None:
    async def story() -> None:
        made = house(Limited=Behaviour(lasts=1))
        order: list[ExecutionId] = []
        made.services.on_start = _note(order)
        async with made.working():
            mine = [await made.start("Limited") for _ in range(50)]
            theirs = await operations.start(made.room, BOB, "Limited", {"question": "q"})
            while theirs not in order:
                await asyncio.sleep(0.1)
            assert len(order) <= 2 + 2 + 2  # who was inside, and its turn
            await _all_end(made, mine)

    run_virtually(story())


def _note(order: list[ExecutionId]) -> Callable[[StepCall], None]:
    def note(call: StepCall) -> None:
        order.append(ExecutionId(call.step.rpartition("_")[0]))

    return note
