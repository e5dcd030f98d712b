"""Names and paths, as several tables of the file have them."""

import re

from tarry.service.model.table import Table

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)
"""What services, operations and ports may be called."""


def relatives(table: Table, key: str) -> tuple[str, ...]:
    """Give one path of a file in the run's working folder, or a list of them."""
    if not isinstance(table.take(key), list):
        return (relative(table, key),)
    return tuple(_checked(table, key, path) for path in table.texts(key))


def relative(table: Table, key: str) -> str:
    """Give a path of a file in the run's working folder."""
    return _checked(table, key, table.text(key))


def _checked(table: Table, key: str, path: str) -> str:
    parts = path.split("/")
    if not path or "\0" in path or path.startswith(("/", "~")) or {"", ".", ".."} & set(parts):
        table.fail(key, f"must be a file in the run's working folder, not {path!r}")
    return path
