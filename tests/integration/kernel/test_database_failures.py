"""What is left when the world around the database breaks."""

import asyncio
import os
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from tests.fakes.databases import Databases, PostgresCluster, postgresql_programs

from tarry.platform.kernel.adapters.database import Database, sqlite_url
from tarry.platform.kernel.errors import DatabaseFailed, DatabaseUnavailable, WriterLost

A_MINUTE = timedelta(minutes=1)


def make_table(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE numbers (n INTEGER PRIMARY KEY, filling TEXT)"))


def add(n: int, filling: str = "") -> Any:
    def work(connection: Connection) -> int:
        statement = text("INSERT INTO numbers (n, filling) VALUES (:n, :filling)")
        connection.execute(statement, {"n": n, "filling": filling})
        return n

    return work


async def kept(database: Database) -> set[int]:
    return set(
        await database.read(lambda c: c.execute(text("SELECT n FROM numbers")).scalars().all())
    )


class Held:
    """Keeps the writer busy, so that what follows becomes one group."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, _: Connection) -> None:
        self.begun.set()
        assert self.go.wait(60)


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url(tmp_path / "tarry.db"), longest_group=A_MINUTE)
    asyncio.run(database.write(make_table))
    yield database
    database.close()


def test_the_file_and_its_side_files_are_closed_to_others(sqlite: Database, tmp_path: Path) -> None:
    del sqlite
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob("tarry.db*")}

    assert modes == {"tarry.db": 0o600, "tarry.db-wal": 0o600, "tarry.db-shm": 0o600}


async def test_a_commit_is_asked_to_survive_a_power_cut(sqlite: Database) -> None:
    def settings(connection: Connection) -> tuple[object, ...]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return tuple(connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names)

    assert await sqlite.write(settings) == ("wal", 2, 1)


async def test_what_finds_no_room_fails_alone_and_writing_goes_on(sqlite: Database) -> None:
    pages = await sqlite.write(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar_one())
    await sqlite.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages + 4}"))
    held = Held()
    holding = asyncio.create_task(sqlite.write(held))
    await asyncio.to_thread(held.begun.wait, 60)
    works = [add(1), add(2, "x" * 1_000_000), add(3)]
    writes = asyncio.gather(*(sqlite.write(work) for work in works), return_exceptions=True)
    await asyncio.sleep(0)
    held.go.set()
    await holding
    first, second, third = await writes

    assert isinstance(second, DatabaseFailed)
    assert "full" in str(second)
    told = {n for n in (first, third) if isinstance(n, int)}
    assert await kept(sqlite) == told, "what was told is what is there"
    await sqlite.write(lambda c: c.exec_driver_sql("PRAGMA max_page_count=100000"))
    assert await sqlite.write(add(4, "x" * 1_000_000)) == 4


def test_a_disk_that_is_full_costs_nothing_that_was_promised(tmp_path: Path) -> None:
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("a small disk of its own needs root")
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        asyncio.run(_fill_disk(disk))
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


async def _fill_disk(disk: Path) -> None:
    database = Database(sqlite_url(disk / "tarry.db"))
    try:
        await database.write(make_table)
        told: set[int] = set()
        for start in range(0, 400, 20):
            outcomes = await asyncio.gather(
                *(database.write(add(n, "x" * 2_000)) for n in range(start, start + 20)),
                return_exceptions=True,
            )
            told |= {n for n in outcomes if isinstance(n, int)}
            failed = [each for each in outcomes if not isinstance(each, int)]
            assert all(isinstance(each, DatabaseFailed) for each in failed)
        assert 20 <= len(told) < 400, "the disk became full on the way"
        assert await kept(database) == told
        subprocess.run(["mount", "-o", "remount,size=4m", str(disk)], check=True)
        assert await database.write(add(1000, "x" * 50_000)) == 1000
        assert await kept(database) == told | {1000}
    finally:
        database.close()


async def test_a_transaction_that_is_gone_takes_the_successes_before_it_along(
    sqlite: Database,
) -> None:
    def lose_the_transaction(connection: Connection) -> None:
        # As SQLite does by itself when the disk breaks.
        driver: Any = connection.connection.driver_connection
        driver.execute("ROLLBACK")
        raise sqlite3.OperationalError("disk I/O error")

    held = Held()
    holding = asyncio.create_task(sqlite.write(held))
    await asyncio.to_thread(held.begun.wait, 60)
    works = [add(1), lose_the_transaction, add(2)]
    writes = asyncio.gather(*(sqlite.write(work) for work in works), return_exceptions=True)
    await asyncio.sleep(0)
    held.go.set()
    await asyncio.gather(holding, return_exceptions=True)
    outcomes = await writes

    assert isinstance(outcomes[0], DatabaseFailed)
    assert isinstance(outcomes[1], sqlite3.OperationalError | DatabaseFailed)
    assert outcomes[2] == 2
    assert await kept(sqlite) == {2}


@pytest.mark.parametrize("content", [b"this is not a database, and long enough to be seen" * 40])
def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(content)

    with pytest.raises(DatabaseUnavailable, match=r"notes.txt cannot be opened.*not a database"):
        Database(sqlite_url(file))

    assert file.read_bytes() == content


@pytest.mark.parametrize("name", ["a b", "50%", "what?", "a#b", "%20", "a@b:c", "ä☃"])
async def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    database = Database(sqlite_url(tmp_path / name / "tarry.db"))
    await database.write(make_table)
    database.close()

    assert (tmp_path / name / "tarry.db").stat().st_size > 0
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match=r"nowhere/tarry.db cannot be opened"):
        Database(sqlite_url(tmp_path / "nowhere" / "tarry.db"))


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/d", "x"])
def test_only_databases_that_keep_our_promises_are_taken(url: str) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        Database(url)

    assert "secret" not in str(caught.value)


def test_a_server_that_does_not_answer_is_said_without_its_password() -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        Database("postgresql+psycopg://me:secret@127.0.0.1:1/tarry")

    assert "127.0.0.1" in str(caught.value)
    assert "secret" not in str(caught.value)


_WRITE_FOR_EVER = """
import asyncio, sys
from sqlalchemy import text
from tarry.platform.kernel.adapters.database import Database

async def main():
    database = Database(sys.argv[1])
    async def write(start):
        for n in range(start, 10**9, 8):
            statement = text("INSERT INTO numbers (n) VALUES (:n)")
            await database.write(lambda c: c.execute(statement, {"n": n}) and None)
            print(n, flush=True)
    await asyncio.gather(*(write(start) for start in range(8)))

asyncio.run(main())
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_all_that_was_told_survives_kill_9(kind: str, databases: Databases) -> None:
    url = databases.url(kind)
    database = Database(url)
    asyncio.run(database.write(make_table))
    child = subprocess.Popen(
        [sys.executable, "-c", _WRITE_FOR_EVER, url], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    told = {int(child.stdout.readline()) for _ in range(500)}
    child.send_signal(signal.SIGKILL)
    told |= {int(line) for line in child.stdout.read().split("\n")[:-1]}
    child.wait()
    child.stdout.close()

    there = asyncio.run(kept(database))
    database.close()
    assert told <= there
    assert len(there - told) <= 8, "at most one more of each writer: done, and not yet told"


async def test_a_lost_writer_stays_lost_and_its_locks_with_it(databases: Databases) -> None:
    database = Database(databases.url("postgresql"), longest_group=A_MINUTE)
    await database.write(make_table)
    lock = text("SELECT pg_try_advisory_lock(42)")
    assert await database.write(lambda c: c.execute(lock).scalar())
    writer = await database.write(lambda c: c.execute(text("SELECT pg_backend_pid()")).scalar())

    databases.cluster.run(f"SELECT pg_terminate_backend({writer}, 60000)")

    for _ in range(3):
        with pytest.raises(WriterLost):
            await database.write(add(1))
    assert await kept(database) == set(), "readers go on"
    assert not await database.is_alive()
    other = Database(database.engine.url.render_as_string(hide_password=False))
    assert await other.write(lambda c: c.execute(lock).scalar()), "the lock is free"
    other.close()
    database.close()


async def test_if_the_writer_is_lost_in_a_group_all_of_it_are_told(databases: Databases) -> None:
    database = Database(databases.url("postgresql"), longest_group=A_MINUTE)
    await database.write(make_table)
    writer = await database.write(lambda c: c.execute(text("SELECT pg_backend_pid()")).scalar())
    held, in_group = Held(), Held()
    holding = asyncio.create_task(database.write(held))
    await asyncio.to_thread(held.begun.wait, 60)
    works = [add(1), in_group, add(2), add(3)]
    writes = asyncio.gather(*(database.write(work) for work in works), return_exceptions=True)
    await asyncio.sleep(0)
    held.go.set()
    await holding
    await asyncio.to_thread(in_group.begun.wait, 60)
    databases.cluster.run(f"SELECT pg_terminate_backend({writer}, 60000)")
    in_group.go.set()

    assert [type(each) for each in await writes] == [WriterLost] * 4
    assert await kept(database) == set()
    database.close()


async def test_work_that_tries_again_by_itself_gets_no_new_writer(databases: Databases) -> None:
    database = Database(databases.url("postgresql"), longest_group=A_MINUTE)
    await database.write(make_table)

    def insist(connection: Connection) -> None:
        own = connection.execute(text("SELECT pg_backend_pid()")).scalar()
        databases.cluster.run(f"SELECT pg_terminate_backend({own}, 60000)")
        for n in range(3):
            try:
                add(n)(connection)
            except Exception as error:  # noqa: BLE001 - it insists
                last = error
        raise last

    with pytest.raises(WriterLost):
        await database.write(insist)

    assert await kept(database) == set()
    database.close()


async def test_readers_survive_a_restart_of_the_server() -> None:
    programs = postgresql_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    cluster = PostgresCluster(programs)
    try:
        database = Database(cluster.url("postgres"))
        await database.write(make_table)
        await database.write(add(1))
        assert await kept(database) == {1}
        cluster.restart()
        assert await kept(database) == {1}
        with pytest.raises(WriterLost):
            await database.write(add(2))
        database.close()
    finally:
        cluster.stop()


async def test_the_writer_of_postgresql_waits_for_the_disk_and_notices_a_silent_peer(
    databases: Databases,
) -> None:
    url = databases.url("postgresql")
    name = re.search(r"/(\w+)$", url)
    assert name is not None
    databases.cluster.run(f"ALTER DATABASE {name[1]} SET synchronous_commit = off")
    database = Database(url)

    def settings(connection: Connection) -> list[object]:
        names = ("synchronous_commit", "tcp_keepalives_idle")
        return [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in names]

    assert await database.write(settings) == ["on", "5"]
    database.close()
