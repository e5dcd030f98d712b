"""Accounts in memory, and passwords that are quick to check."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from tarry.platform.accounts.model.people import Project, RunToken, Session, User
from tarry.platform.kernel.errors import Exists
from tarry.platform.kernel.model import ExecutionId, ProjectId, UserId


@dataclass
class MemoryAccounts:
    """Keeps what `SqlAccounts` keeps."""

    by_user: dict[UserId, User] = field(default_factory=dict)
    by_project: dict[ProjectId, Project] = field(default_factory=dict)
    members: dict[tuple[UserId, ProjectId], set[str]] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    run_tokens: dict[ExecutionId, RunToken] = field(default_factory=dict)

    def user(self, user: UserId) -> User | None:
        return self.by_user.get(user)

    def user_named(self, name: str) -> User | None:
        return next((user for user in self.by_user.values() if user.name == name), None)

    def users(self) -> tuple[User, ...]:
        return tuple(sorted(self.by_user.values(), key=lambda user: user.name))

    def add_user(self, user: User) -> None:
        if self.user_named(user.name):
            raise Exists(what="user", name=user.name)
        self.by_user[user.id] = user

    def set_password(self, user: UserId, password_hash: str) -> None:
        if found := self.by_user.get(user):
            self.by_user[user] = replace(found, password_hash=password_hash)

    def project(self, project: ProjectId) -> Project | None:
        return self.by_project.get(project)

    def project_named(self, name: str) -> Project | None:
        return next((each for each in self.by_project.values() if each.name == name), None)

    def projects(self) -> tuple[Project, ...]:
        return tuple(sorted(self.by_project.values(), key=lambda project: project.name))

    def add_project(self, project: Project) -> None:
        if self.project_named(project.name):
            raise Exists(what="project", name=project.name)
        self.by_project[project.id] = project

    def add_member(self, user: UserId, project: ProjectId, since: datetime) -> None:
        del since
        self.members.setdefault((user, project), set())

    def is_member(self, user: UserId, project: ProjectId) -> bool:
        return (user, project) in self.members

    def projects_of(self, user: UserId) -> tuple[Project, ...]:
        return tuple(each for each in self.projects() if self.is_member(user, each.id))

    def grant_role(self, user: UserId, project: ProjectId, role: str) -> None:
        self.members[user, project].add(str(role))

    def roles(self, user: UserId, project: ProjectId) -> frozenset[str]:
        return frozenset(self.members.get((user, project), ()))

    def add_session(self, session: Session) -> None:
        self.sessions[session.token_hash] = session

    def session(self, token_hash: str) -> Session | None:
        return self.sessions.get(token_hash)

    def end_session(self, token_hash: str) -> bool:
        return self.sessions.pop(token_hash, None) is not None

    def end_sessions(self, user: UserId, *, but: str = "") -> None:
        self.sessions = {
            key: kept for key, kept in self.sessions.items() if kept.user != user or key == but
        }

    def forget_expired(self, now: datetime) -> None:
        self.sessions = {k: kept for k, kept in self.sessions.items() if kept.expires_at > now}

    def add_run_token(self, token: RunToken) -> None:
        if token.execution in self.run_tokens:
            raise Exists(what="token of run", name=token.execution)
        self.run_tokens[token.execution] = token

    def run_token(self, execution: ExecutionId) -> RunToken | None:
        return self.run_tokens.get(execution)

    def end_run_token(self, execution: ExecutionId, at: datetime) -> bool:
        token = self.run_tokens.get(execution)
        if token is None or token.ended_at is not None:
            return False
        self.run_tokens[execution] = replace(token, ended_at=at)
        return True


class PlainPasswords:
    """Passwords for tests of other things: the hash is the password, marked."""

    def __init__(self, version: str = "1") -> None:
        self.version = version
        self.compared = 0

    async def hash(self, password: str) -> str:
        return f"plain{self.version}:{password}"

    async def matches(self, password: str, password_hash: str | None) -> bool:
        self.compared += 1
        return password_hash is not None and password_hash.partition(":")[2] == password

    def is_outdated(self, password_hash: str) -> bool:
        return not password_hash.startswith(f"plain{self.version}:")
