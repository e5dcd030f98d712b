"""Copies of a database: SQLite by its own online backup, PostgreSQL by its own tools."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, inspect, make_url

from tarry.contract.errors import Sort, TarryError

_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "service": "PGSERVICE",
}
"""The environment variables of PostgreSQL's tools, by parameter of the URL's query."""


class ToolMissing(TarryError):
    """A tool of PostgreSQL is not installed."""

    code = "tool-missing"
    sort = Sort.UNAVAILABLE
    message = "{tool} is not installed: it comes with PostgreSQL (Debian: postgresql-client)"


class ToolFailed(TarryError):
    """A tool of PostgreSQL, or SQLite, has failed."""

    code = "database-copy-failed"
    sort = Sort.UNAVAILABLE
    message = "{tool} failed: {reason}"


def copy_sqlite(source: Path, target: Path) -> str:
    """Copy a database that is in use, as it was at one instant; gives its schema's revision.

    Raises:
        ToolFailed: it cannot be read, or the copy is damaged.
    """
    target.touch(mode=0o600)
    try:
        # In one step, so in one read transaction; whoever writes goes on writing beside it.
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as there,
            closing(sqlite3.connect(target)) as here,
        ):
            there.execute("PRAGMA busy_timeout=10000")
            there.backup(here)
            here.execute("PRAGMA journal_mode=DELETE")  # one file, whole
    except sqlite3.Error as error:
        raise ToolFailed(tool="SQLite", reason=error) from error
    return check_sqlite(target)


def check_sqlite(file: Path) -> str:
    """Check that a database that nobody uses is sound, and give the revision of its schema.

    Raises:
        ToolFailed: it is not.
    """
    # Immutable: so it may lie on a medium that cannot be written.
    where = f"{file.absolute().as_uri()}?immutable=1"
    try:
        with closing(sqlite3.connect(where, uri=True)) as opened:
            (found,) = opened.execute("PRAGMA quick_check(1)").fetchone()
            (revision,) = opened.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.Error, TypeError) as error:
        raise ToolFailed(tool="SQLite", reason=f"{file} is damaged: {error}") from error
    if found != "ok":
        raise ToolFailed(tool="SQLite", reason=f"{file} is damaged: {found}")
    return str(revision)


def dump_postgresql(url: str, target: Path) -> None:
    """Dump a database that is in use, as it was at one instant.

    Raises:
        ToolMissing: there is no pg_dump.
        ToolFailed: it failed.
    """
    target.touch(mode=0o600)
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-acl", f"--file={target}")


def restore_postgresql(dump: Path, url: str) -> None:
    """Bring a dump into an empty database, all of it or nothing.

    Raises:
        ToolMissing: there is no pg_restore.
        ToolFailed: it failed.
    """
    name = make_url(url).database or ""
    options = ("--no-owner", "--no-acl", "--exit-on-error", "--single-transaction")
    _run("pg_restore", url, *options, f"--dbname={name}", str(dump))


def is_empty(engine: Engine) -> bool:
    """Tell whether a database has no table."""
    return not inspect(engine).get_table_names()


def _run(tool: str, url: str, *arguments: str) -> None:
    program = _find(tool)
    done = subprocess.run(
        [program, "--no-password", *arguments],
        env={**os.environ, **_environment(url)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ToolFailed(tool=tool, reason=" ".join(done.stderr.split())[-500:])


def _find(tool: str) -> str:
    # Debian keeps each version's own tools out of the way; the newest reads all older servers.
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda it: _number(it.parent.name)
    )
    beside = [str(folder / tool) for folder in reversed(folders) if (folder / tool).exists()]
    found = next(iter(beside), None) or shutil.which(tool)
    if found is None:
        raise ToolMissing(tool=tool)
    return found


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _environment(url: str) -> Mapping[str, str]:
    """Give PostgreSQL's tools where to connect; a password on a command line could be read."""
    parsed = make_url(url)
    found = {
        variable: str(parsed.query[name])
        for name, variable in _VARIABLES.items()
        if name in parsed.query
    }
    plain = {
        "PGHOST": parsed.host,
        "PGPORT": str(parsed.port) if parsed.port else None,
        "PGUSER": parsed.username,
        "PGPASSWORD": parsed.password,
        "PGDATABASE": parsed.database,
    }
    return found | {name: str(value) for name, value in plain.items() if value}
