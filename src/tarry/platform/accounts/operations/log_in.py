"""Log in and out."""

import math
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from tarry.platform.accounts.errors import LogInFailed, ProjectNeeded, TooManyAttempts
from tarry.platform.accounts.interfaces import Accounts, Passwords, Randomness
from tarry.platform.accounts.model.attempts import Attempt, Attempts
from tarry.platform.accounts.model.audit import Entry
from tarry.platform.accounts.model.people import (
    LONGEST_NAME,
    LONGEST_PASSWORD,
    SESSION_LASTS,
    Project,
    Session,
    User,
    is_name,
)
from tarry.platform.accounts.model.roles import rights_of
from tarry.platform.accounts.model.tokens import session_token, token_hash
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import Caller, Deed

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
    address: str = "",
    clock: Clock = utc_now,
    randomness: Randomness = secrets.token_bytes,
) -> LoggedIn:
    """Check a password and open a session in a project; it may be left out by who has only one.

    Args:
        accounts: the store.
        user: the name.
        password: what is checked.
        project: the name; an administrator may work in any.
        passwords: compares.
        attempts: how many are let through.
        address: where the log-in comes from.
        clock: gives the instant.
        randomness: makes the token.

    Raises:
        LogInFailed: user, password or project is wrong, or the user is no longer active.
        TooManyAttempts: too many have failed lately; even the right password has to wait.
        ProjectNeeded: the password is right, but the user works in several projects.
    """
    now = clock()
    found = await _authenticate(
        accounts, user, password, passwords=passwords, attempts=attempts, address=address, now=now
    )
    token = session_token(randomness(32))
    rehashed = await passwords.hash(password) if passwords.is_outdated(found.password_hash) else ""

    def open_session(store: Accounts) -> Caller:
        current = store.user(found.id)
        if current is None or not current.active or current.password_hash != found.password_hash:
            raise LogInFailed(reason="the password was changed meanwhile")
        chosen = _choose(store, current, project)
        if rehashed:
            store.set_password(current.id, rehashed)
        store.forget_attempts(current.name)
        store.forget_expired(now)
        store.add_session(_session(token, current, chosen, now))
        caller = as_caller(current, chosen, store.roles(current.id, chosen.id), address=address)
        store.add_deed(
            Deed(caller=caller, action="session.opened", subject=current.name, facts={}, at=now)
        )
        return caller

    caller = await accounts.write(open_session)
    log.info("session.opened", user=caller.user_name, project=caller.project_name)
    return LoggedIn(token=token, caller=caller, expires_at=now + SESSION_LASTS)


async def log_out(accounts: Transactions[Accounts], token: str) -> bool:
    """End the session of a token; tells whether it was one."""
    return await accounts.write(lambda store: store.end_session(token_hash(token)))


def as_caller(user: User, project: Project, roles: frozenset[str], *, address: str = "") -> Caller:
    """Give what the other rooms may know of a user at work in a project."""
    return Caller(
        user=user.id,
        user_name=user.name,
        project=project.id,
        project_name=project.name,
        email=user.email,
        roles=roles,
        rights=rights_of(roles, administrator=user.administrator),
        address=address,
    )


async def _authenticate(
    accounts: Transactions[Accounts],
    name: str,
    password: str,
    *,
    passwords: Passwords,
    attempts: Attempts,
    address: str,
    now: datetime,
) -> User:
    # Nothing longer exists, so nothing longer is remembered or hashed.
    name, password = name[: LONGEST_NAME + 1], password[: LONGEST_PASSWORD + 1]
    await begin_attempt(accounts, attempts, name, address, now)
    # What cannot be a name is not asked for: PostgreSQL refuses some of it.
    found = await accounts.read(lambda store: store.user_named(name)) if is_name(name) else None
    # As slow for an unknown user as for a known one: the time tells nothing.
    matches = await passwords.matches(password, found.password_hash if found else None)
    if found is None or not matches or not found.active:
        log.warning("log_in.failed", user=name, address=address)
        # Who is not known is not named: people type their password where the name belongs.
        who = found.name if found else ""
        failed = Entry(at=now, action="session.refused", subject=who, address=address)
        await accounts.write(lambda store: store.add_entry(failed))
        raise LogInFailed(reason="user or password is wrong")
    return found


async def begin_attempt(
    accounts: Transactions[Accounts], attempts: Attempts, name: str, address: str, now: datetime
) -> None:
    """Count an attempt before it is checked, so that many at once gain nothing.

    Raises:
        TooManyAttempts: there have been too many.
    """
    # What cannot be a name is counted together: there is nobody whom that could lock out.
    counted = Attempt(name=name if is_name(name) else "", address=address, at=now)
    since = now - attempts.window

    def work(store: Accounts) -> timedelta | None:
        store.forget_attempts_before(since)
        from_there = store.attempts_from(address, since) if address else ()
        wait = attempts.wait(store.attempts_of(counted.name, since), from_there, now)
        if wait is None:
            store.add_attempt(counted)
        return wait

    if wait := await accounts.write(work):
        log.warning("log_in.refused", user=name, address=address)
        raise TooManyAttempts(user=name, seconds=math.ceil(wait.total_seconds()))


def _session(token: str, user: User, project: Project, now: datetime) -> Session:
    return Session(
        token_hash=token_hash(token),
        user=user.id,
        project=project.id,
        created_at=now,
        expires_at=now + SESSION_LASTS,
    )


def _choose(store: Accounts, user: User, wanted: str | None) -> Project:
    projects = store.projects_of(user.id)
    if wanted and user.administrator:
        projects = store.projects()
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
