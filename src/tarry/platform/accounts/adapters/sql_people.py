"""Users and projects in the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from tarry.platform.accounts.adapters.tables import (
    api_tokens,
    granted_roles,
    memberships,
    projects,
    run_tokens,
    sessions,
    users,
)
from tarry.platform.accounts.model.people import Member, Project, User
from tarry.platform.kernel.adapters.stretches import cut
from tarry.platform.kernel.errors import Exists
from tarry.platform.kernel.model import WHOLE, ProjectId, Stretch, UserId

_OPEN = projects.c.closed_at.is_(None)


class SqlPeople:
    """Users and projects, in the transaction of a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def user(self, user: UserId) -> User | None:
        """Find a user by id."""
        return self._user(users.c.id == user)

    def user_named(self, name: str) -> User | None:
        """Find a user by name."""
        return self._user(users.c.name == name)

    def users(self, stretch: Stretch = WHOLE) -> tuple[User, ...]:
        """Give users, by name."""
        query = cut(self._connection, select(users), stretch, users.c.name)
        return tuple(_user(row) for row in self._connection.execute(query))

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
                administrator=user.administrator,
            )
        )

    def set_password(self, user: UserId, password_hash: str) -> None:
        """Give a user another password."""
        self._connection.execute(
            update(users).where(users.c.id == user).values(password_hash=password_hash)
        )

    def change_user(self, user: User) -> None:
        """Keep what is said of a user now; name and password stay as they are."""
        self._connection.execute(
            update(users)
            .where(users.c.id == user.id)
            .values(
                email=user.email,
                description=user.description,
                active=user.active,
                administrator=user.administrator,
            )
        )

    def remove_user(self, user: UserId) -> None:
        """Forget a user with all sessions, tokens, memberships and roles."""
        for table in (sessions, api_tokens, run_tokens, granted_roles, memberships):
            self._connection.execute(delete(table).where(table.c.user_id == user))
        self._connection.execute(delete(users).where(users.c.id == user))

    def project(self, project: ProjectId) -> Project | None:
        """Find a project by id."""
        return self._project(projects.c.id == project, _OPEN)

    def project_named(self, name: str) -> Project | None:
        """Find a project by name."""
        return self._project(projects.c.name == name, _OPEN)

    def name_of_project(self, project: ProjectId) -> str | None:
        """Tell the name of a project, also of one that was closed."""
        return self._connection.scalar(select(projects.c.name).where(projects.c.id == project))

    def projects(self, stretch: Stretch = WHOLE) -> tuple[Project, ...]:
        """Give projects that were not closed, by name."""
        query = cut(self._connection, select(projects).where(_OPEN), stretch, projects.c.name)
        return tuple(_project(row) for row in self._connection.execute(query))

    def close_project(self, project: ProjectId, at: datetime) -> None:
        """Close a project; its name stays taken."""
        closed = update(projects).where(projects.c.id == project, _OPEN).values(closed_at=at)
        self._connection.execute(closed)

    def add_project(self, project: Project) -> None:
        """Keep a new project."""
        if self._project(projects.c.name == project.name) is not None:
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

    def remove_member(self, user: UserId, project: ProjectId) -> bool:
        """Let a user no longer work in a project, with all roles."""
        for table in (granted_roles, memberships):
            of_member = (table.c.user_id == user, table.c.project_id == project)
            removed = self._connection.execute(delete(table).where(*of_member))
        return removed.rowcount > 0

    def members(self, project: ProjectId, stretch: Stretch = WHOLE) -> tuple[Member, ...]:
        """Give who works in a project, by name."""
        query = select(users, memberships.c.since).join(memberships)
        query = query.where(memberships.c.project_id == project)
        found = list(self._connection.execute(cut(self._connection, query, stretch, users.c.name)))
        granted = select(granted_roles).where(granted_roles.c.project_id == project)
        if stretch.limit is not None:
            granted = granted.where(granted_roles.c.user_id.in_([row.id for row in found]))
        roles: dict[str, set[str]] = {}
        for row in self._connection.execute(granted):
            roles.setdefault(row.user_id, set()).add(row.role)
        return tuple(_member(row, frozenset(roles.get(row.id, ()))) for row in found)

    def projects_of(self, user: UserId, stretch: Stretch = WHOLE) -> tuple[Project, ...]:
        """Give the projects that a user works in, by name."""
        query = select(projects).join(memberships).where(memberships.c.user_id == user, _OPEN)
        query = cut(self._connection, query, stretch, projects.c.name)
        return tuple(_project(row) for row in self._connection.execute(query))

    def grant_role(self, user: UserId, project: ProjectId, role: str) -> None:
        """Give a member a role."""
        if role not in self.roles(user, project):
            self._connection.execute(
                insert(granted_roles).values(user_id=user, project_id=project, role=role)
            )

    def withdraw_role(self, user: UserId, project: ProjectId, role: str) -> bool:
        """Take a role away; tells whether the member had it."""
        withdrawn = self._connection.execute(
            delete(granted_roles).where(
                granted_roles.c.user_id == user,
                granted_roles.c.project_id == project,
                granted_roles.c.role == role,
            )
        )
        return withdrawn.rowcount > 0

    def roles(self, user: UserId, project: ProjectId) -> frozenset[str]:
        """Give the roles that a user has in a project."""
        query = select(granted_roles.c.role).where(
            granted_roles.c.user_id == user, granted_roles.c.project_id == project
        )
        return frozenset(self._connection.execute(query).scalars())

    def _user(self, condition: Any) -> User | None:
        row = self._connection.execute(select(users).where(condition)).first()
        return None if row is None else _user(row)

    def _project(self, *conditions: Any) -> Project | None:
        row = self._connection.execute(select(projects).where(*conditions)).first()
        return None if row is None else _project(row)


def _user(row: Row[Any]) -> User:
    return User(
        id=UserId(row.id),
        name=row.name,
        email=row.email,
        description=row.description,
        password_hash=row.password_hash,
        active=row.active,
        created_at=row.created_at,
        administrator=row.administrator,
    )


def _project(row: Row[Any]) -> Project:
    return Project(
        id=ProjectId(row.id),
        name=row.name,
        description=row.description,
        created_at=row.created_at,
    )


def _member(row: Row[Any], roles: frozenset[str]) -> Member:
    return Member(user=_user(row), roles=roles, since=row.since)
