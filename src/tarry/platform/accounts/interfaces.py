"""What the accounts need of the world around them."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from tarry.platform.accounts.model.attempts import Attempt
from tarry.platform.accounts.model.audit import Entry
from tarry.platform.accounts.model.people import (
    ApiToken,
    Member,
    Project,
    RunToken,
    Session,
    User,
)
from tarry.platform.accounts.model.requests import Answer, Marked
from tarry.platform.kernel.interfaces import Trail
from tarry.platform.kernel.model import (
    WHOLE,
    Caller,
    ExecutionId,
    ProjectId,
    Request,
    Stretch,
    UserId,
)

Randomness = Callable[[int], bytes]
"""Gives so many random bytes, fit for secrets."""


class People(Protocol):
    """The store of users and projects, within one transaction."""

    def user(self, user: UserId) -> User | None:
        """Find a user by id."""
        ...

    def user_named(self, name: str) -> User | None:
        """Find a user by name."""
        ...

    def users(self, stretch: Stretch = WHOLE) -> tuple[User, ...]:
        """Give users, by name."""
        ...

    def add_user(self, user: User) -> None:
        """Keep a new user.

        Raises:
            Exists: there is one of that name.
        """
        ...

    def set_password(self, user: UserId, password_hash: str) -> None:
        """Give a user another password."""
        ...

    def change_user(self, user: User) -> None:
        """Keep what is said of a user now; name and password stay as they are."""
        ...

    def remove_user(self, user: UserId) -> None:
        """Forget a user with all sessions, tokens, memberships and roles."""
        ...

    def project(self, project: ProjectId) -> Project | None:
        """Find a project by id, unless it was closed."""
        ...

    def project_named(self, name: str) -> Project | None:
        """Find a project by name, unless it was closed."""
        ...

    def name_of_project(self, project: ProjectId) -> str | None:
        """Tell the name of a project, also of one that was closed."""
        ...

    def projects(self, stretch: Stretch = WHOLE) -> tuple[Project, ...]:
        """Give projects that were not closed, by name."""
        ...

    def close_project(self, project: ProjectId, at: datetime) -> None:
        """Close a project. Its name stays taken: files of its runs still go by it."""
        ...

    def add_project(self, project: Project) -> None:
        """Keep a new project.

        Raises:
            Exists: there is one of that name, or there was.
        """
        ...

    def add_member(self, user: UserId, project: ProjectId, since: datetime) -> None:
        """Let a user work in a project; nothing changes for one who does already."""
        ...

    def is_member(self, user: UserId, project: ProjectId) -> bool:
        """Tell whether a user works in a project."""
        ...

    def remove_member(self, user: UserId, project: ProjectId) -> bool:
        """Let a user no longer work in a project, with all roles; tells whether they did."""
        ...

    def members(self, project: ProjectId, stretch: Stretch = WHOLE) -> tuple[Member, ...]:
        """Give who works in a project, by name."""
        ...

    def projects_of(self, user: UserId, stretch: Stretch = WHOLE) -> tuple[Project, ...]:
        """Give the projects that a user works in, by name."""
        ...

    def grant_role(self, user: UserId, project: ProjectId, role: str) -> None:
        """Give a member a role; nothing changes for one who has it already."""
        ...

    def withdraw_role(self, user: UserId, project: ProjectId, role: str) -> bool:
        """Take a role away; tells whether the member had it."""
        ...

    def roles(self, user: UserId, project: ProjectId) -> frozenset[str]:
        """Give the roles that a user has in a project."""
        ...


class Tokens(Protocol):
    """The store of sessions and tokens, within one transaction."""

    def add_session(self, session: Session) -> None:
        """Keep a log-in."""
        ...

    def session(self, token_hash: str) -> Session | None:
        """Find a log-in, also one that has expired."""
        ...

    def end_session(self, token_hash: str) -> bool:
        """Forget a log-in; tells whether there was one."""
        ...

    def end_sessions(self, user: UserId, *, but: str = "") -> None:
        """Forget all log-ins of a user, but for the one with that token hash."""
        ...

    def forget_expired(self, now: datetime) -> None:
        """Forget the log-ins that have expired."""
        ...

    def add_run_token(self, token: RunToken) -> None:
        """Keep that a run's token is good.

        Raises:
            Exists: the run has one.
        """
        ...

    def run_token(self, execution: ExecutionId) -> RunToken | None:
        """Find a run's token, also one that has ended."""
        ...

    def end_run_token(self, execution: ExecutionId, at: datetime) -> bool:
        """End a run's token; tells whether it was good until now."""
        ...

    def open_run_tokens(self, user: UserId) -> int:
        """Count the tokens of a user's runs that are good."""
        ...

    def add_api_token(self, token: ApiToken) -> None:
        """Keep an API token.

        Raises:
            Exists: the user has one of that name.
        """
        ...

    def api_token(self, token_hash: str) -> ApiToken | None:
        """Find an API token, also one that has expired."""
        ...

    def api_tokens(
        self,
        *,
        user: UserId | None = None,
        project: ProjectId | None = None,
        stretch: Stretch = WHOLE,
    ) -> tuple[ApiToken, ...]:
        """Give API tokens, of a user or in a project or all; by name and id."""
        ...

    def note_use(self, token: str, at: datetime) -> None:
        """Keep when an API token was used last."""
        ...

    def remove_api_token(self, token: str) -> bool:
        """Forget an API token; tells whether there was one."""
        ...


class Records(Trail, Protocol):
    """The store of log-ins that failed, of the audit trail and of named requests.

    All within one transaction.
    """

    def add_attempt(self, attempt: Attempt) -> None:
        """Keep a log-in that is being checked."""
        ...

    def attempts_of(self, name: str, since: datetime) -> tuple[datetime, ...]:
        """Give when log-ins with a name were tried, oldest first."""
        ...

    def attempts_from(self, address: str, since: datetime) -> tuple[datetime, ...]:
        """Give when log-ins from an address were tried, oldest first."""
        ...

    def forget_attempts(self, name: str) -> None:
        """Forget the failures of a user who has logged in."""
        ...

    def forget_attempts_before(self, instant: datetime) -> None:
        """Forget what is so old that it no longer counts."""
        ...

    def add_entry(self, entry: Entry) -> None:
        """Add a line to the audit trail."""
        ...

    def marked(self, project: ProjectId, owner: UserId, key: str) -> Marked | None:
        """Give what became of a request, however long ago."""
        ...

    def keep_answer(self, caller: Caller, request: Request, answer: Answer) -> None:
        """Keep what a request was answered with; nothing happens if it has done nothing."""
        ...

    def forget_requests(self, before: datetime, limit: int) -> int:
        """Forget requests from before an instant, at most so many; tells how many."""
        ...

    def forget_entries(self, before: datetime, limit: int) -> int:
        """Forget the oldest lines, if they are from before an instant; tells how many.

        At most so many are looked at; none is forgotten that is newer than one that stays.
        """
        ...

    def entries(
        self,
        *,
        before: int | None = None,
        limit: int = 50,
        project: ProjectId | None = None,
        user: str = "",
        action: str = "",
    ) -> tuple[Entry, ...]:
        """Give lines of the audit trail, newest first.

        Args:
            before: only those with a smaller id.
            limit: at most so many.
            project: only those of a project.
            user: only those of a user, by name.
            action: only this, or those that begin with it if it ends with a dot.
        """
        ...


class Accounts(People, Tokens, Records, Protocol):
    """The whole store of the accounts, within one transaction."""


class Passwords(Protocol):
    """Turns passwords into hashes that are slow to guess."""

    async def hash(self, password: str) -> str:
        """Hash a password."""
        ...

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """Tell whether a password is the one that was hashed.

        Without a hash (there is no such user) the answer is `False`, after as much time.
        """
        ...

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether a hash was made with weaker settings than today's."""
        ...
