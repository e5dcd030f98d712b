"""Named requests, as the doors see them."""

from dataclasses import dataclass

from tarry.platform.accounts import operations
from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.model.requests import Answer, Marked
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import Caller, Request


@dataclass(frozen=True, kw_only=True)
class BoundRequests:
    """`portal.interfaces.Requests` on the accounts' own verbs."""

    accounts: Transactions[Accounts]
    clock: Clock = utc_now

    async def before(self, caller: Caller, request: Request) -> Marked | None:
        """Give what became of a request of that key, if it was not long ago."""
        return await operations.answered_before(self.accounts, caller, request, clock=self.clock)

    async def keep(self, caller: Caller, request: Request, answer: Answer) -> None:
        """Keep what a request was answered with, if it has done something."""
        await operations.keep_answer(self.accounts, caller, request, answer)
