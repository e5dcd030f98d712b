"""Engines on SQLite and PostgreSQL, with the settings that our promises need."""

import errno
import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    InterfaceError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
)

from tarry.platform.kernel.errors import (
    DatabaseFailed,
    DatabaseUnavailable,
    UnstorableValue,
    WriterLost,
)

BUSY_TIMEOUT_MS = 10_000
KEEP_ALIVE_SECONDS = 5
"""How soon a silent peer is asked for a sign of life, on both ends of a connection that writes."""

_ADVICE = {
    "database is locked": "; another program has locked it: end that one",
    "disk I/O error": "; is its disk full?",
    "is not a database": "; bring it back from a back-up",
    "is malformed": "; bring it back from a back-up",
}
"""What to do about some of SQLite's words."""

_FAILURES = (OperationalError, InterfaceError, InternalError)


def sqlite_url(file: Path) -> str:
    """Give the URL of a SQLite database in a file."""
    # Not put together by hand: a folder may be called `50%?`.
    return URL.create("sqlite+pysqlite", database=str(file)).render_as_string(hide_password=False)


def open_engine(url: str) -> Engine:
    """Open an engine for one transaction at a time: migrations, tests, operators' tools.

    Raises:
        DatabaseUnavailable: the URL cannot be used.
    """
    engine = _create(url)
    if is_sqlite(engine):

        @event.listens_for(engine, "begin")
        def _on_begin(connection: Connection) -> None:
            mode = connection.get_execution_options().get("tarry_begin", "BEGIN")
            connection.exec_driver_sql(str(mode))

    return engine


def open_reader(url: str) -> Engine:
    """Open an engine whose transactions see one state of the database and cannot write.

    Raises:
        DatabaseUnavailable: the URL cannot be used.
    """
    engine = _create(url, poolclass=NullPool, patient=False)
    if not is_sqlite(engine):
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def open_writer(url: str) -> Connection:
    """Open the connection that writes. Whoever holds it says BEGIN and COMMIT on the driver.

    On PostgreSQL it is the only one that its engine ever makes: leadership hangs on it, so it must
    never be replaced behind anybody's back, as SQLAlchemy does with a connection that broke.

    Raises:
        DatabaseUnavailable: the database does not answer.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _connect(_create(url, poolclass=NullPool))
    engine = _create(url, poolclass=NullPool, patient=False, isolation_level="AUTOCOMMIT")
    made = False

    @event.listens_for(engine, "do_connect")
    def _on_do_connect(*_: object) -> None:
        nonlocal made
        if made:
            raise WriterLost(reason="it broke")
        made = True

    connection = _connect(engine)
    # A server may be set to answer before a commit is durable; this connection must not be.
    if connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "off":
        connection.exec_driver_sql("SET synchronous_commit = on")
    connection.rollback()
    return connection


def sever(connection: Connection) -> None:
    """Break a connection to PostgreSQL under whoever waits for an answer in another thread."""
    # Its 9 MB are not for those on SQLite; where it is needed, it has been loaded long ago.
    import psycopg  # noqa: PLC0415

    driver: Any = connection.connection.driver_connection
    if isinstance(driver, psycopg.Connection) and not driver.closed:
        with suppress(OSError), socket.socket(fileno=os.dup(driver.fileno())) as copy:
            copy.shutdown(socket.SHUT_RDWR)


def is_sqlite(engine: Engine) -> bool:
    """Tell whether an engine is on SQLite; else it is on PostgreSQL."""
    return engine.dialect.name == "sqlite"


def shown(url: URL | str) -> str:
    """Give a URL as it may be shown: without its password; of SQLite, the file."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        return parsed.database
    return parsed.render_as_string(hide_password=True)


def reason_of(error: BaseException) -> str:
    """Give the driver's own words, in one line."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return " ".join(str(cause).split())[:300] or type(cause).__name__


def explained(error: Exception, *, lost: str | None = None) -> Exception:
    """Give an error in our words if the database failed; what the work did wrong stays as it is.

    `lost` says why the connection that writes is gone, if it is.
    """
    ours: Exception
    if lost is not None and isinstance(error, SQLAlchemyError | DatabaseFailed):
        ours = WriterLost(reason=lost)
    elif isinstance(error, _FAILURES) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    ):
        ours = DatabaseFailed(reason=reason_of(error))
    elif isinstance(error, DataError | UnicodeEncodeError):
        # Such as NUL on PostgreSQL, half a surrogate pair anywhere: it came from outside.
        ours = UnstorableValue(reason=reason_of(error))
    else:
        return error
    ours.__cause__ = error
    return ours


@contextmanager
def opening(engine: Engine) -> Iterator[None]:
    """Say in our words why a database cannot be opened, and what to do.

    Raises:
        DatabaseUnavailable: it cannot.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        reason = reason_of(error)
        advice = next((it for words, it in _ADVICE.items() if words in reason), "")
        raise DatabaseUnavailable(url=shown(engine.url), reason=f"{reason}{advice}") from error


def _connect(engine: Engine) -> Connection:
    with opening(engine):
        return engine.connect()


def _create(url: str, *, patient: bool = True, **options: Any) -> Engine:
    """Create an engine; unless it is patient, its peer is given up when it is silent for long."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        # It may hold a password: it is not shown.
        raise DatabaseUnavailable(url="that was given", reason="it is no URL") from None
    if parsed.get_backend_name() == "postgresql":
        if not patient:
            options["connect_args"] = _keep_alive()
        return create_engine(parsed, **options)
    if parsed.get_backend_name() != "sqlite" or parsed.database in {None, "", ":memory:"}:
        reason = "only SQLite in a file and PostgreSQL are known"
        raise DatabaseUnavailable(url=shown(url), reason=reason)
    _create_file(Path(parsed.database), url)
    engine = create_engine(parsed, connect_args={"check_same_thread": False}, **options)
    event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _create_file(file: Path, url: str) -> None:
    try:
        # SQLite would let everybody read it; its side files take the mode from this one.
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        # Never open one that exists: whoever closes any descriptor of a file loses all locks that
        # the process holds on it, SQLite's too. The next process to come and go would then take
        # itself for the last one and remove the log that we still write to.
        if file.is_dir() or not os.access(file, os.R_OK | os.W_OK):
            code = errno.EISDIR if file.is_dir() else errno.EACCES
            raise DatabaseUnavailable(url=shown(url), reason=os.strerror(code)) from None
    except OSError as error:
        raise DatabaseUnavailable(url=shown(url), reason=error.strerror) from error


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # BEGIN is ours to say: the driver must not begin or commit behind our back.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":
        raise DatabaseUnavailable(url="(SQLite)", reason=f"its file system allows only {mode}")
    connection.execute("PRAGMA synchronous=FULL")  # a commit survives a power cut
    connection.execute("PRAGMA foreign_keys=ON")


def _keep_alive() -> dict[str, Any]:
    """Have both ends notice a peer that went away without a word."""
    idle, limit = KEEP_ALIVE_SECONDS, KEEP_ALIVE_SECONDS * 3
    server = {
        "tcp_keepalives_idle": idle,
        "tcp_keepalives_interval": 2,
        "tcp_keepalives_count": 3,
        "tcp_user_timeout": limit * 1000,
    }
    return {
        "connect_timeout": 10,
        "keepalives_idle": idle,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": limit * 1000,
        "options": " ".join(f"-c {name}={value}" for name, value in server.items()),
    }
