"""Read the audit trail, and forget what is old in it."""

from collections.abc import Sequence
from datetime import datetime

from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.model.audit import Entry
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import Caller, Right

MOST_ENTRIES = 1_000


async def read_trail(
    accounts: Transactions[Accounts],
    caller: Caller,
    *,
    everywhere: bool = False,
    before: int | None = None,
    limit: int = 50,
    user: str = "",
    action: str = "",
) -> Sequence[Entry]:
    """Give lines of the audit trail of the caller's project, newest first.

    Args:
        accounts: the store.
        caller: an admin of the project.
        everywhere: of all projects, and what concerns none; for administrators.
        before: only lines with a smaller id: the next page.
        limit: at most so many; never more than 1,000.
        user: only what this user did.
        action: only this, or all that begins so if it ends with a dot, as `run.` does.

    Raises:
        NotAllowed: the caller may not read it.
    """
    if not caller.may(Right.OPERATE):
        caller.demand(Right.OPERATE if everywhere else Right.ADMIN, "read the audit trail")
    if "\0" in user + action:
        return ()
    return await accounts.read(
        lambda store: store.entries(
            before=before,
            limit=max(1, min(limit, MOST_ENTRIES)),
            project=None if everywhere else caller.project,
            user=user,
            action=action,
        )
    )


async def forget_old_entries(
    accounts: Transactions[Accounts], before: datetime, *, at_once: int
) -> int:
    """Forget the oldest lines, if they are from before an instant; tells how many.

    Ask again until there are none: each call is one short transaction.
    """
    return await accounts.write(lambda store: store.forget_entries(before, at_once))
