"""Who wants to be told about a run, in a database."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from tarry.platform.executions.adapters.tables import subscriptions
from tarry.platform.executions.interfaces import Wish
from tarry.platform.executions.model.telling import Channel, TellingView
from tarry.platform.kernel.model import ExecutionId


def keep_wishes(
    connection: Connection, execution: ExecutionId, wishes: Iterable[Wish], at: datetime
) -> None:
    """Keep wishes, in the transaction that keeps the run."""
    rows: list[dict[str, Any]] = [
        {
            "execution": execution,
            "channel": wish.channel.value,
            "address": wish.address,
            "told": [],
            "tries": 0,
            "next_try_at": at,
            "last_failure": "",
        }
        for wish in wishes
    ]
    if rows:
        connection.execute(insert(subscriptions), rows)


def tellings_of(connection: Connection, execution: ExecutionId) -> tuple[TellingView, ...]:
    """Show who wants to be told about a run, and how far that has come."""
    query = (
        select(subscriptions)
        .where(subscriptions.c.execution == execution)
        .order_by(subscriptions.c.id)
    )
    return tuple(
        TellingView(
            channel=Channel(row.channel),
            address=row.address,
            told=tuple(row.told),
            failure=row.last_failure,
            next_try_at=row.next_try_at if row.last_failure else None,
            given_up=bool(row.last_failure) and row.next_try_at is None,
        )
        for row in connection.execute(query)
    )
