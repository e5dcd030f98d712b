"""Large values, kept apart from the rows that mention them.

The journal is read whole at every recovery, and rows are rewritten while a run goes on; so a text
that is large stands once in a table of its own, and the rows hold its digest.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from tarry.platform.executions.adapters.tables import large_values
from tarry.platform.kernel.model import ExecutionId

LARGE = 16 * 1024
"""Characters of a text that is kept apart."""
_MARK = "/apart"  # no port and no field has such a name
_AT_ONCE = 500


class Apart:
    """Takes large texts out of what one transaction writes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._found: dict[tuple[ExecutionId, str], str] = {}

    def take(self, execution: ExecutionId, data: Any) -> Any:
        """Give JSON-ready data with marks in the place of large texts."""
        match data:
            case str() if len(data) > LARGE:
                digest = sha256(data.encode("utf-8", "surrogatepass")).hexdigest()
                self._found[execution, digest] = data
                return {_MARK: digest}
            case Mapping():
                return {name: self.take(execution, value) for name, value in data.items()}
            case list() | tuple():
                return [self.take(execution, value) for value in data]
            case _:
                return data

    def keep(self) -> None:
        """Write what was taken out; what is there already stays."""
        rows = [
            {"execution": execution, "digest": digest, "content": content}
            for (execution, digest), content in self._found.items()
        ]
        if rows:
            dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
            keep = dialect.insert(large_values).on_conflict_do_nothing()
            self._connection.execute(keep, rows)
        self._found.clear()


def restored_rows(
    connection: Connection, rows: Iterable[Any], columns: Sequence[str]
) -> list[dict[str, Any]]:
    """Give rows with some columns as they were before large texts were taken out of them."""
    found = [dict(row) for row in rows]
    data = _restore(connection, [row[column] for row in found for column in columns])
    values = iter(data)
    for row in found:
        row.update({column: next(values) for column in columns})
    return found


def _restore(connection: Connection, data: list[Any]) -> list[Any]:
    wanted: set[str] = set()
    for each in data:
        _marks(each, wanted)
    if not wanted:
        return data
    contents = _contents(connection, wanted)
    return [_restored(each, contents) for each in data]


def _contents(connection: Connection, wanted: set[str]) -> Mapping[str, str]:
    digests = sorted(wanted)
    contents: dict[str, str] = {}
    for first in range(0, len(digests), _AT_ONCE):
        query = select(large_values.c.digest, large_values.c.content).where(
            large_values.c.digest.in_(digests[first : first + _AT_ONCE])
        )
        contents |= {row.digest: row.content for row in connection.execute(query)}
    return contents


def _marks(data: Any, wanted: set[str]) -> None:
    match data:
        case {"/apart": str(digest)}:
            wanted.add(digest)
        case Mapping():
            for value in data.values():
                _marks(value, wanted)
        case list():
            for value in data:
                _marks(value, wanted)
        case _:
            pass


def _restored(data: Any, contents: Mapping[str, str]) -> Any:
    match data:
        case {"/apart": str(digest)}:
            return contents[digest]
        case Mapping():
            return {name: _restored(value, contents) for name, value in data.items()}
        case list():
            return [_restored(value, contents) for value in data]
        case _:
            return data
