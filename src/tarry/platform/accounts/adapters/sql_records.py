"""Log-ins that failed, and the audit trail, in the database."""

from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import Row, delete, insert, select

from tarry.platform.accounts.adapters.sql_requests import SqlRequests
from tarry.platform.accounts.adapters.tables import audit_trail, log_in_attempts
from tarry.platform.accounts.model.attempts import Attempt
from tarry.platform.accounts.model.audit import Entry, entry_of
from tarry.platform.kernel.model import Deed, ProjectId


class SqlRecords(SqlRequests):
    """Log-ins that failed, and the audit trail, in the transaction of a connection.

    It is the `kernel.interfaces.Trail` of other rooms, which write in that transaction too.
    """

    def add_attempt(self, attempt: Attempt) -> None:
        """Keep a log-in that is being checked."""
        self._connection.execute(
            insert(log_in_attempts).values(
                name=attempt.name, address=attempt.address, at=attempt.at
            )
        )

    def attempts_of(self, name: str, since: datetime) -> tuple[datetime, ...]:
        """Give when log-ins with a name were tried, oldest first."""
        return self._attempts(log_in_attempts.c.name == name, since)

    def attempts_from(self, address: str, since: datetime) -> tuple[datetime, ...]:
        """Give when log-ins from an address were tried, oldest first."""
        return self._attempts(log_in_attempts.c.address == address, since)

    def forget_attempts(self, name: str) -> None:
        """Forget the failures of a user who has logged in."""
        self._connection.execute(delete(log_in_attempts).where(log_in_attempts.c.name == name))

    def forget_attempts_before(self, instant: datetime) -> None:
        """Forget what is so old that it no longer counts."""
        self._connection.execute(delete(log_in_attempts).where(log_in_attempts.c.at <= instant))

    def add_entry(self, entry: Entry) -> None:
        """Add a line to the audit trail."""
        self._connection.execute(
            insert(audit_trail).values(
                at=entry.at,
                user_name=entry.user,
                project_id=entry.project,
                project_name=entry.project_name,
                api_token=entry.api_token,
                action=entry.action,
                subject=entry.subject,
                address=entry.address,
                facts=dict(entry.facts),
            )
        )

    def add_deed(self, deed: Deed) -> None:
        """Add the line of something that was done, in the transaction that does it."""
        self.claim(deed)
        self.add_entry(entry_of(deed.caller, deed.action, deed.subject, deed.facts, deed.at))

    def forget_entries(self, before: datetime, limit: int) -> int:
        """Forget the oldest lines, if they are from before an instant; tells how many."""
        # Ids count up with time, so the oldest lines are found without an index on it.
        trail = audit_trail.c
        oldest = self._connection.execute(
            select(trail.id, trail.at).order_by(trail.id).limit(limit)
        )
        old = [row.id for row in takewhile(lambda row: row.at < before, oldest)]
        if old:
            self._connection.execute(delete(audit_trail).where(trail.id <= old[-1]))
        return len(old)

    def entries(
        self,
        *,
        before: int | None = None,
        limit: int = 50,
        project: ProjectId | None = None,
        user: str = "",
        action: str = "",
    ) -> tuple[Entry, ...]:
        """Give lines of the audit trail, newest first."""
        trail = audit_trail.c
        query = select(audit_trail).order_by(trail.id.desc()).limit(limit)
        if before is not None:
            query = query.where(trail.id < before)
        if project is not None:
            query = query.where(trail.project_id == project)
        if user:
            query = query.where(trail.user_name == user)
        if action.endswith("."):
            query = query.where(trail.action.startswith(action, autoescape=True))
        elif action:
            query = query.where(trail.action == action)
        return tuple(_entry(row) for row in self._connection.execute(query))

    def _attempts(self, condition: Any, since: datetime) -> tuple[datetime, ...]:
        query = select(log_in_attempts.c.at).where(condition, log_in_attempts.c.at > since)
        found = self._connection.execute(query.order_by(log_in_attempts.c.at))
        return tuple(found.scalars())


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        at=row.at,
        user=row.user_name,
        project=ProjectId(row.project_id),
        project_name=row.project_name,
        api_token=row.api_token,
        action=row.action,
        subject=row.subject,
        address=row.address,
        facts=row.facts,
    )
