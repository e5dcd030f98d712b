"""Time-outs and retries of whole runs, in virtual time."""

import asyncio
from datetime import timedelta

import pytest
from tests.fakes.executions import ADA, NOON, service
from tests.fakes.flows import flow, use
from tests.fakes.manager import House
from tests.fakes.services import Behaviour, FakeServices
from tests.fakes.virtual_time import clock_of_loop, run_virtually

from tarry.contract.kinds import Kind
from tarry.platform.catalogue.model import PublishedWorkflow
from tarry.platform.executions import operations
from tarry.platform.executions.model import ExecutionState, RunView, StepState
from tarry.platform.executions.model.calls import Trouble

FIELD = service("Field")
SYNC = service("Sync", kind=Kind.SYNCHRONOUS)
TEN = timedelta(seconds=10)


def house(workflow: PublishedWorkflow, **behaviours: Behaviour) -> House:
    return House(workflow, services=FakeServices(**behaviours), clock=clock_of_loop(NOON))


async def ended(made: House, name: str = "W", limit: float = 600) -> RunView:
    async with made.working():
        return await made.end_of(await operations.start(made.room, ADA, name, {}), limit)


def failure_of(run: RunView) -> tuple[str, str]:
    assert run.failure is not None
    return run.failure.code, run.failure.message


def test_a_step_that_lasts_too_long_is_stopped_at_its_service_and_fails() -> None:
    made = house(
        flow("W", use(FIELD, time_out=TEN), services=(FIELD,)), Field=Behaviour(lasts=1000)
    )

    run = run_virtually(ended(made, limit=20))

    code, message = failure_of(run)
    assert code == "time-out"
    assert message.endswith("it has lasted longer than 10 s. The service has stopped it")
    assert made.services.programs[run.steps[0].id].aborted
    assert run.ended_at is not None
    assert run.started_at is not None
    assert run.ended_at - run.started_at < timedelta(seconds=12)


def test_the_time_of_a_step_counts_on_while_no_manager_is_there() -> None:
    made = house(
        flow("W", use(FIELD, time_out=2 * TEN), services=(FIELD,)), Field=Behaviour(lasts=1000)
    )

    async def story() -> RunView:
        async with made.working():
            run = await operations.start(made.room, ADA, "W", {})
            await asyncio.sleep(5)
        await asyncio.sleep(10)
        async with made.working():
            return await made.end_of(run, 10)

    assert failure_of(run_virtually(story()))[0] == "time-out"


def test_a_step_whose_time_is_up_is_tried_again_once_it_is_stopped() -> None:
    slow = Behaviour(lasts=1000)
    made = house(
        flow("W", use(FIELD, "a", time_out=TEN, retries=1), services=(FIELD,), outputs=("a",)),
        Field=slow,
    )

    async def story() -> RunView:
        async with made.working():
            run = await operations.start(made.room, ADA, "W", {})
            await made.until(run, lambda view: bool(view.steps))
            await asyncio.sleep(1)
            slow.lasts = 1
            return await made.end_of(run)

    run = run_virtually(story())

    assert run.state is ExecutionState.SUCCEEDED
    assert [(it.attempt, it.state) for it in run.steps] == [
        (1, StepState.FAILED),
        (2, StepState.SUCCEEDED),
    ]
    assert run.outputs == {"a": "()"}


@pytest.mark.parametrize("repeatable", [False, True])
def test_what_could_not_be_stopped_is_not_tried_again_unless_it_may_be_called_twice(
    repeatable: bool,
) -> None:
    once = use(FIELD, time_out=TEN, retries=1, repeatable=repeatable)
    made = house(flow("W", once, services=(FIELD,)), Field=Behaviour(lasts=1000, aborts=None))

    run = run_virtually(ended(made))

    assert len(run.steps) == (2 if repeatable else 1)
    assert "its program may still be running" in failure_of(run)[1]


def test_the_time_of_a_synchronous_call_is_up_at_once() -> None:
    made = house(
        flow("W", use(SYNC, time_out=timedelta(seconds=2), retries=1), services=(SYNC,)),
        Sync=Behaviour(answers_after=25),
    )

    run = run_virtually(ended(made, limit=3))

    assert len(run.steps) == 1
    assert "The outcome of the call is unknown" in failure_of(run)[1]


def test_the_time_of_a_step_begins_with_its_start_call() -> None:
    """It is no fault of the step that a hundred others are being started before it."""
    made = house(
        flow("W", use(SYNC, time_out=TEN), services=(SYNC,)), Sync=Behaviour(answers_after=8)
    )

    async def story() -> list[RunView]:
        async with made.working():
            runs = [await operations.start(made.room, ADA, "W", {}) for _ in range(150)]
            return [await made.end_of(run) for run in runs]

    assert {run.state for run in run_virtually(story())} == {ExecutionState.SUCCEEDED}


def test_a_pause_before_a_retry_goes_on_over_a_restart() -> None:
    flaky = Behaviour(lasts=1, starts=[Trouble.FAULT])
    once = use(FIELD, "a", retries=3, retry_pause=timedelta(seconds=100))
    made = house(flow("W", once, services=(FIELD,), outputs=("a",)), Field=flaky)

    async def story() -> tuple[RunView, RunView]:
        loop = asyncio.get_running_loop()
        async with made.working():
            run = await operations.start(made.room, ADA, "W", {})
            await made.until(run, lambda view: any(step.failure for step in view.steps))
            await asyncio.sleep(10)
        began = loop.time()
        async with made.working():
            waiting = await made.show(run)
            end = await made.end_of(run, 200)
        assert 85 < loop.time() - began < 95
        return waiting, end

    waiting, run = run_virtually(story())

    assert waiting.state is ExecutionState.RUNNING
    assert [it.attempt for it in run.steps] == [1, 2]
    assert run.state is ExecutionState.SUCCEEDED


def test_an_abort_does_not_wait_for_a_retry() -> None:
    once = use(FIELD, retries=3, retry_pause=timedelta(days=1))
    made = house(flow("W", once, services=(FIELD,)), Field=Behaviour(starts=[Trouble.FAULT]))

    async def story() -> RunView:
        async with made.working():
            run = await operations.start(made.room, ADA, "W", {})
            await asyncio.sleep(10)
            await operations.abort(made.room, ADA, run)
            return await made.end_of(run, 1)

    assert run_virtually(story()).state is ExecutionState.ABORTED
