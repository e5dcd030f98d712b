"""Writing what is asked for the way that the API wants it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

Value = str | bool | int | float | Decimal | datetime
"""What a value may be in Python; a text is its lexical form, and files are storage URIs."""
MAIL = "mail"
"""In place of a webhook: a mail to our own address."""
LONGEST_PAGE = 200
"""Runs that the platform lists at once."""
_NAMES = {"text": "q"}


def part(name: str) -> str:
    """Write a name so that it is one piece of a path."""
    return quote(name, safe="")


def plain(
    values: Mapping[str, Value | Sequence[Value] | None],
) -> dict[str, str | list[str] | None]:
    """Write values in their lexical form; no digit is lost, as none is left to JSON.

    Raises:
        TypeError: something is no value; its name is said.
    """
    return {name: _written(name, value) for name, value in values.items()}


def _written(name: str, value: Value | Sequence[Value] | None) -> str | list[str] | None:
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_lexical(name, item) for item in value]
    return None if value is None else _lexical(name, value)


def _lexical(name: str, value: object) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float() | Decimal():
            return str(value)
        case datetime():
            return value.isoformat()
        case _:
            raise TypeError(
                f"{name}: a {type(value).__name__} is no value; give a text, a number, a truth, "
                "a time, or a list of such"
            )


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
