"""A platform with people on it, whose clock a test moves by hand."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tests.fakes.accounts import PlainPasswords

from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.model.attempts import Attempts
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.accounts.operations import (
    Callers,
    LoggedIn,
    caller_of,
    ensure_user,
    log_in,
)
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import Caller, ExecutionId

RUN = ExecutionId("0123456789abcdef0123456789abcdef")
OTHER_RUN = ExecutionId("f" * 32)
PASSWORD = "correct horse"


@dataclass
class World:
    """A platform with one user, and a clock that stands still."""

    accounts: Transactions[Accounts]
    now: datetime = datetime(2026, 11, 24, 12, tzinfo=UTC)
    passwords: PlainPasswords = field(default_factory=PlainPasswords)
    attempts: Attempts = field(default_factory=lambda: Attempts(most=3))
    keys: Keys = field(default_factory=lambda: Keys(b"k" * 32))

    def clock(self) -> datetime:
        return self.now

    async def add(self, name: str, *projects: str) -> None:
        for project in projects:
            await ensure_user(
                self.accounts,
                name=name,
                project=project,
                password=PASSWORD,
                passwords=self.passwords,
                clock=self.clock,
            )

    async def administrator(self, name: str, project: str) -> Caller:
        """Make an administrator of the platform, and log in."""
        await self.add(name, project)

        def raise_up(store: Accounts) -> None:
            found = store.user_named(name)
            assert found is not None
            store.change_user(replace(found, administrator=True))

        await self.accounts.write(raise_up)
        return (await self.log_in(name, project=project)).caller

    async def log_in(
        self,
        user: str = "anna",
        password: str = PASSWORD,
        project: str | None = None,
        address: str = "",
    ) -> LoggedIn:
        return await log_in(
            self.accounts,
            user=user,
            password=password,
            project=project,
            passwords=self.passwords,
            attempts=self.attempts,
            address=address,
            clock=self.clock,
        )

    async def caller_of(self, token: str) -> Caller:
        return await caller_of(self.accounts, token, keys=self.keys, clock=self.clock)

    def callers(self) -> Callers:
        return Callers(accounts=self.accounts, keys=self.keys, clock=self.clock)
