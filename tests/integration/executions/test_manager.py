"""Aborts, restarts and tokens, in virtual time."""

import asyncio

import pytest
from tests.fakes.executions import ADA
from tests.fakes.services import Behaviour
from tests.fakes.virtual_time import run_virtually
from tests.fakes.whole_runs import DAY, house

from tarry.platform.executions import operations
from tarry.platform.executions.model import ExecutionState, StepState
from tarry.platform.executions.model.calls import Trouble


def test_an_abort_stops_the_running_service_and_starts_nothing_more() -> None:
    async def story() -> None:
        made = house(Tarry=Behaviour(lasts=1000))
        async with made.working():
            run = await made.start("Two")
            await asyncio.sleep(10)
            await operations.abort(made.room, ADA, run)
            ended = await made.end_of(run, 5)
        assert ended.state is ExecutionState.ABORTED
        assert [step.state for step in ended.steps] == [StepState.ABORTED]
        assert ended.steps[0].note == "The service has stopped it"
        assert ended.failure is not None
        assert ended.failure.message == "Aborted by ada"
        assert len(made.services.aborted) == 1

    run_virtually(story())


@pytest.mark.parametrize(
    ("aborts", "says"),
    [
        (False, "could not stop it"),
        (None, "no abortService"),
        (Trouble.LOST, "The abort failed"),
        (Trouble.FAULT, "The abort failed"),
    ],
)
def test_an_abort_that_does_not_succeed_ends_within_its_limit_and_says_so(
    aborts: bool | Trouble | None, says: str
) -> None:
    async def story() -> None:
        made = house(Field=Behaviour(lasts=1000, aborts=aborts))
        async with made.working():
            run = await made.start("Field")
            await asyncio.sleep(10)
            await operations.abort(made.room, ADA, run)
            ended = await made.end_of(run, 16)
        assert ended.state is ExecutionState.ABORTED
        assert says in ended.steps[0].note

    run_virtually(story())


def test_an_abort_waits_for_the_start_call_that_is_under_way() -> None:
    async def story() -> None:
        made = house(Field=Behaviour(lasts=1000, answers_after=3))
        async with made.working():
            run = await made.start("Field")
            await asyncio.sleep(1)
            await operations.abort(made.room, ADA, run)
            ended = await made.end_of(run, 16)
        assert ended.steps[0].state is StepState.ABORTED
        assert made.services.programs[ended.steps[0].id].aborted

    run_virtually(story())


def test_an_abort_of_what_was_never_sent_is_over_at_once() -> None:
    async def story() -> None:
        made = house(Field=Behaviour(starts=[Trouble.NOT_SENT] * 100))
        async with made.working():
            run = await made.start("Field")
            await asyncio.sleep(60)
            await operations.abort(made.room, ADA, run)
            ended = await made.end_of(run, 1)
        assert ended.steps[0].note == "It had not been started"
        assert not made.services.aborted

    run_virtually(story())


def test_the_token_of_a_run_is_good_until_its_last_page_is_there() -> None:
    async def story() -> None:
        made = house(Tarry=Behaviour(lasts=1, breaks="no luck"))
        async with made.working():
            run = await made.start("Tarry")
            assert made.permits.opened[run][0] == ADA.user
            await made.end_of(run)
            await asyncio.sleep(1)
        assert made.permits.closed == [run]
        assert made.services.last_pages
        assert run in made.store.store.settled

    run_virtually(story())


def test_the_next_step_is_started_before_the_last_page_of_the_one_before_is_asked_for() -> None:
    async def story() -> None:
        made = house(Tarry=Behaviour(lasts=1))
        loop = asyncio.get_running_loop()
        start_times: list[float] = []
        made.services.on_start = lambda _: start_times.append(loop.time())
        async with made.working():
            await made.end_of(await made.start("Two"))
            await asyncio.sleep(1)
        assert len(start_times) == len(made.services.last_page_times) == 2
        assert start_times[1] < made.services.last_page_times[0]

    run_virtually(story())


def test_a_run_that_waits_in_the_inbox_can_be_aborted_before_it_begins() -> None:
    async def story() -> None:
        made = house()
        run = await made.start("Tarry")
        await operations.abort(made.room, ADA, run)
        made.store.store.inbox.reverse()
        async with made.working():
            ended = await made.end_of(run)
        assert ended.state is ExecutionState.ABORTED
        assert not ended.steps

    run_virtually(story())


def test_after_a_stop_nothing_is_in_doubt() -> None:
    """Start calls under way are waited for; those that were never sent are made later."""

    async def story() -> None:
        slow = Behaviour(answers_after=2)
        away = Behaviour(starts=[Trouble.NOT_SENT] * 6)
        made = house(Sync=slow, Field=away)
        manager = made.new_manager()
        working = asyncio.create_task(manager.run())
        runs = [await made.start("Sync"), await made.start("Field"), await made.start("Mixed")]
        await asyncio.sleep(1)
        await manager.stop()
        await working
        async with made.working():
            ended = [await made.end_of(run, DAY) for run in runs]
        assert [run.state for run in ended] == [ExecutionState.SUCCEEDED] * 3
        assert made.services.started[ended[0].steps[0].id] == 1
        assert made.services.started[ended[2].steps[0].id] == 1

    run_virtually(story())


def test_a_manager_that_comes_back_goes_on_with_the_same_step_runs() -> None:
    async def story() -> None:
        made = house(Tarry=Behaviour(lasts=1000), Field=Behaviour(lasts=1000))
        async with made.working():
            tarry, field = await made.start("Tarry"), await made.start("Field")
            await asyncio.sleep(100)
        async with made.working():
            ended = [await made.end_of(tarry, 2000), await made.end_of(field, 2000)]
        assert [run.state for run in ended] == [ExecutionState.SUCCEEDED] * 2
        assert set(made.services.started.values()) == {1}

    run_virtually(story())


def test_an_abort_goes_on_after_a_restart() -> None:
    async def story() -> None:
        made = house(Field=Behaviour(lasts=1000, aborts=Trouble.LOST))
        async with made.working():
            run = await made.start("Field")
            await asyncio.sleep(10)
            await operations.abort(made.room, ADA, run)
            await made.state_of(run, ExecutionState.ABORTING)
        async with made.working():
            assert (await made.end_of(run, 20)).state is ExecutionState.ABORTED

    run_virtually(story())


def test_a_hanging_service_does_not_hold_up_another() -> None:
    async def story() -> None:
        made = house(Field=Behaviour(answers_after=30, lasts=100), Tarry=Behaviour(lasts=1))
        async with made.working():
            for _ in range(300):
                await made.start("Field")
            run = await made.start("Tarry")
            await made.end_of(run, 3)

    run_virtually(story())
