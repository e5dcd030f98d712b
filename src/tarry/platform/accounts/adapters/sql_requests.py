"""Requests that their senders have named, in the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from tarry.platform.accounts.adapters.tables import named_requests
from tarry.platform.accounts.model.requests import Answer, Marked
from tarry.platform.kernel.errors import RequestDone
from tarry.platform.kernel.model import KEPT_FOR, Caller, Deed, ProjectId, Request, UserId


class SqlRequests:
    """Named requests, in the transaction of a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(self, deed: Deed) -> None:
        """Keep that a named request does something, unless it is known already."""
        caller, request = deed.caller, deed.caller.request
        if request is None:
            return
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        row: dict[str, Any] = {
            "project": caller.project,
            "owner": caller.user,
            "key": request.key,
            "digest": request.digest,
            "attempt": request.attempt,
            "action": deed.action,
            "subject": deed.subject,
            "at": deed.at,
        }
        old = _is(caller.project, caller.user, request.key)
        self._connection.execute(
            delete(named_requests).where(old, named_requests.c.at <= deed.at - KEPT_FOR)
        )
        # PostgreSQL waits here for another process that is writing the same row.
        keep = dialect.insert(named_requests).on_conflict_do_nothing()
        if self._connection.execute(keep.returning(named_requests.c.key), row).first() is not None:
            return
        known = self.marked(caller.project, caller.user, request.key)
        if known is None or known.attempt != request.attempt:
            was = known or Marked(digest="", attempt="", action="it", subject="", at=deed.at)
            raise RequestDone(key=request.key, action=was.action, subject=was.subject)

    def release(self, caller: Caller) -> None:
        """Take a claim back: nothing was done."""
        if caller.request is not None:
            mine = _is(caller.project, caller.user, caller.request.key)
            attempt = named_requests.c.attempt == caller.request.attempt
            self._connection.execute(delete(named_requests).where(mine, attempt))

    def marked(self, project: ProjectId, owner: UserId, key: str) -> Marked | None:
        """Give what became of a request, however long ago."""
        query = select(named_requests).where(_is(project, owner, key))
        row = self._connection.execute(query).first()
        return None if row is None else _marked(row)

    def keep_answer(self, caller: Caller, request: Request, answer: Answer) -> None:
        """Keep what a request was answered with; nothing happens if it has done nothing."""
        said = {
            "status": answer.status,
            "headers": dict(answer.headers),
            "body": answer.body,
        }
        mine = _is(caller.project, caller.user, request.key)
        attempt = named_requests.c.attempt == request.attempt
        self._connection.execute(update(named_requests).where(mine, attempt).values(**said))

    def forget_requests(self, before: datetime, limit: int) -> int:
        """Forget requests from before an instant, at most so many; tells how many."""
        rows = named_requests.c
        query = select(rows.project, rows.owner, rows.key).where(rows.at < before).limit(limit)
        found = self._connection.execute(query.order_by(rows.at)).all()
        for row in found:
            self._connection.execute(
                delete(named_requests).where(_is(row.project, row.owner, row.key))
            )
        return len(found)


def _is(project: str, owner: str, key: str) -> ColumnElement[bool]:
    rows = named_requests.c
    return and_(rows.project == project, rows.owner == owner, rows.key == key)


def _marked(row: Row[Any]) -> Marked:
    answer = None
    if row.status is not None:
        body = None if row.body is None else bytes(row.body)
        answer = Answer(status=row.status, headers=row.headers, body=body)
    return Marked(
        digest=row.digest,
        attempt=row.attempt,
        action=row.action,
        subject=row.subject,
        at=row.at,
        answer=answer,
    )
