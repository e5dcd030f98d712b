"""Reading the JSON of the platform."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]


def read_time(text: object) -> datetime | None:
    """Read an instant in ISO 8601; nothing stays nothing."""
    return datetime.fromisoformat(str(text)) if text else None
