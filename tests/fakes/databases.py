"""Databases for tests: SQLite in a file, and a real PostgreSQL that the tests start themselves."""

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tarry.app.schema import migrate
from tarry.platform.kernel.adapters.database import Database, open_engine, sqlite_url

KINDS = ("sqlite", "postgresql")
_PASSWORD = "only-for-this-test-session"


def postgresql_programs() -> Path | None:
    """Find the folder of `initdb` and `postgres`, newest version first, or `None`."""
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(debian, key=lambda found: float(found.parent.name), reverse=True)
    beside = [Path(found).parent for found in [shutil.which("postgres")] if found]
    for folder in [*newest_first, *beside]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


class PostgresCluster:
    """A PostgreSQL server in a folder of its own, on a loopback TCP port and a Unix socket.

    It ends when `stop` is called, and also when this process ends in any way: it waits on a pipe
    of which we hold the other end.
    """

    def __init__(self, programs: Path, *, fsync: bool = False) -> None:
        # Not pytest's temporary folder: that is closed to the user that the server runs as.
        self.folder = Path(tempfile.mkdtemp(prefix="tarry-postgresql-"))
        self._as_user: list[str] = []
        if os.geteuid() == 0:  # initdb refuses to run as root
            shutil.chown(self.folder, "postgres")
            self._as_user = ["runuser", "-u", "postgres", "--"]
        self._programs = programs
        self._initialise()
        self.tcp_port = _free_tcp_port()
        self._fsync = fsync
        self._server = self._start()
        self._wait_until_ready()

    def url(self, database: str, *, tcp: bool = True) -> str:
        """Give the URL of a database, over loopback TCP or over the Unix socket."""
        if tcp:
            return f"postgresql+psycopg://tarry:{_PASSWORD}@127.0.0.1:{self.tcp_port}/{database}"
        where = f"host={self.folder}&port={self.tcp_port}"
        return f"postgresql+psycopg://tarry:{_PASSWORD}@/{database}?{where}"

    def run(self, *statements: str) -> None:
        """Run statements that cannot stand in a transaction, in the database `postgres`."""
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    def restart(self) -> None:
        """End the server at once, as a crash does, and start it again."""
        self._end()
        self._server = self._start()
        self._wait_until_ready()

    def stop(self) -> None:
        """End the server at once and remove its folder."""
        self._end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self) -> None:
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(timeout=60)

    def _initialise(self) -> None:
        secret = self.folder / "password"
        secret.write_text(_PASSWORD)
        secret.chmod(0o644)  # the folder is closed to others
        command = [f"{self._programs}/initdb", "-D", f"{self.folder}/data", "-U", "tarry"]
        options = ["-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--locale=C", "-N"]
        subprocess.run(
            [*self._as_user, *command, *options], check=True, capture_output=True, cwd="/"
        )

    def _start(self) -> subprocess.Popen[bytes]:
        server = [str(self._programs / "postgres"), "-D", str(self.folder / "data")]
        server += ["-p", str(self.tcp_port), "-k", str(self.folder), "-h", "127.0.0.1"]
        if not self._fsync:  # a test ends our processes, never the machine
            server += ["-c", "fsync=off", "-c", "full_page_writes=off"]
        watcher = '"$@" & server=$!; read -r _; kill -QUIT $server; wait $server'
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(
                [*self._as_user, "sh", "-c", watcher, "sh", *server],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
            )

    def _wait_until_ready(self) -> None:
        command = [
            f"{self._programs}/pg_isready",
            "-q",
            "-h",
            "127.0.0.1",
            "-p",
            f"{self.tcp_port}",
        ]
        limit = time.monotonic() + 60
        while subprocess.run(command, check=False).returncode:
            if time.monotonic() > limit:
                raise AssertionError((self.folder / "log").read_text())
            time.sleep(0.05)


class Databases:
    """Makes databases whose schema is up to date, each empty and of its own."""

    _numbers = itertools.count(1)

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cluster: PostgresCluster | None = None
        self._sqlite_template: Path | None = None

    @property
    def cluster(self) -> PostgresCluster:
        """The PostgreSQL server, started at first use; skips the test if there is none."""
        if self._cluster is None:
            programs = postgresql_programs()
            if programs is None:
                pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
            self._cluster = PostgresCluster(programs)
            self._cluster.run("CREATE DATABASE template_tarry")
            engine = open_engine(self._cluster.url("template_tarry"))
            migrate(engine)
            engine.dispose()
        return self._cluster

    def url(self, kind: str) -> str:
        """Make a database (`sqlite` or `postgresql`) and give its URL."""
        number = next(self._numbers)
        if kind == "postgresql":
            name = f"test_{number}"
            self.cluster.run(f"CREATE DATABASE {name} TEMPLATE template_tarry")
            return self.cluster.url(name)
        if self._sqlite_template is None:
            self._sqlite_template = self._folder / "template.db"
            engine = open_engine(sqlite_url(self._sqlite_template))
            migrate(engine)
            engine.dispose()  # the last connection to close leaves one whole file
        file = self._folder / f"test-{number}.db"
        shutil.copy(self._sqlite_template, file)
        return sqlite_url(file)

    def empty_url(self, kind: str) -> str:
        """Make a database without any table and give its URL."""
        number = next(self._numbers)
        if kind == "postgresql":
            self.cluster.run(f"CREATE DATABASE empty_{number} TEMPLATE template0")
            return self.cluster.url(f"empty_{number}")
        return sqlite_url(self._folder / f"empty-{number}.db")

    def open(self, kind: str) -> Database:
        """Make a database and open it; the caller closes it."""
        return Database(self.url(kind))

    def stop(self) -> None:
        """End the PostgreSQL server, if it was started."""
        if self._cluster is not None:
            self._cluster.stop()


def _free_tcp_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number
