"""The manager dies at every write of its journal, just before and just after it; then another
one takes over. Whatever happens, a run ends right and nothing is started twice that must not be."""

import asyncio
from typing import get_args

import pytest
from tests.fakes.crashes import Crash, CrashingTransactions, Moment
from tests.fakes.executions import ADA, NOON, chain, service
from tests.fakes.manager import House
from tests.fakes.services import Behaviour, FakeServices
from tests.fakes.virtual_time import clock_of_loop, run_virtually

from tarry.contract.kinds import Kind
from tarry.platform.executions import operations
from tarry.platform.executions.model import Choice, ExecutionState, RunView, StepState
from tarry.platform.kernel.model import ExecutionId, execution_of

TARRY = service("Tarry", at_most_once=True)
FIELD = service("Field")
SYNC = service("Sync", kind=Kind.SYNCHRONOUS)
AGAIN = service("Again", kind=Kind.SYNCHRONOUS, repeatable=True)
WORKFLOWS = {
    "tarry": chain("tarry", TARRY, TARRY),
    "field": chain("field", FIELD, FIELD),
    "sync": chain("sync", SYNC, SYNC, SYNC),
    "again": chain("again", AGAIN, AGAIN),
    "mixed": chain("mixed", TARRY, SYNC, FIELD, AGAIN),
}
NEVER_TWICE = {"field", "sync"}


class Story:
    """One run with one crash in it."""

    def __init__(self, workflow: str, *, at: int | None, moment: Moment) -> None:
        made = House(
            *WORKFLOWS.values(),
            services=FakeServices(
                Tarry=Behaviour(lasts=6), Field=Behaviour(lasts=6), Sync=Behaviour(lasts=1)
            ),
            clock=clock_of_loop(NOON),
        )
        self.house = made
        self.workflow = workflow
        self.journal = CrashingTransactions(made.store, at=at, moment=moment)
        self.crashed = False

    async def play(self) -> RunView:
        """Start the run, work until the crash, and let another manager finish."""
        made = self.house
        run = await made.start(self.workflow)
        made.journal = self.journal
        working = asyncio.create_task(made.new_manager().run())
        ended = asyncio.create_task(self.finish(run))
        await asyncio.wait({working}, timeout=100)
        self.crashed = working.done()
        await killed(working)
        made.journal = made.store
        async with made.working():
            seen = await ended
            await asyncio.sleep(5)
        assert run in made.store.store.settled
        assert not made.store.store.inbox
        assert made.permits.closed.count(run) >= 1
        return seen

    async def finish(self, run: ExecutionId) -> RunView:
        """Wait for the end, and start again whatever a person has to decide about."""
        while True:
            seen = await self.house.until(
                run,
                lambda view: view.state is ExecutionState.UNDECIDED or view.ended_at is not None,
                limit=3600,
            )
            if seen.state is not ExecutionState.UNDECIDED:
                return seen
            number = seen.steps[-1].number
            await operations.decide(self.house.room, ADA, run, number, Choice.AGAIN)
            await self.house.until(run, lambda view, known=number: len(view.steps) > known)  # type: ignore[misc]


@pytest.mark.parametrize("moment", get_args(Moment))
@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_whenever_the_manager_dies_the_run_ends_right(workflow: str, moment: Moment) -> None:
    steps = len(WORKFLOWS[workflow].document.steps)
    at = 0
    while True:
        at += 1
        story = Story(workflow, at=at, moment=moment)
        run = run_virtually(story.play())
        if not story.crashed:
            break
        assert run.state is ExecutionState.SUCCEEDED, f"crash {moment} write {at}"
        assert run.outputs == {"answer": "(" * steps + "q" + ")" * steps}
        check_starts(story.house, run)
    assert at > steps + 2


@pytest.mark.parametrize("moment", get_args(Moment))
def test_whenever_the_manager_dies_an_abort_is_carried_through(moment: Moment) -> None:
    async def play(at: int) -> bool:
        story = Story("tarry", at=at, moment=moment)
        made = story.house
        run = await made.start("tarry")
        made.journal = story.journal
        working = asyncio.create_task(made.new_manager().run())
        await asyncio.wait({working}, timeout=3)
        await operations.abort(made.room, ADA, run)
        await asyncio.wait({working}, timeout=30)
        crashed = working.done()
        await killed(working)
        made.journal = made.store
        async with made.working():
            ended = await made.end_of(run)
        assert ended.state is ExecutionState.ABORTED
        assert all(program.aborted for program in made.services.programs.values())
        check_starts(made, ended)
        return crashed

    at = 1
    while run_virtually(play(at)):
        at += 1
    assert at > 5


@pytest.mark.parametrize("moment", get_args(Moment))
def test_many_runs_in_flight_survive_a_death_together(moment: Moment) -> None:
    async def play(at: int) -> bool:
        story = Story("mixed", at=at, moment=moment)
        made = story.house
        runs = [await made.start(name) for name in WORKFLOWS for _ in range(5)]
        made.journal = story.journal
        working = asyncio.create_task(made.new_manager().run())
        finished = [asyncio.create_task(story.finish(run)) for run in runs]
        await asyncio.wait({working}, timeout=200)
        crashed = working.done()
        await killed(working)
        made.journal = made.store
        async with made.working():
            ended = await asyncio.gather(*finished)
        for run in ended:
            assert run.state is ExecutionState.SUCCEEDED
            check_starts(made, run)
        return crashed

    at = 1
    while run_virtually(play(at)):
        at += 3
    assert at > 10


async def killed(working: asyncio.Task[None]) -> None:
    """End a manager that may have died by itself."""
    working.cancel()
    try:
        await working
    except asyncio.CancelledError:
        pass
    except BaseExceptionGroup as died:
        _, others = died.split(Crash)
        assert others is None


def check_starts(made: House, run: RunView) -> None:
    """Nothing was started twice that must not be."""
    services = made.services
    for step in run.steps:
        name = step.service.partition("#")[2]
        if name in {"Field", "Sync"}:
            assert services.started[step.id] <= 1
        if name == "Tarry":
            assert services.begun[step.id] <= 1
        if step.state is StepState.SUCCEEDED:
            assert services.started[step.id] >= 1
    # A Tarry step is one program, whatever happened: it never needs a second attempt.
    attempts = [step for step in run.steps if step.service.endswith("#Tarry")]
    assert all(step.attempt == 1 for step in attempts)
    assert {execution_of(step) for step in services.started} >= {run.id}
