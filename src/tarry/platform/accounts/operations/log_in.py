"""Log in and out."""

import math
import secrets
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from tarry.platform.accounts.errors import LogInFailed, ProjectNeeded, TooManyAttempts
from tarry.platform.accounts.interfaces import Accounts, Passwords, Randomness
from tarry.platform.accounts.model.attempts import Attempts
from tarry.platform.accounts.model.people import (
    LONGEST_NAME,
    LONGEST_PASSWORD,
    SESSION_LASTS,
    Project,
    Session,
    User,
    is_name,
)
from tarry.platform.accounts.model.tokens import session_token, token_hash
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import Caller

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class LoggedIn:
    """What a log-in gives. The token is shown this once and stored nowhere."""

    token: str = field(repr=False)
    caller: Caller
    expires_at: datetime


async def log_in(
    accounts: Transactions[Accounts],
    *,
    user: str,
    password: str,
    project: str | None = None,
    passwords: Passwords,
    attempts: Attempts,
    clock: Clock = utc_now,
    randomness: Randomness = secrets.token_bytes,
) -> LoggedIn:
    """Check a password and open a session in a project; it may be left out by who has only one.

    Raises:
        LogInFailed: user, password or project is wrong, or the user is no longer active.
        TooManyAttempts: too many have failed lately; even the right password has to wait.
        ProjectNeeded: the password is right, but the user works in several projects.
    """
    now = clock()
    found = await _authenticate(
        accounts, user, password, passwords=passwords, attempts=attempts, now=now
    )
    token = session_token(randomness(32))
    rehashed = await passwords.hash(password) if passwords.is_outdated(found.password_hash) else ""

    def open_session(store: Accounts) -> Caller:
        current = store.user(found.id)
        if current is None or not current.active or current.password_hash != found.password_hash:
            raise LogInFailed(reason="the password was changed meanwhile")
        chosen = _choose(current, store.projects_of(current.id), project)
        if rehashed:
            store.set_password(current.id, rehashed)
        store.forget_expired(now)
        store.add_session(_session(token, current, chosen, now))
        return as_caller(current, chosen, store.roles(current.id, chosen.id))

    caller = await accounts.write(open_session)
    log.info("session.opened", user=caller.user_name, project=caller.project_name)
    return LoggedIn(token=token, caller=caller, expires_at=now + SESSION_LASTS)


async def log_out(accounts: Transactions[Accounts], token: str) -> bool:
    """End the session of a token; tells whether it was one."""
    return await accounts.write(lambda store: store.end_session(token_hash(token)))


def as_caller(user: User, project: Project, roles: frozenset[str]) -> Caller:
    """Give what the other rooms may know of a user at work in a project."""
    return Caller(
        user=user.id,
        user_name=user.name,
        project=project.id,
        project_name=project.name,
        email=user.email,
        roles=roles,
    )


async def _authenticate(
    accounts: Transactions[Accounts],
    name: str,
    password: str,
    *,
    passwords: Passwords,
    attempts: Attempts,
    now: datetime,
) -> User:
    # Nothing longer exists, so nothing longer is remembered or hashed.
    name, password = name[: LONGEST_NAME + 1], password[: LONGEST_PASSWORD + 1]
    if wait := attempts.wait(name, now):
        log.warning("log_in.refused", user=name)
        raise TooManyAttempts(user=name, seconds=math.ceil(wait.total_seconds()))
    attempts.begin(name, now)
    # What cannot be a name is not asked for: PostgreSQL refuses some of it.
    found = await accounts.read(lambda store: store.user_named(name)) if is_name(name) else None
    # As slow for an unknown user as for a known one: the time tells nothing.
    matches = await passwords.matches(password, found.password_hash if found else None)
    if found is None or not matches or not found.active:
        log.warning("log_in.failed", user=name)
        raise LogInFailed(reason="user or password is wrong")
    attempts.succeeded(name)
    return found


def _session(token: str, user: User, project: Project, now: datetime) -> Session:
    return Session(
        token_hash=token_hash(token),
        user=user.id,
        project=project.id,
        created_at=now,
        expires_at=now + SESSION_LASTS,
    )


def _choose(user: User, projects: tuple[Project, ...], wanted: str | None) -> Project:
    if not projects:
        raise LogInFailed(reason=f"{user.name} works in no project yet")
    if not wanted:
        if len(projects) > 1:
            names = ", ".join(project.name for project in projects)
            raise ProjectNeeded(user=user.name, projects=names)
        return projects[0]
    for project in projects:
        if project.name == wanted:
            return project
    raise LogInFailed(reason=f"{user.name} does not work in a project {wanted[:80]!r}")
