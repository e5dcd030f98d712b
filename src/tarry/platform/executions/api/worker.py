"""The workflow manager: drives every execution, and is the only one that writes the journal."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog

from tarry.platform.executions.api.shift import Shift
from tarry.platform.executions.interfaces import JournalStore, Permits, Services
from tarry.platform.executions.model.terms import Patience
from tarry.platform.executions.operations.bell import Bell
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import StepRunId

log = structlog.get_logger(__name__)

RECHECK = timedelta(seconds=5)
"""How often the inbox is looked into although nobody rang."""
RESTART_AFTER = 1.0


class _ShiftEnds(Exception):
    """Ends the tasks of a shift; nobody sees it."""


class Manager:
    """Runs the executions of one database. There must be one only."""

    def __init__(
        self,
        journal: Transactions[JournalStore],
        services: Services,
        permits: Permits,
        bell: Bell,
        *,
        patience: Patience | None = None,
        clock: Clock = utc_now,
        recheck: timedelta = RECHECK,
    ) -> None:
        self._journal = journal
        self._services = services
        self._permits = permits
        self._bell = bell
        self._patience = patience or Patience()
        self._clock = clock
        self._recheck = recheck
        self._inbox = asyncio.Event()
        self._stop = asyncio.Event()
        self._shift: Shift | None = None
        bell.attach(self.wake, self._look)

    def wake(self) -> None:
        """Say that there is a letter in the inbox."""
        self._inbox.set()

    async def run(self) -> None:
        """Drive the executions until `stop` is called or we are cancelled.

        If something unforeseen happens, everything in memory is dropped and read anew.
        """
        while not self._stop.is_set():
            try:
                await self._work()
            except Exception:
                log.exception("manager.failed", next_try_in=RESTART_AFTER)
                await asyncio.sleep(RESTART_AFTER)

    async def stop(self, limit: timedelta = timedelta(seconds=5)) -> None:
        """Begin nothing new, write down what is still under way, and let `run` return.

        Services run on; the next manager finds them. A start call that has no answer within the
        limit is one whose outcome that manager has to find out.
        """
        shift = self._shift
        if shift is not None:
            # The journal may not be writable at all; that must not keep us from ending.
            with suppress(TimeoutError):
                async with asyncio.timeout(2 * limit.total_seconds()):
                    await shift.hold(limit)
        self._stop.set()
        self._inbox.set()

    async def _work(self) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                shift = Shift(
                    self._journal,
                    self._services,
                    self._permits,
                    self._bell,
                    tasks,
                    patience=self._patience,
                    clock=self._clock,
                )
                self._shift = shift
                try:
                    await self._drive(shift)
                finally:
                    shift.close()
        except* _ShiftEnds:
            pass
        finally:
            self._shift = None

    async def _drive(self, shift: Shift) -> None:
        await shift.recover()
        while not self._stop.is_set():
            self._inbox.clear()
            if not await shift.read_letters():
                await _wait(self._inbox, self._recheck)
        raise _ShiftEnds

    def _look(self, step: StepRunId) -> None:
        if self._shift is not None:
            self._shift.lookout.push(step)


async def _wait(event: asyncio.Event, limit: timedelta) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(limit.total_seconds()):
            await event.wait()
