"""Grants in the database."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert, select

from tarry.platform.kernel.model import ExecutionId
from tarry.platform.storage.adapters.tables import file_grants
from tarry.platform.storage.model.uris import StorageUri


class SqlGrants:
    """The grants, in the transaction of a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def grant(self, execution: ExecutionId, uris: Iterable[StorageUri], at: datetime) -> None:
        """Let a run read files."""
        for uri in uris:
            if not self.is_granted(execution, uri):
                self._connection.execute(
                    insert(file_grants).values(execution=execution, uri=str(uri), granted_at=at)
                )

    def is_granted(self, execution: ExecutionId, uri: StorageUri) -> bool:
        """Tell whether a run was granted a file."""
        query = select(file_grants.c.granted_at).where(
            file_grants.c.execution == execution, file_grants.c.uri == str(uri)
        )
        return self._connection.execute(query).first() is not None
