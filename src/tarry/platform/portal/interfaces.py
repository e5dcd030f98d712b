"""What the portal needs of the rooms below it.

Each Protocol is one room as a visitor sees it: the caller first, then what they want. `operations`
binds them to the rooms' own verbs. They raise those rooms' errors; `NotFound` also for what
belongs to somebody else's project.
"""

from collections.abc import AsyncIterable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tarry.platform.accounts.model.audit import Entry
from tarry.platform.accounts.model.people import Member, Project, User
from tarry.platform.accounts.model.requests import Answer, Marked
from tarry.platform.accounts.model.roles import Role
from tarry.platform.accounts.operations import Given, ListedToken, LoggedIn, MadeToken
from tarry.platform.catalogue.model import ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.model.published import PublishedWorkflow
from tarry.platform.catalogue.operations import (
    Publication,
    Published,
    Registered,
    Report,
    Saving,
    Search,
    ServiceRequest,
    Shelf,
)
from tarry.platform.executions.interfaces import Wish
from tarry.platform.executions.model.events import Choice
from tarry.platform.executions.model.listing import ALL, RunFilter
from tarry.platform.executions.model.requests import Request
from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.executions.model.views import EventView, RunView, StatusPage
from tarry.platform.executions.operations import Heard
from tarry.platform.kernel.model import Caller, ExecutionId, Right, StepRunId, Stretch, Window
from tarry.platform.storage.interfaces import Content, FileInfo
from tarry.platform.storage.operations import Folder


class Accounts(Protocol):
    """Who calls."""

    async def log_in(
        self, user: str, password: str, project: str | None, *, address: str = ""
    ) -> LoggedIn:
        """Check a password and give a session token; `address` is where the call comes from."""
        ...

    async def log_out(self, token: str) -> None:
        """Make a session token worthless."""
        ...

    async def caller_of(self, token: str) -> Caller:
        """Tell who holds a token.

        Raises:
            NotLoggedIn: it is not valid.
        """
        ...

    async def switch_project(self, caller: Caller, token: str, project: str) -> LoggedIn:
        """Go on in another project: another session token for this one, which ends."""
        ...

    async def change_password(self, caller: Caller, token: str, *, old: str, new: str) -> None:
        """Change the caller's own password; their other sessions end."""
        ...


class People(Protocol):
    """Users, projects, roles, API tokens and the audit trail.

    Users and projects go by name or id. `NotAllowed` is raised for who may not do something.
    """

    async def users(self, caller: Caller, stretch: Stretch) -> Sequence[User]:
        """List the users that the caller manages."""
        ...

    async def add_user(
        self, caller: Caller, given: Given, *, project: str, roles: Collection[Role]
    ) -> tuple[User, str]:
        """Make a user who works in a project; gives the password too."""
        ...

    async def change_user(
        self,
        caller: Caller,
        user: str,
        *,
        email: str | None,
        description: str | None,
        active: bool | None,
        administrator: bool | None,
    ) -> User:
        """Change what is said of a user; `None` leaves it as it is."""
        ...

    async def remove_user(self, caller: Caller, user: str) -> None:
        """Forget a user."""
        ...

    async def reset_password(self, caller: Caller, user: str) -> str:
        """Give a user another password, and give it to the caller."""
        ...

    async def change_email(self, caller: Caller, email: str) -> None:
        """Change the caller's own e-mail address."""
        ...

    async def projects(self, caller: Caller, stretch: Stretch) -> Sequence[Project]:
        """List the projects that the caller works in or manages."""
        ...

    async def add_project(self, caller: Caller, name: str, description: str) -> Project:
        """Make a project."""
        ...

    async def close_project(self, caller: Caller, project: str) -> None:
        """Close a project."""
        ...

    async def members(self, caller: Caller, project: str, stretch: Stretch) -> Sequence[Member]:
        """List who works in a project."""
        ...

    async def set_roles(
        self, caller: Caller, user: str, project: str, roles: Collection[Role]
    ) -> None:
        """Let a user work in a project, in exactly these roles."""
        ...

    async def remove_member(self, caller: Caller, user: str, project: str) -> None:
        """Let a user no longer work in a project."""
        ...

    async def tokens(
        self, caller: Caller, stretch: Stretch, *, of_all: bool
    ) -> Sequence[ListedToken]:
        """List API tokens: the caller's own, or those of all that the caller manages."""
        ...

    async def make_token(
        self, caller: Caller, name: str, scopes: Collection[Right], expires_at: datetime | None
    ) -> MadeToken:
        """Make an API token for the caller."""
        ...

    async def revoke_token(self, caller: Caller, token: str) -> None:
        """Make an API token worthless."""
        ...

    async def trail(
        self,
        caller: Caller,
        *,
        everywhere: bool,
        before: int | None,
        limit: int,
        user: str,
        action: str,
    ) -> Sequence[Entry]:
        """Read the audit trail, newest first."""
        ...


class Catalogue(Protocol):
    """What there is to be run: of the caller's project, and what is shared."""

    async def services(self, caller: Caller, asked: Search) -> Sequence[ServiceEntry]:
        """List the services that are looked for."""
        ...

    async def service(self, caller: Caller, name: str) -> ServiceEntry:
        """Show one service."""
        ...

    async def register(self, caller: Caller, request: ServiceRequest) -> Registered:
        """Register a service."""
        ...

    async def workflows(self, caller: Caller, asked: Search) -> Sequence[WorkflowEntry]:
        """List the workflows that are looked for, newest versions."""
        ...

    async def workflow(
        self, caller: Caller, name: str, version: int | None = None
    ) -> WorkflowEntry:
        """Show a workflow, its newest version unless another is named."""
        ...

    async def published(self, caller: Caller, name: str) -> WorkflowEntry:
        """Show the version of a workflow that runs start from."""
        ...

    async def import_workflow(self, caller: Caller, document: bytes, saving: Saving) -> Report:
        """Bring in a workflow document (XML or JSON)."""
        ...

    async def publish(self, caller: Caller, name: str, publication: Publication) -> Published:
        """Make a version the one that is run."""
        ...


class Runs(Protocol):
    """Runs of workflows, of the caller's project only."""

    async def start(
        self,
        caller: Caller,
        workflow: str,
        inputs: Mapping[str, str],
        *,
        wishes: Sequence[Wish] = (),
        request: Request | None = None,
    ) -> RunView:
        """Start a run of a published workflow; the same request again gives the same run."""
        ...

    async def try_workflow(
        self,
        caller: Caller,
        workflow: str,
        inputs: Mapping[str, str],
        *,
        version: int | None,
        wishes: Sequence[Wish] = (),
        request: Request | None = None,
    ) -> RunView:
        """Start a run of a version of a workflow, published or not; none: the newest."""
        ...

    async def try_service(
        self,
        caller: Caller,
        service: str,
        inputs: Mapping[str, str],
        *,
        wishes: Sequence[Wish] = (),
        request: Request | None = None,
    ) -> RunView:
        """Start a run of a service on its own."""
        ...

    async def resume(
        self,
        caller: Caller,
        run: ExecutionId,
        changes: Mapping[str, str | None],
        *,
        wishes: Sequence[Wish] = (),
        request: Request | None = None,
    ) -> RunView:
        """Start a run that goes on where one that failed or was aborted has ended."""
        ...

    async def rerun(
        self,
        caller: Caller,
        run: ExecutionId,
        changes: Mapping[str, str | None],
        *,
        wishes: Sequence[Wish] = (),
        request: Request | None = None,
    ) -> RunView:
        """Start a run that does all of another one again."""
        ...

    async def list(
        self,
        caller: Caller,
        *,
        states: Collection[ExecutionState],
        window: Window,
        asking: bool = False,
        matching: RunFilter = ALL,
    ) -> Sequence[RunView]:
        """List runs, newest first; no states means all; asking: only those that need a person."""
        ...

    async def show(self, caller: Caller, run: ExecutionId) -> RunView:
        """Show one run."""
        ...

    async def document_of(self, caller: Caller, run: ExecutionId) -> PublishedWorkflow:
        """Give what a run was started with: its document, and the services as they were then."""
        ...

    async def abort(self, caller: Caller, run: ExecutionId) -> None:
        """Ask for a run to be stopped."""
        ...

    async def decide(self, caller: Caller, run: ExecutionId, number: int, choice: Choice) -> None:
        """Decide about a step run whose outcome is unknown."""
        ...

    async def tell(
        self,
        caller: Caller,
        run: ExecutionId,
        number: int,
        message: str,
        *,
        from_page: bool = False,
    ) -> str:
        """Send a message to a running step, and give what its service says to it."""
        ...

    async def page(self, step_run: StepRunId) -> StatusPage:
        """Give the newest status page of a step run. Who asks was checked before."""
        ...

    async def events_after(
        self, caller: Caller, after: int, run: ExecutionId | None
    ) -> Sequence[EventView]:
        """Give what happened in the project, or in one run of it, after an event.

        Not all at once: ask again after the last one until there are none.
        """
        ...

    async def newest_event(self, run: ExecutionId | None = None) -> int:
        """Give the id of the newest event of all runs, or of one; who asks was checked before."""
        ...

    async def own(self, caller: Caller, runs: Collection[ExecutionId]) -> frozenset[ExecutionId]:
        """Tell which of these runs are of the caller's project."""
        ...

    def listen(self, run: ExecutionId | None) -> AbstractContextManager[Heard]:
        """Hear that there may be news of one run, or of all; clear the event before looking."""
        ...


class Files(Protocol):
    """Stored files. `announced` is the number of bytes that are to come, if it is known."""

    async def upload(
        self, caller: Caller, name: str, chunks: AsyncIterable[bytes], announced: int | None
    ) -> FileInfo:
        """Keep a new file; it gets a place of its own."""
        ...

    async def store(
        self, caller: Caller, uri: str, chunks: AsyncIterable[bytes], announced: int | None
    ) -> FileInfo:
        """Keep a file at the place that its URI names."""
        ...

    async def read(self, caller: Caller, uri: str) -> tuple[FileInfo, Content]:
        """Open a file."""
        ...

    async def new_folder(self, caller: Caller, name: str) -> str:
        """Make a folder at a place of its own and give its URI."""
        ...

    async def make_folder(self, caller: Caller, uri: str) -> str:
        """Make a folder at the place that its URI names, and give that."""
        ...

    async def list_folder(self, caller: Caller, uri: str) -> Folder:
        """Say what is in a folder."""
        ...


class Requests(Protocol):
    """Requests that their senders have named, and what they were answered with."""

    async def before(self, caller: Caller, request: Request) -> Marked | None:
        """Give what became of a request of that key, if it was not long ago."""
        ...

    async def keep(self, caller: Caller, request: Request, answer: Answer) -> None:
        """Keep what a request was answered with, if it has done something."""
        ...


@dataclass(frozen=True, kw_only=True)
class Rooms:
    """All that stands behind the browser's door.

    Attributes:
        shelf: what the catalogue's further verbs work with.
    """

    shelf: Shelf
    accounts: Accounts
    people: People
    catalogue: Catalogue
    runs: Runs
    files: Files
    requests: Requests
