"""Users, projects and what they hold."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tarry.platform.accounts.errors import BadName, BadPassword
from tarry.platform.kernel.model import ExecutionId, ProjectId, Right, UserId

SESSION_LASTS = timedelta(hours=24)
LONGEST_NAME = 64
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1_000
_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST_NAME - 1}}}")
_PASSWORD_SIGNS = "bcdfghjkmnpqrstvwxyz23456789"  # noqa: S105 - the signs, not a password


@dataclass(frozen=True, kw_only=True)
class Project:
    """A group of users whose data is kept apart. Its name stands in storage URIs."""

    id: ProjectId
    name: str
    description: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class User:
    """A person with a password.

    Attributes:
        administrator: of the platform: may do everything, in every project.
    """

    id: UserId
    name: str
    email: str
    description: str
    password_hash: str = field(repr=False)
    active: bool
    created_at: datetime
    administrator: bool = False


@dataclass(frozen=True, kw_only=True)
class Session:
    """A log-in; the token itself is known to its owner only."""

    token_hash: str = field(repr=False)
    user: UserId
    project: ProjectId
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class ApiToken:
    """A token that a user made for a program of theirs, in one project.

    Attributes:
        name: what it is for; each of a user's is called differently.
        scopes: what it lets through of what its user may do.
        expires_at: `None` if it is good until it is revoked.
        last_used_at: to the minute.
    """

    id: str
    token_hash: str = field(repr=False)
    name: str
    user: UserId
    project: ProjectId
    scopes: frozenset[Right]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody who works in a project."""

    user: User
    roles: frozenset[str]
    since: datetime


@dataclass(frozen=True, kw_only=True)
class RunToken:
    """That the token of a run is good, for whom, and since when it no longer is."""

    execution: ExecutionId
    user: UserId
    project: ProjectId
    opened_at: datetime
    ended_at: datetime | None = None


def is_name(name: str) -> bool:
    """Tell whether a user or project may have a name."""
    return _NAME.fullmatch(name) is not None


def checked_name(what: str, name: str) -> str:
    """Give a name back if a user or project may have it.

    Raises:
        BadName: it says which names are taken.
    """
    if not is_name(name):
        raise BadName(name=repr(name[:80]), what=what, longest=LONGEST_NAME)
    return name


def checked_password(password: str, *, user_name: str) -> str:
    """Give a new password back if it may be one.

    Raises:
        BadPassword: it says why not, and never shows the password.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise BadPassword(reason=f"it needs at least {SHORTEST_PASSWORD} characters")
    if len(password) > LONGEST_PASSWORD:
        raise BadPassword(reason=f"it has more than {LONGEST_PASSWORD} characters")
    if password.casefold() == user_name.casefold():
        raise BadPassword(reason="it is the user's name")
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in password):
        raise BadPassword(reason="it holds control characters")
    return password


def password_from(randomness: bytes) -> str:
    """Make a password that can be read aloud and typed: 4 groups of 4 signs (77 bits).

    Args:
        randomness: 32 random bytes.
    """
    number = int.from_bytes(randomness)
    signs: list[str] = []
    for _ in range(16):
        number, place = divmod(number, len(_PASSWORD_SIGNS))
        signs.append(_PASSWORD_SIGNS[place])
    return "-".join("".join(signs[at : at + 4]) for at in range(0, 16, 4))
