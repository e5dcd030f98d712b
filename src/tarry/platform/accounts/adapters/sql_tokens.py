"""Sessions and tokens in the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from tarry.platform.accounts.adapters.tables import api_tokens, run_tokens, sessions
from tarry.platform.accounts.model.people import ApiToken, RunToken, Session
from tarry.platform.kernel.adapters.stretches import cut
from tarry.platform.kernel.errors import Exists
from tarry.platform.kernel.model import (
    WHOLE,
    ExecutionId,
    ProjectId,
    Right,
    Stretch,
    UserId,
)


class SqlTokens:
    """Sessions and tokens, in the transaction of a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_session(self, session: Session) -> None:
        """Keep a log-in."""
        self._connection.execute(
            insert(sessions).values(
                token_hash=session.token_hash,
                user_id=session.user,
                project_id=session.project,
                created_at=session.created_at,
                expires_at=session.expires_at,
            )
        )

    def session(self, token_hash: str) -> Session | None:
        """Find a log-in, also one that has expired."""
        query = select(sessions).where(sessions.c.token_hash == token_hash)
        row = self._connection.execute(query).first()
        return None if row is None else _session(row)

    def end_session(self, token_hash: str) -> bool:
        """Forget a log-in; tells whether there was one."""
        ended = self._connection.execute(
            delete(sessions).where(sessions.c.token_hash == token_hash)
        )
        return ended.rowcount > 0

    def end_sessions(self, user: UserId, *, but: str = "") -> None:
        """Forget all log-ins of a user, but for one."""
        self._connection.execute(
            delete(sessions).where(sessions.c.user_id == user, sessions.c.token_hash != but)
        )

    def forget_expired(self, now: datetime) -> None:
        """Forget the log-ins that have expired."""
        self._connection.execute(delete(sessions).where(sessions.c.expires_at <= now))

    def add_run_token(self, token: RunToken) -> None:
        """Keep that a run's token is good."""
        if self.run_token(token.execution) is not None:
            raise Exists(what="token of run", name=token.execution)
        self._connection.execute(
            insert(run_tokens).values(
                execution=token.execution,
                user_id=token.user,
                project_id=token.project,
                opened_at=token.opened_at,
                ended_at=token.ended_at,
            )
        )

    def run_token(self, execution: ExecutionId) -> RunToken | None:
        """Find a run's token, also one that has ended."""
        query = select(run_tokens).where(run_tokens.c.execution == execution)
        row = self._connection.execute(query).first()
        return None if row is None else _run_token(row)

    def end_run_token(self, execution: ExecutionId, at: datetime) -> bool:
        """End a run's token; tells whether it was good until now."""
        ended = self._connection.execute(
            update(run_tokens)
            .where(run_tokens.c.execution == execution, run_tokens.c.ended_at.is_(None))
            .values(ended_at=at)
        )
        return ended.rowcount > 0

    def open_run_tokens(self, user: UserId) -> int:
        """Count the tokens of a user's runs that are good."""
        query = select(func.count()).where(
            run_tokens.c.user_id == user, run_tokens.c.ended_at.is_(None)
        )
        return int(self._connection.execute(query).scalar_one())

    def add_api_token(self, token: ApiToken) -> None:
        """Keep an API token."""
        if any(known.name == token.name for known in self.api_tokens(user=token.user)):
            raise Exists(what="API token", name=token.name)
        self._connection.execute(
            insert(api_tokens).values(
                id=token.id,
                token_hash=token.token_hash,
                name=token.name,
                user_id=token.user,
                project_id=token.project,
                scopes=sorted(token.scopes),
                created_at=token.created_at,
                expires_at=token.expires_at,
                last_used_at=token.last_used_at,
            )
        )

    def api_token(self, token_hash: str) -> ApiToken | None:
        """Find an API token, also one that has expired."""
        query = select(api_tokens).where(api_tokens.c.token_hash == token_hash)
        row = self._connection.execute(query).first()
        return None if row is None else _api_token(row)

    def api_tokens(
        self,
        *,
        user: UserId | None = None,
        project: ProjectId | None = None,
        stretch: Stretch = WHOLE,
    ) -> tuple[ApiToken, ...]:
        """Give API tokens, of a user or in a project or all; by name and id."""
        query = cut(
            self._connection, select(api_tokens), stretch, api_tokens.c.name, api_tokens.c.id
        )
        if user is not None:
            query = query.where(api_tokens.c.user_id == user)
        if project is not None:
            query = query.where(api_tokens.c.project_id == project)
        return tuple(_api_token(row) for row in self._connection.execute(query))

    def note_use(self, token: str, at: datetime) -> None:
        """Keep when an API token was used last."""
        self._connection.execute(
            update(api_tokens).where(api_tokens.c.id == token).values(last_used_at=at)
        )

    def remove_api_token(self, token: str) -> bool:
        """Forget an API token; tells whether there was one."""
        removed = self._connection.execute(delete(api_tokens).where(api_tokens.c.id == token))
        return removed.rowcount > 0


def _session(row: Row[Any]) -> Session:
    return Session(
        token_hash=row.token_hash,
        user=UserId(row.user_id),
        project=ProjectId(row.project_id),
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def _run_token(row: Row[Any]) -> RunToken:
    return RunToken(
        execution=ExecutionId(row.execution),
        user=UserId(row.user_id),
        project=ProjectId(row.project_id),
        opened_at=row.opened_at,
        ended_at=row.ended_at,
    )


def _api_token(row: Row[Any]) -> ApiToken:
    return ApiToken(
        id=row.id,
        token_hash=row.token_hash,
        name=row.name,
        user=UserId(row.user_id),
        project=ProjectId(row.project_id),
        scopes=frozenset(Right(scope) for scope in row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )
