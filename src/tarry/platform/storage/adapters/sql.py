"""Grants in the database."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from tarry.platform.kernel.model import ExecutionId
from tarry.platform.storage.adapters.tables import file_grants


class SqlGrants:
    """The grants, in the transaction of a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def grant(self, execution: ExecutionId, uris: Iterable[str], at: datetime) -> None:
        """Let a run read files, and folders, whose URIs end in a slash."""
        for uri in uris:
            if not self.is_granted(execution, [uri]):
                self._connection.execute(
                    insert(file_grants).values(execution=execution, uri=uri, granted_at=at)
                )

    def is_granted(self, execution: ExecutionId, uris: Iterable[str]) -> bool:
        """Tell whether a run was granted one of these."""
        query = select(file_grants.c.granted_at).where(
            file_grants.c.execution == execution, file_grants.c.uri.in_(list(uris))
        )
        return self._connection.execute(query).first() is not None

    def forget(self, execution: ExecutionId) -> None:
        """Forget all that was granted to a run."""
        self._connection.execute(delete(file_grants).where(file_grants.c.execution == execution))
