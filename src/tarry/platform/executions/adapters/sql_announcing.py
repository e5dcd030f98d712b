"""Subscriptions in a database."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    cast,
    exists,
    or_,
    select,
    update,
)

from tarry.contract.kinds import Kind
from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.adapters.tables import executions, step_runs, subscriptions
from tarry.platform.executions.model.announcing import Occasion, Subscription
from tarry.platform.executions.model.states import OVER, ExecutionState, StepState
from tarry.platform.executions.model.telling import Channel
from tarry.platform.executions.model.views import RunView
from tarry.platform.kernel.model import ExecutionId


class SqlAnnouncements:
    """The store of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def due(self, now: datetime, limit: int) -> list[Subscription]:
        """Give subscriptions to runs that are over or wait for somebody, longest due first."""
        query = (
            select(subscriptions)
            .join(executions, executions.c.id == subscriptions.c.execution)
            .where(
                subscriptions.c.next_try_at <= now,
                or_(executions.c.state.in_([state.value for state in OVER]), exists(_untold())),
            )
            .order_by(subscriptions.c.next_try_at, subscriptions.c.id)
            .limit(limit)
        )
        rows = self._connection.execute(query).mappings()
        return [
            Subscription(
                id=row["id"],
                execution=row["execution"],
                channel=Channel(row["channel"]),
                address=row["address"],
                told=frozenset(row["told"]),
                tries=row["tries"],
            )
            for row in rows
        ]

    def run(self, execution: ExecutionId) -> RunView | None:
        """Give one execution with its steps."""
        return SqlExecutions(self._connection).run(execution)

    def told(self, subscription: int, keys: frozenset[str], *, over: bool) -> None:
        """Note what was told; if it is over, there is nothing more to tell."""
        self._change(subscription, {"told": sorted(keys), "tries": 0, "last_failure": ""})
        if over:
            self._change(subscription, {"next_try_at": None})

    def failed(
        self,
        subscription: int,
        keys: frozenset[str],
        tries: int,
        again: datetime | None,
        reason: str,
    ) -> None:
        """Note what was told, and why the rest was not; without a next time we give up."""
        row = {"told": sorted(keys), "tries": tries, "next_try_at": again, "last_failure": reason}
        self._change(subscription, row)

    def _change(self, subscription: int, row: dict[str, Any]) -> None:
        change = update(subscriptions).where(subscriptions.c.id == subscription)
        self._connection.execute(change.values(row))


def _untold() -> Select[tuple[int]]:
    """Select step runs that wait for somebody who was not told of it."""
    waits = and_(
        step_runs.c.kind == Kind.APPLICATION.value,
        step_runs.c.state == StepState.RUNNING.value,
        _not_told(Occasion.WAITS),
    )
    undecided = and_(
        step_runs.c.state == StepState.UNKNOWN.value,
        executions.c.state == ExecutionState.UNDECIDED.value,
        _not_told(Occasion.UNDECIDED),
    )
    here = step_runs.c.execution == subscriptions.c.execution
    return select(1).select_from(step_runs).where(here, or_(waits, undecided))


def _not_told(occasion: Occasion) -> ColumnElement[bool]:
    # Keys are kept as JSON, each in quotes.
    key = f'"{occasion.value}:' + cast(step_runs.c.number, Text) + '"'
    return ~cast(subscriptions.c.told, Text).contains(key)
