"""Change a password."""

import structlog

from tarry.platform.accounts.errors import LogInFailed
from tarry.platform.accounts.interfaces import Accounts, Passwords
from tarry.platform.accounts.model.attempts import Attempts
from tarry.platform.accounts.model.people import checked_password
from tarry.platform.accounts.model.tokens import token_hash
from tarry.platform.accounts.operations.log_in import begin_attempt
from tarry.platform.accounts.operations.rights import demand_in_person
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import Caller, Deed

log = structlog.get_logger()


async def change_password(
    accounts: Transactions[Accounts],
    caller: Caller,
    *,
    old: str,
    new: str,
    passwords: Passwords,
    attempts: Attempts,
    token: str = "",
    clock: Clock = utc_now,
) -> None:
    """Give the caller another password.

    All sessions of theirs end but the one of `token`, in which the password is changed.

    Raises:
        LogInFailed: the old password is wrong.
        BadPassword: the new one cannot be used.
        NotAllowed: the caller has not logged in.
        TooManyAttempts: the old password was guessed at too often lately.
    """
    demand_in_person(caller, "change a password")
    checked_password(new, user_name=caller.user_name)
    now = clock()
    # Whoever has found an open session must not guess the password at leisure.
    await begin_attempt(accounts, attempts, caller.user_name, caller.address, now)
    user = await accounts.read(lambda store: store.user(caller.user))
    if user is None or not await passwords.matches(old, user.password_hash):
        raise LogInFailed(reason="the old password is wrong")
    hashed = await passwords.hash(new)

    def work(store: Accounts) -> None:
        current = store.user(user.id)
        if current is None or current.password_hash != user.password_hash:
            raise LogInFailed(reason="the password was changed meanwhile")
        store.set_password(user.id, hashed)
        store.forget_attempts(user.name)
        store.add_deed(
            Deed(caller=caller, action="password.changed", subject=user.name, facts={}, at=now)
        )
        store.end_sessions(user.id, but=token_hash(token))

    await accounts.write(work)
    log.info("password.changed", user=caller.user_name)
