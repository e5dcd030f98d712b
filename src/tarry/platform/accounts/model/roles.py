"""Who may do what: the one table of roles, scopes and rights."""

from collections.abc import Iterable
from enum import StrEnum

from tarry.platform.kernel.model import Right


class Role(StrEnum):
    """What a member is in a project."""

    VIEWER = "viewer"
    USER = "user"
    DEVELOPER = "developer"
    ADMIN = "admin"


DESCRIPTIONS: dict[Role, str] = {
    Role.VIEWER: "sees runs and their results",
    Role.USER: "runs workflows",
    Role.DEVELOPER: "registers services and publishes workflows",
    Role.ADMIN: "manages users and projects",
}

_READ = frozenset({Right.READ})
_RUN = _READ | {Right.RUN}
_DEVELOP = _RUN | {Right.DEVELOP}
_ADMIN = _DEVELOP | {Right.ADMIN}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.VIEWER: _READ,
    Role.USER: _RUN,
    Role.DEVELOPER: _DEVELOP,
    Role.ADMIN: _ADMIN,
}
"""What each role may do in its project; each includes the ones before it."""

OF_ADMINISTRATORS = frozenset(Right)
"""What an administrator of the platform may do, in every project."""

OF_RUNS = _READ
"""What the token of a run may do. Which files it reads and writes is said by the storage."""

SCOPES: dict[Right, frozenset[Right]] = {
    Right.READ: _READ,
    Right.RUN: _RUN,
    Right.DEVELOP: _READ | {Right.DEVELOP},
    Right.ADMIN: _READ | {Right.ADMIN},
    Right.OPERATE: _READ | {Right.OPERATE},
}
"""What a scope of an API token lets through: the right of its name, and to see what comes of it."""

DEFAULT_ROLES = frozenset({Role.USER, Role.DEVELOPER})
"""What somebody is who is made without a word about roles."""


def rights_of(roles: Iterable[str], *, administrator: bool = False) -> frozenset[Right]:
    """Give what somebody with such roles may do; a role that nobody knows brings nothing."""
    if administrator:
        return OF_ADMINISTRATORS
    known = set(Role)
    brought = [RIGHTS[Role(role)] for role in roles if role in known]
    return frozenset().union(*brought)


def within(scopes: Iterable[Right], rights: frozenset[Right]) -> frozenset[Right]:
    """Give what an API token with such scopes lets its user do: never more than the user may."""
    let_through: frozenset[Right] = frozenset().union(*(SCOPES[scope] for scope in scopes))
    return let_through & rights
