"""Applications in whole runs: shown, waited for over restarts, reported by whom may report."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.executions import ADA, BOB, NOON, chain, service
from tests.fakes.flows import flow, use
from tests.fakes.manager import House
from tests.fakes.services import Behaviour, FakeServices
from tests.fakes.virtual_time import clock_of_loop, run_virtually
from tests.fakes.whole_runs import ASK, DAY, FIELD, house

from tarry.contract.errors import InvalidValue, MissingValue
from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.platform.executions import operations
from tarry.platform.executions.errors import NotAwaited, ReportsNothing, StepIsOver
from tarry.platform.executions.model import Choice, ExecutionState, RunView, StepState
from tarry.platform.executions.model.calls import Trouble
from tarry.platform.kernel.model import Caller, ExecutionId, Right, StepRunId
from tarry.platform.workflows.model import Parallel, Sequence


def first_step(run: ExecutionId) -> StepRunId:
    return StepRunId(f"{run}_1")


async def report(
    made: House, run: ExecutionId, outputs: Mapping[str, str], caller: Caller = ADA
) -> bool:
    """Report as a page does; tells whether it was the first time."""
    step = first_step(run)
    ports = await operations.awaited(made.room, step, caller=caller, run=None)
    if ports is not None:
        await operations.report(made.room, step, ports, outputs, caller=caller)
    return ports is not None


async def shown(made: House, workflow: str) -> RunView:
    """Start a run and wait until its application shows its page."""
    run = await made.start(workflow)
    return await made.until(run, lambda view: view.waits and bool(view.steps[0].page_tag))


def test_a_run_waits_for_days_without_a_single_poll_and_goes_on_with_the_answer() -> None:
    made = house()

    async def story() -> RunView:
        async with made.working():
            run = (await shown(made, "AskFirst")).id
            with pytest.raises(TimeoutError):
                await made.until(run, lambda view: not view.waits, 2 * DAY)
            assert await report(made, run, {"result": "42"})
            return await made.end_of(run)

    view = run_virtually(story())

    assert view.outputs == {"answer": "(42)"}
    assert not made.services.polled.keys() & {first_step(view.id)}
    assert not view.waits


def test_it_is_waited_for_by_the_next_manager_too() -> None:
    made = house()

    async def story() -> RunView:
        async with made.working():
            run = (await shown(made, "Ask")).id
        assert await report(made, run, {"result": "42"})  # nobody is there, but it is durable
        async with made.working():
            return await made.end_of(run)

    assert run_virtually(story()).outputs == {"answer": "42"}
    assert sum(made.services.started.values()) == 1


def test_a_second_report_is_harmless_and_changes_nothing_even_after_the_end() -> None:
    made = house()

    async def story() -> RunView:
        async with made.working():
            run = (await shown(made, "AskFirst")).id
            await report(made, run, {"result": "1"})
            await made.end_of(run)
            assert not await report(made, run, {"result": "2"})
            ended = await operations.awaited(made.room, first_step(run), caller=None, run=run)
            assert ended is None  # the token of the run has ended with it, and is still known
            return await made.show(run)

    assert run_virtually(story()).outputs == {"answer": "(1)"}


def test_two_reports_before_anybody_looked_count_as_one() -> None:
    made = house()

    async def story() -> RunView:
        async with made.working():
            run = (await shown(made, "Ask")).id
        assert await report(made, run, {"result": "first"})
        assert await report(made, run, {"result": "second"})
        async with made.working():
            return await made.end_of(run)

    assert run_virtually(story()).outputs == {"answer": "first"}


def test_only_the_run_itself_and_its_owner_may_report_and_nobody_learns_why_not() -> None:
    made = house()

    async def story() -> None:
        async with made.working():
            run, other = (await shown(made, "Ask")).id, (await shown(made, "Ask")).id
            step = first_step(run)
            refused: list[tuple[StepRunId, Caller | None, ExecutionId | None]] = [
                (step, None, None),
                (step, BOB, None),
                (step, replace(ADA, user=BOB.user), None),
                (step, replace(ADA, project=BOB.project), None),
                (step, replace(ADA, execution=other), other),
                (step, replace(ADA, rights=frozenset({Right.READ})), None),
                (step, None, run),  # its token has ended, although it goes on: it was deleted
                (StepRunId(f"{run}_2"), ADA, None),
                (StepRunId(f"{'f' * 32}_1"), ADA, None),
                (StepRunId(""), ADA, None),
                (StepRunId(f"../{run}_1"), ADA, None),
                (StepRunId(f"{run}_1\0"), ADA, None),
            ]
            words = set()
            for name, caller, of in refused:
                with pytest.raises(NotAwaited) as error:
                    await operations.awaited(made.room, name, caller=caller, run=of)
                words.add(str(error.value))
            assert len(words) == 1
            as_run = replace(ADA, execution=run)
            assert await operations.awaited(made.room, step, caller=as_run, run=run)
            assert await operations.awaited(made.room, step, caller=ADA, run=None)

    run_virtually(story())


def test_outputs_that_do_not_fit_are_named_and_the_step_goes_on_waiting() -> None:
    size = Port(name="size", type=PortType.DECIMAL)
    asking = service("Size", kind=Kind.APPLICATION, outputs=(size, Port(name="result")))
    made = House(
        chain("Size", asking),
        services=FakeServices(Size=Behaviour()),
        clock=clock_of_loop(NOON),
    )

    async def story() -> RunView:
        async with made.working():
            run = (await shown(made, "Size")).id
            with pytest.raises(InvalidValue, match="size: 'thick' is not a decimal"):
                await report(made, run, {"size": "thick", "result": "x"})
            with pytest.raises(MissingValue, match="result"):
                await report(made, run, {"size": "1.5"})
            assert (await made.show(run)).waits
            await report(made, run, {"size": "1.5", "result": "x"})
            return await made.end_of(run)

    assert run_virtually(story()).steps[0].outputs == {"size": "1.5", "result": "x"}


def test_a_list_without_items_can_be_reported_and_is_no_element_on_the_wire() -> None:
    picked = Port(name="picked", type=PortType.INTEGER, many=True)
    asking = service("Pick", kind=Kind.APPLICATION, outputs=(picked, Port(name="result")))
    made = House(
        chain("Pick", asking),
        services=FakeServices(Pick=Behaviour()),
        clock=clock_of_loop(NOON),
    )

    async def story() -> RunView:
        async with made.working():
            run = (await shown(made, "Pick")).id
            with pytest.raises(InvalidValue, match="picked: 'two' is not a whole number"):
                await report(made, run, {"picked": '["two"]', "result": "x"})
            with pytest.raises(MissingValue, match="result"):
                await report(made, run, {})
            await report(made, run, {"result": "x"})
            return await made.end_of(run)

    assert run_virtually(story()).steps[0].outputs == {"picked": "[]", "result": "x"}


def test_what_is_no_application_reports_nothing_and_what_was_aborted_comes_too_late() -> None:
    made = house(Field=Behaviour(lasts=1e6), Ask=Behaviour(aborts=None))

    async def story() -> None:
        async with made.working():
            field = await made.start("Field")
            await made.until(field, lambda view: any(view.steps))
            with pytest.raises(ReportsNothing, match="asynchronous"):
                await report(made, field, {"result": "1"})
            asked = (await shown(made, "Ask")).id
            await operations.abort(made.room, ADA, asked)
            view = await made.end_of(asked)
            assert (view.state, view.steps[0].state) == (ExecutionState.ABORTED, StepState.ABORTED)
            assert "Nobody waits" in view.steps[0].note
            with pytest.raises(StepIsOver, match="aborted"):
                await report(made, asked, {"result": "1"})

    run_virtually(story())


def test_an_abort_stops_the_program_of_an_application_first() -> None:
    made = house()

    async def story() -> RunView:
        async with made.working():
            run = (await shown(made, "Ask")).id
            await operations.abort(made.room, ADA, run)
            return await made.end_of(run)

    view = run_virtually(story())
    assert made.services.aborted == [first_step(view.id)]
    assert view.steps[0].note == "The service has stopped it"


def test_an_abort_that_is_never_answered_ends_at_its_limit() -> None:
    made = house(Ask=Behaviour(aborts=Trouble.LOST))

    async def story() -> timedelta:
        async with made.working():
            run = (await shown(made, "Ask")).id
            began = made.clock()
            await operations.abort(made.room, ADA, run)
            await made.end_of(run)
            return made.clock() - began

    assert timedelta(seconds=10) < run_virtually(story()) < timedelta(seconds=20)


def test_an_answer_that_does_not_come_in_time_fails_the_step_also_over_a_restart() -> None:
    minute = timedelta(minutes=1)
    asking = flow("W", use(ASK, "a", time_out=minute), services=(ASK,), outputs=("a",))
    made = House(
        asking, services=FakeServices(Ask=Behaviour(aborts=None)), clock=clock_of_loop(NOON)
    )

    async def story() -> RunView:
        async with made.working():
            run = await operations.start(made.room, ADA, "W", {})
            await made.until(run, lambda view: view.waits)
        async with made.working():
            return await made.end_of(run, 70)

    view = run_virtually(story())
    assert view.failure is not None
    assert view.failure.code == "time-out"
    assert "Nobody waits for its answer any more" in view.failure.message


def test_what_runs_beside_a_question_goes_on_and_both_are_waited_for() -> None:
    branches = (Sequence(nodes=(use(ASK, "a"),)), Sequence(nodes=(use(FIELD, "f"),)))
    both = Parallel(key="", branches=branches)
    beside = flow("W", both, services=(ASK, FIELD), outputs=("a", "f"))
    made = House(beside, services=FakeServices(), clock=clock_of_loop(NOON))

    async def story() -> RunView:
        async with made.working():
            run = await operations.start(made.room, ADA, "W", {})
            view = await made.until(run, lambda it: any(step.outputs for step in it.steps))
            assert view.asks
            await report(made, run, {"result": "42"})
            return await made.end_of(run)

    assert run_virtually(story()).outputs == {"a": "42", "f": "()"}


def test_a_program_that_fails_behind_its_page_fails_the_step_once_its_service_pushes() -> None:
    made = house(OwnAsk=Behaviour(lasts=100, breaks="the program ended with 3"))

    async def story() -> RunView:
        async with made.working():
            run = (await shown(made, "OwnAsk")).id
            await operations.push(made.room, f"push {first_step(run)}")  # it has another page
            await asyncio.sleep(200)
            assert (await made.show(run)).waits  # nobody has told us
            await operations.push(made.room, f"push {first_step(run)}")
            return await made.end_of(run)

    view = run_virtually(story())
    assert view.failure is not None
    assert "the program ended with 3" in view.failure.message
    assert made.services.looked[first_step(view.id)] == 2


def test_a_program_that_failed_while_no_manager_was_there_is_found_out_by_the_next() -> None:
    made = house(OwnAsk=Behaviour(lasts=100, breaks="the program ended with 3"))

    async def story() -> RunView:
        async with made.working():
            run = (await shown(made, "OwnAsk")).id
        await asyncio.sleep(200)
        async with made.working():
            return await made.end_of(run)

    view = run_virtually(story())
    assert view.failure is not None
    assert "the program ended with 3" in view.failure.message
    assert sum(made.services.started.values()) == 1


def test_a_lost_start_answer_leaves_a_doubt_that_a_report_ends() -> None:
    made = house(Ask=Behaviour(starts=[Trouble.LOST]))

    async def story() -> RunView:
        async with made.working():
            run = await made.start("Ask")
            await made.state_of(run, ExecutionState.UNDECIDED)
            await report(made, run, {"result": "it did arrive"})
            return await made.end_of(run)

    view = run_virtually(story())
    assert view.outputs == {"answer": "it did arrive"}
    assert len(view.steps) == 1


def test_after_a_new_attempt_the_report_of_the_old_one_comes_too_late() -> None:
    made = house(Ask=Behaviour(starts=[Trouble.LOST]))

    async def story() -> None:
        async with made.working():
            run = await made.start("Ask")
            await made.state_of(run, ExecutionState.UNDECIDED)
            await operations.decide(made.room, ADA, run, 1, Choice.AGAIN)
            await made.until(run, lambda view: view.waits)
            with pytest.raises(StepIsOver, match="unknown"):
                await report(made, run, {"result": "old"})

    run_virtually(story())
