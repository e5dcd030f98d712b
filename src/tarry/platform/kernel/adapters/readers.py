"""The readers: a few threads, each with a connection of its own that cannot write."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from tarry.platform.kernel.adapters.engines import explained, open_reader, sever
from tarry.platform.kernel.errors import DatabaseClosed

Result = TypeVar("Result")
THREADS = 4


class Readers:
    """Runs reading work beside the writer; each sees one state of the database."""

    def __init__(self, url: str) -> None:
        self._engine = open_reader(url)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="database-reader")
        self._mine = threading.local()
        self._all: list[Connection] = []
        self._closed = False

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """Run work in a read transaction."""
        if self._closed:
            raise DatabaseClosed
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._read, work)

    def sever(self) -> None:
        """Break the connections under whatever waits for an answer of PostgreSQL."""
        for connection in self._all:
            with suppress(SQLAlchemyError):  # it may be broken already
                sever(connection)

    def close(self) -> None:
        """Finish what was begun and close the connections."""
        self._closed = True
        self._threads.shutdown()
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._engine.dispose()

    def _read(self, work: Callable[[Connection], Result]) -> Result:
        try:
            try:
                return self._once(work)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                # The server was restarted since: reading again harms nobody.
                return self._once(work)
        except Exception as error:
            ours = explained(error)
            if ours is error:
                raise
            raise ours from error

    def _once(self, work: Callable[[Connection], Result]) -> Result:
        connection: Connection | None = getattr(self._mine, "connection", None)
        if connection is None:
            connection = self._mine.connection = self._engine.connect()
            self._all.append(connection)
        with connection.begin():
            return work(connection)
