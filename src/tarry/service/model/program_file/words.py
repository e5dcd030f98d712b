"""Names and paths, as several tables of the file have them."""

import re

from tarry.service.model.table import Table

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)
"""What services, operations and ports may be called."""


def relative(table: Table, key: str) -> str:
    """Give a path of a file in the run's working folder."""
    path = table.text(key)
    parts = path.split("/")
    if not path or "\0" in path or path.startswith(("/", "~")) or {"", ".", ".."} & set(parts):
        table.fail(key, f"must be a file in the run's working folder, not {path!r}")
    return path
