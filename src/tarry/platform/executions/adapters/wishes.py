"""Keeping who wants to be told about a new run."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from tarry.platform.executions.adapters.tables import subscriptions
from tarry.platform.executions.interfaces import Wish
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
