"""Requests that may arrive again, in a database."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from tarry.platform.executions.adapters.tables import requests
from tarry.platform.executions.model.requests import Answered
from tarry.platform.kernel.model import Caller, ExecutionId


def answered(
    connection: Connection, caller: Caller, key: str, since: datetime | None
) -> Answered | None:
    """Give what a request was answered with, if it was since then."""
    query = select(requests).where(_named(caller, key))
    if since is not None:
        query = query.where(requests.c.at >= since)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Answered(digest=row.digest, execution=ExecutionId(row.execution))


def answer(
    connection: Connection, caller: Caller, key: str, given: Answered, now: datetime
) -> Answered | None:
    """Keep what a request is answered with, unless it is known already: then give that."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row: dict[str, Any] = {
        "project": caller.project,
        "owner": caller.user,
        "key": key,
        "digest": given.digest,
        "execution": given.execution,
        "at": now,
    }
    # PostgreSQL waits here for another process that is writing the same row.
    keep = dialect.insert(requests).on_conflict_do_nothing().returning(requests.c.key)
    if connection.execute(keep, row).one_or_none() is not None:
        return None
    return answered(connection, caller, key, None)


def forget(connection: Connection, before: datetime) -> None:
    """Forget what was answered before an instant."""
    connection.execute(delete(requests).where(requests.c.at < before))


def _named(caller: Caller, key: str) -> ColumnElement[bool]:
    return and_(
        requests.c.project == caller.project,
        requests.c.owner == caller.user,
        requests.c.key == key,
    )
