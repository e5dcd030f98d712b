"""Forgetting runs in a database."""

from datetime import datetime

from sqlalchemy import Connection, delete, exists, select, update

from tarry.platform.executions.adapters.tables import (
    constructs,
    executions,
    inbox,
    journal,
    large_values,
    snapshots,
    step_runs,
    subscriptions,
)
from tarry.platform.executions.interfaces import OldRun
from tarry.platform.kernel.model import ExecutionId

_later = executions.alias()


class SqlRetention:
    """The store of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def old(self, before: datetime, limit: int) -> list[OldRun]:
        """Give runs that ended before an instant and are settled, oldest first."""
        query = (
            select(executions.c.id, executions.c.project)
            .where(
                executions.c.settled,
                executions.c.ended_at < before,
                # Its outputs are those of whoever goes on from it, files included.
                ~exists().where(_later.c.resumed_from == executions.c.id),
            )
            .order_by(executions.c.ended_at)
            .limit(limit)
        )
        rows = self._connection.execute(query)
        return [OldRun(id=row.id, project=row.project) for row in rows]

    def forget(self, execution: ExecutionId) -> None:
        """Remove a run with all that is known of it, and its snapshot if nobody else has it."""
        query = select(executions.c.snapshot).where(executions.c.id == execution)
        digest = self._connection.scalar(query)
        for table in (subscriptions, inbox, constructs, step_runs, journal, large_values):
            self._connection.execute(delete(table).where(table.c.execution == execution))
        self._connection.execute(delete(executions).where(executions.c.id == execution))
        others = exists().where(executions.c.snapshot == snapshots.c.digest)
        self._connection.execute(delete(snapshots).where(snapshots.c.digest == digest, ~others))

    def drop_pages(self, before: datetime) -> int:
        """Remove the pages of runs that ended before an instant; tells how many there were."""
        ended = select(executions.c.id).where(executions.c.settled, executions.c.ended_at < before)
        change = (
            update(step_runs)
            .where(step_runs.c.page.is_not(None), step_runs.c.execution.in_(ended))
            .values(page=None, page_tag="")
        )
        return self._connection.execute(change).rowcount
