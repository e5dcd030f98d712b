"""The accounts, as a visitor uses them."""

from dataclasses import dataclass

from tarry.platform.accounts import operations
from tarry.platform.accounts.interfaces import Accounts, Passwords
from tarry.platform.accounts.model.attempts import Attempts
from tarry.platform.accounts.operations import Callers, LoggedIn
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import Caller


@dataclass(frozen=True, kw_only=True)
class BoundAccounts:
    """`portal.interfaces.Accounts` on the accounts' own verbs."""

    accounts: Transactions[Accounts]
    callers: Callers
    passwords: Passwords
    attempts: Attempts
    clock: Clock = utc_now

    async def log_in(
        self, user: str, password: str, project: str | None, *, address: str = ""
    ) -> LoggedIn:
        """Check a password and give a session token."""
        return await operations.log_in(
            self.accounts,
            user=user,
            password=password,
            project=project,
            passwords=self.passwords,
            attempts=self.attempts,
            address=address,
            clock=self.clock,
        )

    async def log_out(self, token: str) -> None:
        """Make a session token worthless."""
        await self.callers.log_out(token)

    async def caller_of(self, token: str) -> Caller:
        """Tell who holds a token."""
        return await self.callers.of(token)

    async def switch_project(self, caller: Caller, token: str, project: str) -> LoggedIn:
        """Go on in another project: another session token for this one, which ends."""
        found = await operations.switch_project(
            self.accounts, caller, token, project, clock=self.clock
        )
        self.callers.forget(token)
        return found

    async def change_password(self, caller: Caller, token: str, *, old: str, new: str) -> None:
        """Change the caller's own password; their other sessions end."""
        await operations.change_password(
            self.accounts,
            caller,
            old=old,
            new=new,
            passwords=self.passwords,
            attempts=self.attempts,
            token=token,
            clock=self.clock,
        )
        self.callers.forget_user(caller.user)
