"""Accounts in the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from tarry.platform.accounts.adapters.tables import (
    granted_roles,
    memberships,
    projects,
    run_tokens,
    sessions,
    users,
)
from tarry.platform.accounts.model.people import Project, RunToken, Session, User
from tarry.platform.kernel.errors import Exists
from tarry.platform.kernel.model import ExecutionId, ProjectId, UserId


class SqlAccounts:
    """The accounts, in the transaction of a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def user(self, user: UserId) -> User | None:
        """Find a user by id."""
        return self._user(users.c.id == user)

    def user_named(self, name: str) -> User | None:
        """Find a user by name."""
        return self._user(users.c.name == name)

    def users(self) -> tuple[User, ...]:
        """Give all users, by name."""
        found = self._connection.execute(select(users).order_by(users.c.name))
        return tuple(_user(row) for row in found)

    def add_user(self, user: User) -> None:
        """Keep a new user."""
        if self.user_named(user.name) is not None:
            raise Exists(what="user", name=user.name)
        self._connection.execute(
            insert(users).values(
                id=user.id,
                name=user.name,
                email=user.email,
                description=user.description,
                password_hash=user.password_hash,
                active=user.active,
                created_at=user.created_at,
            )
        )

    def set_password(self, user: UserId, password_hash: str) -> None:
        """Give a user another password."""
        self._connection.execute(
            update(users).where(users.c.id == user).values(password_hash=password_hash)
        )

    def project(self, project: ProjectId) -> Project | None:
        """Find a project by id."""
        return self._project(projects.c.id == project)

    def project_named(self, name: str) -> Project | None:
        """Find a project by name."""
        return self._project(projects.c.name == name)

    def projects(self) -> tuple[Project, ...]:
        """Give all projects, by name."""
        found = self._connection.execute(select(projects).order_by(projects.c.name))
        return tuple(_project(row) for row in found)

    def add_project(self, project: Project) -> None:
        """Keep a new project."""
        if self.project_named(project.name) is not None:
            raise Exists(what="project", name=project.name)
        self._connection.execute(
            insert(projects).values(
                id=project.id,
                name=project.name,
                description=project.description,
                created_at=project.created_at,
            )
        )

    def add_member(self, user: UserId, project: ProjectId, since: datetime) -> None:
        """Let a user work in a project."""
        if not self.is_member(user, project):
            self._connection.execute(
                insert(memberships).values(user_id=user, project_id=project, since=since)
            )

    def is_member(self, user: UserId, project: ProjectId) -> bool:
        """Tell whether a user works in a project."""
        query = select(memberships.c.since).where(
            memberships.c.user_id == user, memberships.c.project_id == project
        )
        return self._connection.execute(query).first() is not None

    def projects_of(self, user: UserId) -> tuple[Project, ...]:
        """Give the projects that a user works in, by name."""
        query = select(projects).join(memberships).where(memberships.c.user_id == user)
        found = self._connection.execute(query.order_by(projects.c.name))
        return tuple(_project(row) for row in found)

    def grant_role(self, user: UserId, project: ProjectId, role: str) -> None:
        """Give a member a role."""
        if role not in self.roles(user, project):
            self._connection.execute(
                insert(granted_roles).values(user_id=user, project_id=project, role=role)
            )

    def roles(self, user: UserId, project: ProjectId) -> frozenset[str]:
        """Give the roles that a user has in a project."""
        query = select(granted_roles.c.role).where(
            granted_roles.c.user_id == user, granted_roles.c.project_id == project
        )
        return frozenset(self._connection.execute(query).scalars())

    def add_session(self, session: Session) -> None:
        """Keep a log-in."""
        self._connection.execute(
            insert(sessions).values(
                token_hash=session.token_hash,
                user_id=session.user,
                project_id=session.project,
                created_at=session.created_at,
                expires_at=session.expires_at,
            )
        )

    def session(self, token_hash: str) -> Session | None:
        """Find a log-in, also one that has expired."""
        query = select(sessions).where(sessions.c.token_hash == token_hash)
        row = self._connection.execute(query).first()
        return None if row is None else _session(row)

    def end_session(self, token_hash: str) -> bool:
        """Forget a log-in; tells whether there was one."""
        ended = self._connection.execute(
            delete(sessions).where(sessions.c.token_hash == token_hash)
        )
        return ended.rowcount > 0

    def end_sessions(self, user: UserId, *, but: str = "") -> None:
        """Forget all log-ins of a user, but for one."""
        self._connection.execute(
            delete(sessions).where(sessions.c.user_id == user, sessions.c.token_hash != but)
        )

    def forget_expired(self, now: datetime) -> None:
        """Forget the log-ins that have expired."""
        self._connection.execute(delete(sessions).where(sessions.c.expires_at <= now))

    def add_run_token(self, token: RunToken) -> None:
        """Keep that a run's token is good."""
        if self.run_token(token.execution) is not None:
            raise Exists(what="token of run", name=token.execution)
        self._connection.execute(
            insert(run_tokens).values(
                execution=token.execution,
                user_id=token.user,
                project_id=token.project,
                opened_at=token.opened_at,
                ended_at=token.ended_at,
            )
        )

    def run_token(self, execution: ExecutionId) -> RunToken | None:
        """Find a run's token, also one that has ended."""
        query = select(run_tokens).where(run_tokens.c.execution == execution)
        row = self._connection.execute(query).first()
        return None if row is None else _run_token(row)

    def end_run_token(self, execution: ExecutionId, at: datetime) -> bool:
        """End a run's token; tells whether it was good until now."""
        ended = self._connection.execute(
            update(run_tokens)
            .where(run_tokens.c.execution == execution, run_tokens.c.ended_at.is_(None))
            .values(ended_at=at)
        )
        return ended.rowcount > 0

    def _user(self, condition: Any) -> User | None:
        row = self._connection.execute(select(users).where(condition)).first()
        return None if row is None else _user(row)

    def _project(self, condition: Any) -> Project | None:
        row = self._connection.execute(select(projects).where(condition)).first()
        return None if row is None else _project(row)


def _user(row: Row[Any]) -> User:
    return User(**row._asdict())


def _project(row: Row[Any]) -> Project:
    return Project(**row._asdict())


def _session(row: Row[Any]) -> Session:
    return Session(
        token_hash=row.token_hash,
        user=UserId(row.user_id),
        project=ProjectId(row.project_id),
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def _run_token(row: Row[Any]) -> RunToken:
    return RunToken(
        execution=ExecutionId(row.execution),
        user=UserId(row.user_id),
        project=ProjectId(row.project_id),
        opened_at=row.opened_at,
        ended_at=row.ended_at,
    )
