"""A connection to a database that counts the rows that come over it."""

from typing import Any

from sqlalchemy import Connection


class Counting:
    """Stands before a connection, for stores that read rows one way or the other."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect
        self.rows = 0

    def execute(self, query: Any) -> list[Any]:
        """Run a query and count what it gives."""
        return self._count(list(self._connection.execute(query).all()))

    def scalars(self, query: Any) -> list[Any]:
        """Run a query and count what it gives, the first column of each row."""
        return self._count(list(self._connection.scalars(query)))

    def _count(self, found: list[Any]) -> list[Any]:
        self.rows += len(found)
        return found
