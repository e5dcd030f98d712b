"""Accounts in memory, and passwords that are quick to check."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import takewhile
from typing import TypeVar

from tarry.platform.accounts.model.attempts import Attempt
from tarry.platform.accounts.model.audit import Entry, entry_of
from tarry.platform.accounts.model.people import (
    ApiToken,
    Member,
    Project,
    RunToken,
    Session,
    User,
)
from tarry.platform.accounts.model.requests import Answer, Marked
from tarry.platform.kernel.errors import Exists, RequestDone
from tarry.platform.kernel.model import (
    KEPT_FOR,
    WHOLE,
    Caller,
    Deed,
    ExecutionId,
    ProjectId,
    Request,
    Stretch,
    UserId,
)

Item = TypeVar("Item")


@dataclass
class MemoryAccounts:
    """Keeps what `SqlAccounts` keeps."""

    by_user: dict[UserId, User] = field(default_factory=dict)
    by_project: dict[ProjectId, Project] = field(default_factory=dict)
    joined: dict[tuple[UserId, ProjectId], set[str]] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    run_tokens: dict[ExecutionId, RunToken] = field(default_factory=dict)
    closed: dict[ProjectId, Project] = field(default_factory=dict)
    since: dict[tuple[UserId, ProjectId], datetime] = field(default_factory=dict)
    tokens_of_api: dict[str, ApiToken] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    trail: list[Entry] = field(default_factory=list)
    named: dict[tuple[str, str, str], Marked] = field(default_factory=dict)

    def user(self, user: UserId) -> User | None:
        return self.by_user.get(user)

    def user_named(self, name: str) -> User | None:
        return next((user for user in self.by_user.values() if user.name == name), None)

    def users(self, stretch: Stretch = WHOLE) -> tuple[User, ...]:
        return cut(self.by_user.values(), stretch, lambda user: (user.name, ""))

    def add_user(self, user: User) -> None:
        if self.user_named(user.name):
            raise Exists(what="user", name=user.name)
        self.by_user[user.id] = user

    def set_password(self, user: UserId, password_hash: str) -> None:
        if found := self.by_user.get(user):
            self.by_user[user] = replace(found, password_hash=password_hash)

    def change_user(self, user: User) -> None:
        known = self.by_user[user.id]
        self.by_user[user.id] = replace(user, name=known.name, password_hash=known.password_hash)

    def remove_user(self, user: UserId) -> None:
        self.by_user.pop(user, None)
        self.joined = {key: roles for key, roles in self.joined.items() if key[0] != user}
        self.sessions = {k: kept for k, kept in self.sessions.items() if kept.user != user}
        self.run_tokens = {k: kept for k, kept in self.run_tokens.items() if kept.user != user}
        self.tokens_of_api = {k: t for k, t in self.tokens_of_api.items() if t.user != user}

    def close_project(self, project: ProjectId, at: datetime) -> None:
        del at
        if project in self.by_project:
            self.closed[project] = self.by_project.pop(project)

    def project(self, project: ProjectId) -> Project | None:
        return self.by_project.get(project)

    def project_named(self, name: str) -> Project | None:
        return next((each for each in self.by_project.values() if each.name == name), None)

    def name_of_project(self, project: ProjectId) -> str | None:
        known = self.by_project.get(project) or self.closed.get(project)
        return None if known is None else known.name

    def projects(self, stretch: Stretch = WHOLE) -> tuple[Project, ...]:
        return cut(self.by_project.values(), stretch, lambda project: (project.name, ""))

    def add_project(self, project: Project) -> None:
        closed = {each.name for each in self.closed.values()}
        if self.project_named(project.name) or project.name in closed:
            raise Exists(what="project", name=project.name)
        self.by_project[project.id] = project

    def add_member(self, user: UserId, project: ProjectId, since: datetime) -> None:
        self.joined.setdefault((user, project), set())
        self.since.setdefault((user, project), since)

    def remove_member(self, user: UserId, project: ProjectId) -> bool:
        self.since.pop((user, project), None)
        return self.joined.pop((user, project), None) is not None

    def members(self, project: ProjectId, stretch: Stretch = WHOLE) -> tuple[Member, ...]:
        found = [
            Member(user=self.by_user[user], roles=frozenset(roles), since=self.since[user, place])
            for (user, place), roles in self.joined.items()
            if place == project
        ]
        return cut(found, stretch, lambda member: (member.user.name, ""))

    def is_member(self, user: UserId, project: ProjectId) -> bool:
        return (user, project) in self.joined

    def projects_of(self, user: UserId, stretch: Stretch = WHOLE) -> tuple[Project, ...]:
        found = [each for each in self.projects() if self.is_member(user, each.id)]
        return cut(found, stretch, lambda project: (project.name, ""))

    def grant_role(self, user: UserId, project: ProjectId, role: str) -> None:
        self.joined[user, project].add(str(role))

    def withdraw_role(self, user: UserId, project: ProjectId, role: str) -> bool:
        roles = self.joined.get((user, project), set())
        had = str(role) in roles
        roles.discard(str(role))
        return had

    def roles(self, user: UserId, project: ProjectId) -> frozenset[str]:
        return frozenset(self.joined.get((user, project), ()))

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

    def open_run_tokens(self, user: UserId) -> int:
        return sum(t.user == user and t.ended_at is None for t in self.run_tokens.values())

    def add_api_token(self, token: ApiToken) -> None:
        if any(known.name == token.name for known in self.api_tokens(user=token.user)):
            raise Exists(what="API token", name=token.name)
        self.tokens_of_api[token.id] = token

    def api_token(self, token_hash: str) -> ApiToken | None:
        found = self.tokens_of_api.values()
        return next((token for token in found if token.token_hash == token_hash), None)

    def api_tokens(
        self,
        *,
        user: UserId | None = None,
        project: ProjectId | None = None,
        stretch: Stretch = WHOLE,
    ) -> tuple[ApiToken, ...]:
        found = [
            token
            for token in self.tokens_of_api.values()
            if user in {None, token.user} and project in {None, token.project}
        ]
        return cut(found, stretch, lambda token: (token.name, token.id))

    def note_use(self, token: str, at: datetime) -> None:
        self.tokens_of_api[token] = replace(self.tokens_of_api[token], last_used_at=at)

    def remove_api_token(self, token: str) -> bool:
        return self.tokens_of_api.pop(token, None) is not None

    def add_attempt(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)

    def attempts_of(self, name: str, since: datetime) -> tuple[datetime, ...]:
        return tuple(sorted(a.at for a in self.attempts if a.name == name and a.at > since))

    def attempts_from(self, address: str, since: datetime) -> tuple[datetime, ...]:
        return tuple(sorted(a.at for a in self.attempts if a.address == address and a.at > since))

    def forget_attempts(self, name: str) -> None:
        self.attempts = [attempt for attempt in self.attempts if attempt.name != name]

    def forget_attempts_before(self, instant: datetime) -> None:
        self.attempts = [attempt for attempt in self.attempts if attempt.at > instant]

    def add_entry(self, entry: Entry) -> None:
        newest = self.trail[-1].id if self.trail else 0
        self.trail.append(replace(entry, id=newest + 1))

    def add_deed(self, deed: Deed) -> None:
        self.claim(deed)
        self.add_entry(entry_of(deed.caller, deed.action, deed.subject, deed.facts, deed.at))

    def claim(self, deed: Deed) -> None:
        caller, request = deed.caller, deed.caller.request
        if request is None:
            return
        key = caller.project, caller.user, request.key
        known = self.named.get(key)
        if known is not None and known.at > deed.at - KEPT_FOR:
            if known.attempt != request.attempt:
                raise RequestDone(key=request.key, action=known.action, subject=known.subject)
            return
        self.named[key] = Marked(
            digest=request.digest,
            attempt=request.attempt,
            action=deed.action,
            subject=deed.subject,
            at=deed.at,
        )

    def release(self, caller: Caller) -> None:
        if caller.request is not None:
            key = caller.project, caller.user, caller.request.key
            if key in self.named and self.named[key].attempt == caller.request.attempt:
                del self.named[key]

    def marked(self, project: ProjectId, owner: UserId, key: str) -> Marked | None:
        return self.named.get((project, owner, key))

    def keep_answer(self, caller: Caller, request: Request, answer: Answer) -> None:
        key = caller.project, caller.user, request.key
        if key in self.named and self.named[key].attempt == request.attempt:
            self.named[key] = replace(self.named[key], answer=answer)

    def forget_requests(self, before: datetime, limit: int) -> int:
        old = [key for key, known in self.named.items() if known.at < before][:limit]
        for key in old:
            del self.named[key]
        return len(old)

    def forget_entries(self, before: datetime, limit: int) -> int:
        old = list(takewhile(lambda entry: entry.at < before, self.trail[:limit]))
        self.trail = self.trail[len(old) :]
        return len(old)

    def entries(
        self,
        *,
        before: int | None = None,
        limit: int = 50,
        project: ProjectId | None = None,
        user: str = "",
        action: str = "",
    ) -> tuple[Entry, ...]:
        found = [
            entry
            for entry in reversed(self.trail)
            if (before is None or entry.id < before)
            and project in {None, entry.project}
            and user in {"", entry.user}
            and (
                entry.action.startswith(action)
                if action.endswith(".")
                else action in {"", entry.action}
            )
        ]
        return tuple(found[:limit])


def cut(
    found: Iterable[Item], stretch: Stretch, place: Callable[[Item], tuple[str, str]]
) -> tuple[Item, ...]:
    """Give a piece of what was found, in its order."""
    after = (stretch.after, stretch.after_id)
    pieces = [each for each in sorted(found, key=place) if place(each) > after]
    return tuple(pieces[: stretch.limit])


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
