"""One run with one death of its manager in it, and another manager that finishes it."""

import asyncio
from collections.abc import Mapping

from tests.fakes.crashes import Crash, CrashingTransactions, Moment
from tests.fakes.executions import ADA, NOON
from tests.fakes.manager import House
from tests.fakes.services import FakeServices
from tests.fakes.virtual_time import clock_of_loop

from tarry.platform.catalogue.model import PublishedWorkflow
from tarry.platform.executions import operations
from tarry.platform.executions.model import Choice, ExecutionState, RunView, StepState
from tarry.platform.kernel.model import ExecutionId, execution_of


class Story:
    """One run with one crash in it."""

    def __init__(
        self,
        workflows: Mapping[str, PublishedWorkflow],
        services: FakeServices,
        *,
        at: int | None,
        moment: Moment,
    ) -> None:
        self.house = House(*workflows.values(), services=services, clock=clock_of_loop(NOON))
        self.journal = CrashingTransactions(self.house.store, at=at, moment=moment)
        self.crashed = False

    async def play(self, workflow: str) -> RunView:
        """Start a run, work until the crash, and let another manager finish."""
        return await self.carry_on(await self.house.start(workflow))

    async def carry_on(self, run: ExecutionId) -> RunView:
        """Work until the crash, and let another manager finish."""
        made = self.house
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
            newest = {step.key: step for step in seen.steps}
            unknown = next(it for it in newest.values() if it.state is StepState.UNKNOWN)
            number, key = unknown.number, unknown.key
            await operations.decide(self.house.room, ADA, run, number, Choice.AGAIN)
            await self.house.until(run, lambda view, n=number, k=key: _again(view, n, k))  # type: ignore[misc]


def _again(run: RunView, number: int, key: str) -> bool:
    return any(step.key == key and step.number > number for step in run.steps)


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
        if step.state is StepState.SUCCEEDED and step.taken_from is None:
            assert services.started[step.id] >= 1
    # A Tarry step is one program, whatever happened: it never needs a second attempt.
    attempts = [step for step in run.steps if step.service.endswith("#Tarry")]
    assert all(step.attempt == 1 for step in attempts)
    assert {execution_of(step) for step in services.started} >= {run.id}
