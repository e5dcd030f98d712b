"""A manager with all around it, for tests that run whole workflows."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any

from tests.fakes.executions import (
    ADA,
    FakeCapabilities,
    FakePermits,
    FakeWorkflows,
    MemoryExecutions,
    new_id,
)
from tests.fakes.services import FakeServices
from tests.fakes.transactions import MemoryTransactions

from tarry.platform.catalogue.model import PublishedWorkflow
from tarry.platform.executions import operations
from tarry.platform.executions.api.worker import Manager
from tarry.platform.executions.model import RunView
from tarry.platform.executions.model.states import OVER, ExecutionState
from tarry.platform.executions.model.terms import Patience
from tarry.platform.executions.operations import Bell, Room
from tarry.platform.kernel.model import ExecutionId


class House:
    """One database, one manager at a time, and services that outlive it."""

    def __init__(
        self,
        *workflows: PublishedWorkflow,
        services: Any = None,
        store: Any = None,
        journal: Any = None,
        clock: Callable[[], datetime],
        patience: Patience | None = None,
    ) -> None:
        self.store = store or MemoryTransactions(MemoryExecutions())
        self.journal = journal or self.store
        self.services = services or FakeServices()
        self.permits = FakePermits()
        self.bell = Bell()
        self.clock = clock
        self.patience = patience
        self.room = Room(
            store=self.store,
            workflows=FakeWorkflows(*workflows),
            permits=self.permits,
            capabilities=FakeCapabilities(),
            intercom=self.services,
            bell=self.bell,
            clock=clock,
            new_id=new_id,
        )
        self.manager = self.new_manager()

    def new_manager(self) -> Manager:
        """Make a manager that knows nothing but what the database holds."""
        self.manager = Manager(
            self.journal,
            self.services,
            self.permits,
            self.bell,
            clock=self.clock,
            patience=self.patience,
        )
        return self.manager

    @asynccontextmanager
    async def working(self) -> AsyncIterator[Manager]:
        """Let a manager work; at the end it is killed, not stopped."""
        task = asyncio.create_task(self.new_manager().run())
        try:
            yield self.manager
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def start(self, workflow: str, question: str = "q") -> ExecutionId:
        return await operations.start(self.room, ADA, workflow, {"question": question})

    async def show(self, run: ExecutionId) -> RunView:
        return await operations.show(self.room, ADA, run)

    async def until(
        self, run: ExecutionId, condition: Callable[[RunView], bool], limit: float = 60.0
    ) -> RunView:
        """Wait for something to become true of a run; `limit` is in seconds of the loop."""
        with self.bell.listen(run) as heard:
            async with asyncio.timeout(limit):
                while True:
                    heard.clear()
                    found = await self.show(run)
                    if condition(found):
                        return found
                    await heard.wait()

    async def end_of(self, run: ExecutionId, limit: float = 60.0) -> RunView:
        """Wait for the end of a run."""
        return await self.until(run, lambda view: view.state in OVER, limit)

    async def state_of(
        self, run: ExecutionId, state: ExecutionState, limit: float = 60.0
    ) -> RunView:
        """Wait until a run is in a state."""
        return await self.until(run, lambda view: view.state is state, limit)
