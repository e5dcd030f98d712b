"""The user and the project that a platform on one's own machine begins with."""

import secrets
from dataclasses import dataclass, field, replace

from tarry.app.folder import DataFolder
from tarry.platform.accounts.interfaces import Accounts, Passwords
from tarry.platform.accounts.model.people import password_from
from tarry.platform.accounts.model.roles import Role
from tarry.platform.accounts.operations import ensure_user
from tarry.platform.accounts.operations.log_in import as_caller
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import Caller


@dataclass(frozen=True, kw_only=True)
class FirstUser:
    """Somebody who can log in.

    Attributes:
        password: the generated one, as long as it was not changed; else empty.
    """

    caller: Caller
    password: str = field(default="", repr=False)


def password_file(user: str) -> str:
    """Name the file in the data folder that keeps a generated password."""
    return f"password-{user}"


async def ensure_first_user(
    accounts: Transactions[Accounts],
    passwords: Passwords,
    folder: DataFolder,
    *,
    user: str,
    project: str,
) -> FirstUser:
    """Make sure that there is a user to begin with, and recall the password until it is changed.

    A generated password is kept with mode 0600 before the user is made: a crash in between leaves
    a password that the next start uses, and never a user as whom nobody can log in.
    """
    file = password_file(user)
    known = await accounts.read(lambda store: store.user_named(user))
    fresh = password_from(secrets.token_bytes(32)) if known is None else None
    kept = folder.private_text(file, fresh)
    if known is not None and kept and not await passwords.matches(kept, known.password_hash):
        folder.forget(file)
        kept = ""
    made = await ensure_user(
        accounts, name=user, project=project, passwords=passwords, password=kept or None
    )

    def caller(store: Accounts) -> Caller:
        # Whoever can start the platform on this machine is its administrator anyhow.
        user = replace(made.user, administrator=True) if known is None else made.user
        if known is None:
            store.change_user(user)
            store.grant_role(user.id, made.project.id, Role.ADMIN)
        return as_caller(user, made.project, store.roles(user.id, made.project.id))

    return FirstUser(caller=await accounts.write(caller), password=kept)
