"""The rooms below the portal, in memory, so that its doors are tested without a manager."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tests.fakes.accounts import MemoryAccounts, PlainPasswords
from tests.fakes.catalogue import MemoryCatalogue, MemoryWsdls
from tests.fakes.portal_runs import FakeCatalogue, FakeRuns
from tests.fakes.portal_views import ADA, BOB, MORNING, run_view, step_view, workflow
from tests.fakes.storage import MemoryFiles, MemoryGrants
from tests.fakes.transactions import MemoryTransactions

from tarry.platform.accounts.errors import BadPassword, LogInFailed
from tarry.platform.accounts.interfaces import Accounts as AccountsStore
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.accounts.operations import Callers, LoggedIn
from tarry.platform.catalogue.interfaces import Catalogue as CatalogueStore
from tarry.platform.catalogue.operations import (
    Shelf,
)
from tarry.platform.kernel.errors import NotFound, NotLoggedIn
from tarry.platform.kernel.model import (
    Caller,
)
from tarry.platform.portal.interfaces import Rooms
from tarry.platform.portal.operations import BoundFiles, BoundPeople, BoundRequests
from tarry.platform.storage.operations import Files

__all__ = ["ADA", "BOB", "MORNING", "run_view", "step_view", "workflow"]

PASSWORD = "correct horse battery"


@dataclass
class FakeAccounts:
    """Two users, and the tokens that they hold."""

    tokens: dict[str, Caller] = field(
        default_factory=lambda: {"token-of-ada": ADA, "token-of-bob": BOB}
    )
    password: str = PASSWORD

    async def log_in(
        self, user: str, password: str, project: str | None, *, address: str = ""
    ) -> LoggedIn:
        del address
        known = {"ada": ADA, "bob": BOB}
        if user not in known or password != self.password:
            raise LogInFailed(reason="user or password is wrong")
        caller = known[user]
        if project not in {None, caller.project_name}:
            raise LogInFailed(reason=f"{user} does not work in a project {project!r}")
        token = f"new-token-of-{user}"
        self.tokens[token] = caller
        return LoggedIn(
            token=token, caller=caller, expires_at=datetime.now(UTC) + timedelta(hours=24)
        )

    async def log_out(self, token: str) -> None:
        self.tokens.pop(token, None)

    async def caller_of(self, token: str) -> Caller:
        if token not in self.tokens:
            raise NotLoggedIn(reason="The token is not valid")
        return self.tokens[token]

    async def switch_project(self, caller: Caller, token: str, project: str) -> LoggedIn:
        if project not in {caller.project_name, "Other"}:
            raise NotFound(what="project", name=project)
        del self.tokens[token]
        moved, fresh = replace(caller, project_name=project), f"{token}-in-{project}"
        self.tokens[fresh] = moved
        return LoggedIn(
            token=fresh, caller=moved, expires_at=datetime.now(UTC) + timedelta(hours=24)
        )

    async def change_password(self, caller: Caller, token: str, *, old: str, new: str) -> None:
        del caller, token
        if old != self.password:
            raise LogInFailed(reason="the old password is wrong")
        if len(new) < 12:
            raise BadPassword(reason="it is too short")
        self.password = new


@dataclass
class FakeRooms:
    """All fakes at hand, and as the portal wants them."""

    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    catalogue: FakeCatalogue = field(default_factory=FakeCatalogue)
    wsdls: MemoryWsdls = field(default_factory=MemoryWsdls)
    back_end: MemoryFiles = field(default_factory=MemoryFiles)
    file_limit: int = 10_000_000

    def __post_init__(self) -> None:
        self.runs = FakeRuns(self.catalogue)
        accounts = MemoryTransactions[AccountsStore](MemoryAccounts())
        self.people = BoundPeople(
            accounts=accounts,
            callers=Callers(accounts=accounts, keys=Keys(b"k" * 32)),
            passwords=PlainPasswords(),
        )
        store = MemoryTransactions[CatalogueStore](MemoryCatalogue())
        self.shelf = Shelf(catalogue=store, wsdls=self.wsdls, clock=lambda: MORNING)
        self.files = Files(
            back_end=self.back_end,
            grants=MemoryTransactions(MemoryGrants()),
            limit=self.file_limit,
        )

    def rooms(self) -> Rooms:
        return Rooms(
            accounts=self.accounts,
            people=self.people,
            catalogue=self.catalogue,
            shelf=self.shelf,
            runs=self.runs,
            files=BoundFiles(self.files),
            requests=BoundRequests(accounts=self.people.accounts),
        )
