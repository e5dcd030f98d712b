"""The one writer: takes all work that is waiting, and commits it together.

A commit costs far more than a statement, so a single thread owns the writing connection, runs each
piece of work inside a savepoint, and commits when nothing is waiting any more or some time has
passed. Work is done in the order in which it was handed over. A caller is told of success after
the commit and never before.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from tarry.platform.kernel.adapters.engines import (
    explained,
    is_sqlite,
    open_writer,
    reason_of,
    sever,
)
from tarry.platform.kernel.errors import DatabaseClosed, DatabaseFailed, WriterLost

log = structlog.get_logger()

LONGEST_GROUP = timedelta(milliseconds=5)
"""After this long a group is committed although more is waiting: some twenty commits' time."""

Work = Callable[[Connection], Any]


@dataclass(slots=True)
class _Piece:
    """A piece of work, who waits for it, and then what came of it."""

    work: Work
    future: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = None


class Writer:
    """Owns the connection that writes, and the thread that uses it."""

    def __init__(self, url: str, *, longest_group: timedelta, replaceable: bool) -> None:
        """Connect; only a `replaceable` connection is made anew when it broke.

        Raises:
            DatabaseUnavailable: the database does not answer.
        """
        self._url = url
        self._longest_group_seconds = longest_group.total_seconds()
        self._replaceable = replaceable
        self._lost: str | None = None
        self._connect()
        self._queue: queue.SimpleQueue[_Piece | None] = queue.SimpleQueue()
        self._gate = threading.Lock()  # nothing may follow the mark of the end in the queue
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="database-writer", daemon=True)
        self._thread.start()

    @property
    def lost(self) -> bool:
        """Whether the connection is gone for good."""
        return self._lost is not None

    async def write(self, work: Work) -> Any:
        """Hand over work; returns its result once it is durable."""
        piece = _Piece(work, asyncio.get_running_loop().create_future())
        with self._gate:
            if self._closed:
                raise DatabaseClosed
            self._queue.put(piece)
        # Work that was handed over is carried out even if the caller no longer waits for it.
        piece.future.add_done_callback(_take_note)
        return await asyncio.shield(piece.future)

    def close(self) -> None:
        """Finish what was handed over, end the thread and close the connection."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def sever(self) -> None:
        """Break the connection under whatever waits for an answer of PostgreSQL."""
        with suppress(SQLAlchemyError):  # it may be broken already
            sever(self._connection)

    def _connect(self) -> None:
        self._connection = open_writer(self._url)
        self._driver: Any = self._connection.connection.driver_connection
        self._sqlite = is_sqlite(self._connection.engine)
        self._connected = True

    def _disconnect(self) -> None:
        self._connected = False
        try:
            self._connection.close()
        except Exception as error:  # noqa: BLE001 - it was broken before
            log.info("database.close_failed", reason=reason_of(error))
        self._connection.engine.dispose()

    def _run(self) -> None:
        going = True
        while going:
            first = self._queue.get()
            if first is None:
                break
            group = [first]
            try:
                going = self._run_group(group)
            except BaseException as error:  # noqa: BLE001 - whatever it is, the callers must know
                self._undo(group, error)
                going = True
            _deliver(group)
        self._disconnect()

    def _run_group(self, group: list[_Piece]) -> bool:
        """Run and commit a group that starts with one piece; tells whether to go on after it."""
        self._check_connected()
        going = True
        alone = self._queue.empty()
        self._say("BEGIN IMMEDIATE" if self._sqlite else "BEGIN")
        if alone:
            # Nobody else can be harmed: the transaction itself is the savepoint.
            group[0].result = group[0].work(self._connection)
        else:
            going = self._run_pieces(group)
        self._check_sound()
        self._say("COMMIT")
        self._connection.rollback()  # for SQLAlchemy, which had begun something in its own books
        return going

    def _run_pieces(self, group: list[_Piece]) -> bool:
        until = time.monotonic() + self._longest_group_seconds
        opening: tuple[str, ...] = ("SAVEPOINT piece",)
        piece: _Piece | None = group[0]
        while piece is not None:
            self._say(*opening)
            opening = ("RELEASE SAVEPOINT piece", "SAVEPOINT piece")
            try:
                piece.result = piece.work(self._connection)
                self._check_sound()
            except BaseException as error:  # noqa: BLE001 - it belongs to who asked
                piece.error = self._explained(error)
                # Raises if the transaction is gone, as after a full disk: then all of it is.
                self._say("ROLLBACK TO SAVEPOINT piece")
            if time.monotonic() > until:
                return True
            try:
                piece = self._queue.get_nowait()
            except queue.Empty:
                return True
            if piece is not None:
                group.append(piece)
        return False

    def _undo(self, group: list[_Piece], error: BaseException) -> None:
        """Make the connection ready again, or give it up; then nobody in the group was served."""
        try:
            if self._connected:
                if self._in_transaction():
                    self._say("ROLLBACK")
                self._connection.rollback()
                if self._is_broken():
                    self._give_up(error)
        except Exception as second:  # noqa: BLE001 - see the log; the first error counts
            log.warning("database.rollback_failed", reason=reason_of(second))
            self._give_up(error)
        for piece in group:
            cause = piece.error
            if cause is None and len(group) == 1:
                cause = error
            elif cause is None:  # its own work was fine, and still nothing of it was written
                cause = DatabaseFailed(reason=reason_of(error))
                cause.__cause__ = error
            piece.error = self._explained(cause)

    def _explained(self, error: BaseException) -> BaseException:
        return explained(error, lost=self._lost) if isinstance(error, Exception) else error

    def _give_up(self, error: BaseException) -> None:
        self._disconnect()
        if not self._sqlite and not self._replaceable:
            # Whoever led by this connection leads no more: it must not come back by itself.
            known = isinstance(error, DBAPIError | DatabaseFailed)
            self._lost = reason_of(error) if known else "it broke"
            log.error("database.writer_lost", reason=self._lost)

    def _check_connected(self) -> None:
        if self._lost is not None:
            raise WriterLost(reason=self._lost)
        if not self._connected:
            self._connect()

    def _say(self, *statements: str) -> None:
        """Control the transaction on the driver: SQLAlchemy takes ten times as long for it."""
        try:
            if self._sqlite:
                for statement in statements:
                    self._driver.execute(statement)
            else:
                self._driver.execute("; ".join(statements))  # one way to the server and back
        except Exception as error:
            raise DatabaseFailed(reason=reason_of(error)) from error

    def _in_transaction(self) -> bool:
        if self._sqlite:
            return bool(self._driver.in_transaction)
        return self._state() in {"INTRANS", "INERROR"}

    def _state(self) -> str:
        """Tell how PostgreSQL sees the transaction; costs no way to the server."""
        return "" if self._sqlite else str(self._driver.info.transaction_status.name)

    def _check_sound(self) -> None:
        """Refuse work that went on after a failure that left nothing to commit.

        PostgreSQL would answer its COMMIT with a silent rollback.
        """
        if not self._in_transaction() or self._state() == "INERROR":
            raise DatabaseFailed(reason="the work went on after one of its statements had failed")

    def _is_broken(self) -> bool:
        if self._connection.invalidated or self._in_transaction():
            return True
        return not self._sqlite and bool(self._driver.closed)


def _take_note(future: "asyncio.Future[Any]") -> None:
    """See how it ended: else Python complains of a failure that nobody waited for."""
    if not future.cancelled():
        future.exception()


def _deliver(group: Iterable[_Piece]) -> None:
    """Tell the callers, each event loop once: waking a loop costs more than an answer."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Piece]] = {}
    for piece in group:
        by_loop.setdefault(piece.future.get_loop(), []).append(piece)
    for loop, pieces in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle, pieces)
        except RuntimeError:  # the loop is closed: nobody waits any more
            log.warning("database.callers_gone", pieces=len(pieces))


def _settle(pieces: list[_Piece]) -> None:
    for piece in pieces:
        if piece.future.done():
            continue
        if piece.error is None:
            piece.future.set_result(piece.result)
        elif isinstance(piece.error, StopIteration) or not isinstance(piece.error, Exception):
            # They would end the loop, or look like a cancellation, or cannot be set at all.
            failure = RuntimeError(f"the work raised {piece.error!r}")
            failure.__cause__ = piece.error
            piece.future.set_exception(failure)
        else:
            piece.future.set_exception(piece.error)
