"""The workflow manager of this process: at work while the process leads, else standing by."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import timedelta

import structlog

from tarry.platform.executions.api.worker import Manager
from tarry.platform.executions.interfaces import JournalStore
from tarry.platform.executions.operations.bell import Bell
from tarry.platform.kernel.errors import WriterLost
from tarry.platform.kernel.interfaces import Transactions

log = structlog.get_logger()

Lead = Callable[[], AbstractAsyncContextManager["Led"]]
"""Waits until this process leads; leaving the context gives leadership back."""


Worker = Callable[[], Coroutine[None, None, None]]
"""Works for ever, and deals with its own failures."""


class Led:
    """A time of leadership.

    Attributes:
        journal: what only the leader writes.
    """

    def __init__(
        self, journal: Transactions[JournalStore], hold: Callable[[], Awaitable[object]]
    ) -> None:
        self.journal = journal
        self._hold = hold

    async def hold(self) -> None:
        """Keep leadership, for ever.

        Raises:
            WriterLost: it was lost.
        """
        await self._hold()


class Leading:
    """Runs a manager whenever this process leads."""

    def __init__(
        self,
        lead: Lead,
        make: Callable[[Transactions[JournalStore]], Manager],
        bell: Bell,
        *,
        beside: Sequence[Worker] = (),
    ) -> None:
        """Prepare; `beside` is what else only one process of a platform may do, each for ever."""
        self._lead = lead
        self._make = make
        self._bell = bell
        self._beside = tuple(beside)
        self._manager: Manager | None = None
        self._stopping = asyncio.Event()

    @property
    def leads(self) -> bool:
        """Whether the manager of this process is the one that works."""
        return self._manager is not None

    async def run(self) -> None:
        """Lead when it is our turn, until `stop` is called or we are cancelled."""
        working = asyncio.create_task(self._work())
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not working.done() and self._manager is None:
                working.cancel()  # we stood by
            with suppress(asyncio.CancelledError):
                await working
        finally:
            for task in (working, stopping):
                task.cancel()
            await asyncio.gather(working, stopping, return_exceptions=True)

    async def stop(self, limit: timedelta) -> None:
        """Begin nothing new, write down what is under way, and let `run` return."""
        manager = self._manager
        if manager is not None:
            await manager.stop(limit)
        self._stopping.set()

    async def _work(self) -> None:
        while not self._stopping.is_set():
            async with self._lead() as led:
                await self._manage(led)

    async def _manage(self, led: Led) -> None:
        """Run a manager until it was stopped, or leadership is lost: it can write nothing then."""
        if self._stopping.is_set():
            return  # we were asked to stop in the very moment in which we won
        self._manager = manager = self._make(led.journal)
        managing = asyncio.create_task(manager.run())
        holding = asyncio.create_task(led.hold())
        others = [asyncio.create_task(work()) for work in self._beside]
        try:
            done, _ = await asyncio.wait((managing, holding), return_when=asyncio.FIRST_COMPLETED)
            if managing in done:
                self._stopping.set()
                managing.result()
            else:
                _say_why(holding)
        finally:
            self._manager = None
            self._bell.detach()
            for task in (managing, holding, *others):
                task.cancel()
            await asyncio.gather(managing, holding, *others, return_exceptions=True)


def _say_why(holding: "asyncio.Task[None]") -> None:
    try:
        holding.result()
    except WriterLost as error:
        log.warning("leadership.lost", reason=str(error))
