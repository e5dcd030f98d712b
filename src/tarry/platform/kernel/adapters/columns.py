"""Column types that mean the same on SQLite and on PostgreSQL."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

RowNumber = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit number; as the only primary key it counts up by itself on both databases."""

_ENCODER = json.JSONEncoder(separators=(",", ":"))  # `json.dumps` would make one for each value


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, kept and given in UTC to the microsecond; a naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an instant into what the database keeps."""
        if value is None:
            return None
        if value.tzinfo is None:
            reason = f"{value!r} has no time zone"
            raise ValueError(reason)
        value = value.astimezone(UTC)
        # SQLite has no instants: it keeps text, which sorts rightly because all of it is UTC.
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give an instant in UTC, whatever time zone the database speaks."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonText(TypeDecorator[Any]):
    r"""JSON-ready data, kept as text. Any string survives, also one that holds `\\0`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write the data as text; only ASCII, because PostgreSQL's text takes no NUL."""
        return None if value is None else _ENCODER.encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read the text back."""
        return None if value is None else json.loads(value)
