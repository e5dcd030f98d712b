"""Change a password."""

import structlog

from tarry.platform.accounts.errors import LogInFailed
from tarry.platform.accounts.interfaces import Accounts, Passwords
from tarry.platform.accounts.model.people import checked_password
from tarry.platform.accounts.model.tokens import token_hash
from tarry.platform.kernel.errors import NotAllowed
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import Caller

log = structlog.get_logger()


async def change_password(
    accounts: Transactions[Accounts],
    caller: Caller,
    *,
    old: str,
    new: str,
    passwords: Passwords,
    token: str = "",
) -> None:
    """Give the caller another password.

    All sessions of theirs end but the one of `token`, in which the password is changed.

    Raises:
        LogInFailed: the old password is wrong.
        BadPassword: the new one cannot be used.
        NotAllowed: the caller is a run.
    """
    if caller.execution is not None:
        raise NotAllowed(who="A run", what="change a password", reason="it acts for its owner")
    checked_password(new, user_name=caller.user_name)
    user = await accounts.read(lambda store: store.user(caller.user))
    if user is None or not await passwords.matches(old, user.password_hash):
        raise LogInFailed(reason="the old password is wrong")
    hashed = await passwords.hash(new)

    def work(store: Accounts) -> None:
        current = store.user(user.id)
        if current is None or current.password_hash != user.password_hash:
            raise LogInFailed(reason="the password was changed meanwhile")
        store.set_password(user.id, hashed)
        store.end_sessions(user.id, but=token_hash(token))

    await accounts.write(work)
    log.info("password.changed", user=caller.user_name)
