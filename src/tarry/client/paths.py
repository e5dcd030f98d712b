"""Writing what is asked for the way that the API wants it."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

MAIL = "mail"
"""In place of a webhook: a mail to our own address."""
LONGEST_PAGE = 200
"""Runs that the platform lists at once."""
_NAMES = {"text": "q"}


def part(name: str) -> str:
    """Write a name so that it is one piece of a path."""
    return quote(name, safe="")


def plain(values: Mapping[str, str | Sequence[str] | None]) -> dict[str, str | list[str] | None]:
    """Write values so that JSON takes them."""
    return {
        name: value if value is None or isinstance(value, str) else list(value)
        for name, value in values.items()
    }


def wishes(tell: Sequence[str]) -> list[dict[str, object]]:
    """Write who is told about a run."""
    return [{"mail": True} if one == MAIL else {"webhook": one} for one in tell]


def run_filter(
    state: str | None, wanted: Mapping[str, Any], after: str, limit: int
) -> dict[str, str]:
    """Write which runs are wanted."""
    asked = {"state": state, **wanted, "after": after, "limit": limit}
    return {
        _NAMES.get(name, name): str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in asked.items()
        if value not in {None, ""}
    }
