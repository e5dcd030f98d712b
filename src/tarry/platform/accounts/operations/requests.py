"""Answering a request that arrives again as it was answered the first time.

What somebody does under the name of a request is marked in the transaction that does it
(`Records.add_deed`), so that it is done once whatever becomes of the processes; its answer is kept
right after that.
"""

from dataclasses import replace
from datetime import timedelta

from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.model.requests import LARGEST_KEPT, Answer, Marked
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import KEPT_FOR, Caller, Request

AT_ONCE = 1_000


async def answered_before(
    accounts: Transactions[Accounts], caller: Caller, request: Request, *, clock: Clock = utc_now
) -> Marked | None:
    """Give what became of a request of that key, if it was not long ago."""
    since = clock() - KEPT_FOR
    found = await accounts.read(
        lambda store: store.marked(caller.project, caller.user, request.key)
    )
    return found if found is not None and found.at > since else None


async def keep_answer(
    accounts: Transactions[Accounts], caller: Caller, request: Request, answer: Answer
) -> None:
    """Keep what a request was answered with, if it has done something."""
    if answer.body is not None and len(answer.body) > LARGEST_KEPT:
        answer = replace(answer, body=None)
    await accounts.write(lambda store: store.keep_answer(caller, request, answer))


async def forget_old_requests(
    accounts: Transactions[Accounts], *, clock: Clock = utc_now, kept_for: timedelta = KEPT_FOR
) -> int:
    """Forget requests that no longer count, so many in one transaction; tells how many."""
    before = clock() - kept_for
    return await accounts.write(lambda store: store.forget_requests(before, AT_ONCE))
