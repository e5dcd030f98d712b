"""The database: one writer that commits in groups, and readers beside it, off the event loop."""

from collections.abc import Callable
from datetime import timedelta
from typing import Generic, TypeVar

from sqlalchemy import Connection, text

from tarry.contract.errors import TarryError
from tarry.platform.kernel.adapters.engines import open_engine, sqlite_url
from tarry.platform.kernel.adapters.readers import Readers
from tarry.platform.kernel.adapters.writer import LONGEST_GROUP, Writer

__all__ = ["Database", "SqlTransactions", "open_engine", "sqlite_url"]

Store = TypeVar("Store")
Result = TypeVar("Result")


class Database:
    """Runs pieces of work against a database.

    On PostgreSQL the connection that writes is the only one of its kind: once it is lost every
    write fails with `WriterLost`, and nothing but a new `Database` makes another. If it was said to
    be replaceable, it is made anew instead: leadership must never hang on such a one.

    Work that lives on after an error of the database (such as a key that exists) has to put the
    statement into `connection.begin_nested()`, or PostgreSQL refuses all that follows.

    Attributes:
        engine: for one transaction at a time beside all this: migrations, tests, tools.
    """

    def __init__(
        self, url: str, *, longest_group: timedelta = LONGEST_GROUP, replaceable: bool = False
    ) -> None:
        """Connect; what is written is committed after `longest_group` although more is waiting.

        Raises:
            DatabaseUnavailable: the URL cannot be used, or the database does not answer.
        """
        self.engine = open_engine(url)
        self._writer = Writer(url, longest_group=longest_group, replaceable=replaceable)
        self._readers = Readers(url)

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """Run work that sees one state of the database and cannot change it.

        Raises:
            DatabaseFailed: the database failed.
            DatabaseClosed: it was closed.
            Whatever the work raises.
        """
        return await self._readers.read(work)

    async def write(self, work: Callable[[Connection], Result]) -> Result:
        """Run work in the writer; returns once it is durable.

        Work is done in the order of the calls, and also if the caller is cancelled meanwhile.

        Raises:
            DatabaseFailed: the database failed; nothing was written.
            WriterLost: the connection broke; if that was during the commit, nobody knows.
            DatabaseClosed: it was closed.
            Whatever the work raises; nothing of it was written then.
        """
        result: Result = await self._writer.write(work)
        return result

    @property
    def is_lost(self) -> bool:
        """Whether nothing can be written any more until a new start."""
        return self._writer.lost

    async def is_alive(self) -> bool:
        """Tell whether the database can be read, and written as far as one knows."""
        try:
            answer = await self.read(lambda connection: connection.execute(text("SELECT 1")).all())
        except TarryError:
            return False
        return bool(answer) and not self.is_lost

    def sever(self) -> None:
        """Break all connections to PostgreSQL: it does not answer, and somebody waits for it."""
        self._writer.sever()
        self._readers.sever()

    def close(self) -> None:
        """Finish what is waiting and close every connection."""
        self._writer.close()
        self._readers.close()
        self.engine.dispose()


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
