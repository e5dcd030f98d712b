"""What the accounts need of the world around them."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from tarry.platform.accounts.model.people import Project, RunToken, Session, User
from tarry.platform.kernel.model import ExecutionId, ProjectId, UserId

Randomness = Callable[[int], bytes]
"""Gives so many random bytes, fit for secrets."""


class Accounts(Protocol):
    """The store of users, projects and tokens, within one transaction."""

    def user(self, user: UserId) -> User | None:
        """Find a user by id."""
        ...

    def user_named(self, name: str) -> User | None:
        """Find a user by name."""
        ...

    def users(self) -> tuple[User, ...]:
        """Give all users, by name."""
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

    def project(self, project: ProjectId) -> Project | None:
        """Find a project by id."""
        ...

    def project_named(self, name: str) -> Project | None:
        """Find a project by name."""
        ...

    def projects(self) -> tuple[Project, ...]:
        """Give all projects, by name."""
        ...

    def add_project(self, project: Project) -> None:
        """Keep a new project.

        Raises:
            Exists: there is one of that name.
        """
        ...

    def add_member(self, user: UserId, project: ProjectId, since: datetime) -> None:
        """Let a user work in a project; nothing changes for one who does already."""
        ...

    def is_member(self, user: UserId, project: ProjectId) -> bool:
        """Tell whether a user works in a project."""
        ...

    def projects_of(self, user: UserId) -> tuple[Project, ...]:
        """Give the projects that a user works in, by name."""
        ...

    def grant_role(self, user: UserId, project: ProjectId, role: str) -> None:
        """Give a member a role; nothing changes for one who has it already."""
        ...

    def roles(self, user: UserId, project: ProjectId) -> frozenset[str]:
        """Give the roles that a user has in a project."""
        ...

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
