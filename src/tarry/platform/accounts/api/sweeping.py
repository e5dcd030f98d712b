"""Forgets what the accounts need not keep: old lines of the audit trail, and old requests."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.operations.requests import forget_old_requests
from tarry.platform.accounts.operations.trail import forget_old_entries
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now

log = structlog.get_logger(__name__)

LOOK_EVERY = timedelta(hours=1)
AT_ONCE = 1_000
"""Lines that one transaction removes: whoever else writes waits no longer than for these."""


@dataclass(frozen=True, kw_only=True)
class Sweeping:
    """Removes what is old. One of them is enough.

    Attributes:
        keep_trail: how long a line is kept; `None`: for ever.
    """

    accounts: Transactions[Accounts]
    keep_trail: timedelta | None
    at_once: int = AT_ONCE
    clock: Clock = utc_now

    async def run(self) -> None:
        """Look now and then, for ever."""
        while True:
            try:
                await self.forget_old()
            except Exception:
                log.exception("trail.sweeping-failed", next_try_in=str(LOOK_EVERY))
            await asyncio.sleep(LOOK_EVERY.total_seconds())

    async def forget_old(self) -> int:
        """Forget what is old by now, a portion at a time; tells how many lines of the trail."""
        while await forget_old_requests(self.accounts, clock=self.clock):
            pass
        if self.keep_trail is None:
            return 0
        before, forgotten = self.clock() - self.keep_trail, 0
        while removed := await forget_old_entries(self.accounts, before, at_once=self.at_once):
            forgotten += removed
        if forgotten:
            log.info("trail.lines-forgotten", lines=forgotten, before=before.isoformat())
        return forgotten
