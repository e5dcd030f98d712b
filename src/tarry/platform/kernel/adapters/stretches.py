"""Pieces of lists by name, cut in the database."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, tuple_

from tarry.platform.kernel.model import Stretch


def cut(
    connection: Connection, query: Select[Any], stretch: Stretch, *place: ColumnElement[str]
) -> Select[Any]:
    """Give a piece of what a query finds, in the order of a name, or of a name and an id.

    Both databases then agree on the order of letters, and with `sorted`.
    """
    columns = [_by_code_points(connection, column) for column in place]
    after = (stretch.after, stretch.after_id)[: len(columns)]
    if any(after):
        seen = tuple_(*columns) > tuple_(*after) if len(columns) > 1 else columns[0] > after[0]
        query = query.where(seen)
    query = query.order_by(*columns)
    return query if stretch.limit is None else query.limit(stretch.limit)


def _by_code_points(connection: Connection, column: ColumnElement[str]) -> ColumnElement[str]:
    # SQLite compares bytes of UTF-8 anyway; PostgreSQL follows the language of the database.
    return column.collate("C") if connection.dialect.name == "postgresql" else column
