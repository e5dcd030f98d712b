"""The database: one writer that commits in groups, and readers beside it.

SQLite allows one writer, and a commit costs far more than a statement; so a single thread owns the
writing connection, takes every piece of work that is waiting, runs each inside a savepoint, and
commits them together. A caller is told of success after that commit and never before.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text

Store = TypeVar("Store")
Result = TypeVar("Result")

MOST_IN_A_GROUP = 500
BUSY_TIMEOUT_MS = 10_000
READERS = 4


def sqlite_url(file: Path) -> str:
    """Give the URL of a SQLite database in a file."""
    return f"sqlite+pysqlite:///{file}"


def open_engine(url: str) -> Engine:
    """Open an engine on SQLite (durable, WAL) or PostgreSQL."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=READERS + 1, pool_pre_ping=False)
    engine = create_engine(url, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        # SQLAlchemy says BEGIN itself, below; the driver must not commit behind its back.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")  # a commit survives a power cut
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("tarry_begin", "BEGIN")
        connection.exec_driver_sql(str(mode))

    return engine


class Database:
    """Runs pieces of work against the database, off the event loop."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self._queue: queue.SimpleQueue[tuple[Callable[[Connection], Any], Future[Any]] | None]
        self._queue = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="database-reader")
        self._writer = threading.Thread(target=self._write, name="database-writer", daemon=True)
        self._writer.start()
        self._closed = False

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """Run work in a read transaction."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def write(self, work: Callable[[Connection], Result]) -> Result:
        """Run work in the writer; returns once it is committed.

        Raises:
            Whatever the work raises; nothing of it was written then.
        """
        done: Future[Result] = Future()
        self._queue.put((work, done))
        # Work that was handed over is carried out even if the caller no longer waits for it.
        return await asyncio.shield(asyncio.wrap_future(done))

    def close(self) -> None:
        """Finish what is waiting and close every connection."""
        if self._closed:
            return
        self._closed = True
        self._queue.put(None)
        self._writer.join()
        self._readers.shutdown()
        self.engine.dispose()

    def _read(self, work: Callable[[Connection], Result]) -> Result:
        with self.engine.connect() as connection, connection.begin():
            return work(connection)

    def _write(self) -> None:
        with self.engine.connect() as plain:
            connection = plain.execution_options(tarry_begin="BEGIN IMMEDIATE")
            while (group := self._next_group()) is not None:
                self._run_group(connection, group)

    def _next_group(self) -> list[tuple[Callable[[Connection], Any], Future[Any]]] | None:
        first = self._queue.get()
        if first is None:
            return None
        group = [first]
        while len(group) < MOST_IN_A_GROUP:
            try:
                following = self._queue.get_nowait()
            except queue.Empty:
                break
            if following is None:
                self._queue.put(None)
                break
            group.append(following)
        return group

    def _run_group(
        self, connection: Connection, group: list[tuple[Callable[[Connection], Any], Future[Any]]]
    ) -> None:
        results: list[tuple[Future[Any], Any]] = []
        errors: list[tuple[Future[Any], Exception]] = []
        try:
            with connection.begin():
                for work, done in group:
                    try:
                        with connection.begin_nested():
                            result = work(connection)
                    except Exception as error:  # noqa: BLE001 - it belongs to who asked
                        errors.append((done, error))
                    else:
                        results.append((done, result))
        except Exception as error:  # noqa: BLE001 - the commit failed: nobody was served
            for _, done in group:
                done.set_exception(error)
            return
        for done, result in results:
            done.set_result(result)
        for done, failure in errors:
            done.set_exception(failure)


class SqlTransactions(Generic[Store]):
    """Transactions of one room: its store, made anew around each transaction's connection."""

    def __init__(self, database: Database, store: Callable[[Connection], Store]) -> None:
        self._database = database
        self._store = store

    async def read(self, work: Callable[[Store], Result]) -> Result:
        """Run work that only reads."""
        return await self._database.read(lambda connection: work(self._store(connection)))

    async def write(self, work: Callable[[Store], Result]) -> Result:
        """Run work that may write; what it wrote is durable when this returns."""
        return await self._database.write(lambda connection: work(self._store(connection)))


def is_alive(database: Database) -> bool:
    """Tell whether the database answers."""
    with database.engine.connect() as connection:
        return connection.execute(text("SELECT 1")).scalar() is not None
