"""Leadership is held by PostgreSQL, on the connection that writes the journal."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text
from tests.fakes.databases import Databases

from tarry.platform.kernel.adapters.database import Database
from tarry.platform.kernel.adapters.leadership import LOCK, hold_leadership, win_leadership
from tarry.platform.kernel.adapters.notices import give_notice, hear_notices
from tarry.platform.kernel.errors import DatabaseFailed, WriterLost

SOON = timedelta(milliseconds=20)
GENEROUS = 30


@pytest.fixture
def url(databases: Databases) -> str:
    return databases.url("postgresql")


@pytest.fixture
async def first(url: str) -> AsyncIterator[Database]:
    won = await win_leadership(url, look_every=SOON)
    yield won
    won.close()


def _end_the_leaders_connection(url: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        ended = connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks "
                "WHERE locktype = 'advisory' AND objid = :lock AND granted AND database = "
                "(SELECT oid FROM pg_database WHERE datname = current_database())"
            ),
            {"lock": LOCK},
        ).all()
    engine.dispose()
    assert ended == [(True,)]


async def _wins(url: str) -> Database:
    async with asyncio.timeout(GENEROUS):
        return await win_leadership(url, look_every=SOON)


async def test_there_is_one_leader_and_the_next_one_follows_when_it_leaves(
    url: str, first: Database
) -> None:
    second = asyncio.create_task(_wins(url))
    await asyncio.sleep(0.3)
    assert not second.done()
    first.close()
    (await second).close()


async def test_a_standby_that_is_cancelled_leaves_no_connection_behind(
    url: str, first: Database
) -> None:
    standby = asyncio.create_task(_wins(url))
    await asyncio.sleep(0.3)
    standby.cancel()
    with suppress(asyncio.CancelledError):
        await standby
    first.close()
    (await _wins(url)).close()


async def test_who_lost_the_connection_leads_no_more_and_can_write_nothing(
    url: str, first: Database
) -> None:
    holding = asyncio.create_task(hold_leadership(first))
    await asyncio.sleep(0)
    _end_the_leaders_connection(url)
    second = await _wins(url)
    async with asyncio.timeout(GENEROUS):
        with pytest.raises(WriterLost):
            await holding
    with pytest.raises(WriterLost):
        await first.write(lambda connection: connection.execute(text("SELECT 1")).all())
    second.close()


async def test_who_gives_no_sign_of_life_is_cut_off_by_the_server(url: str) -> None:
    stopped = await win_leadership(url, silent_at_most=timedelta(milliseconds=300))
    second = await _wins(url)
    with pytest.raises((WriterLost, DatabaseFailed)):
        await stopped.write(lambda connection: connection.execute(text("SELECT 1")).all())
    assert stopped.is_lost
    stopped.close()
    second.close()


async def test_who_gives_signs_of_life_goes_on_leading(url: str) -> None:
    leader = await win_leadership(url, silent_at_most=timedelta(seconds=3))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(5):
            await hold_leadership(leader)
    assert not leader.is_lost
    leader.close()


async def test_a_connection_without_leadership_is_made_anew(url: str) -> None:
    database = Database(url, replaceable=True)
    pid = await database.write(lambda c: c.scalar(text("SELECT pg_backend_pid()")))
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    engine.dispose()
    with pytest.raises(DatabaseFailed):
        await database.write(lambda c: c.execute(text("SELECT 1")).all())
    assert await database.write(lambda c: c.scalar(text("SELECT pg_backend_pid()"))) != pid
    assert not database.is_lost
    database.close()


class Hole:
    """Stands before PostgreSQL; once it is open, nothing comes through, and nobody is told."""

    def __init__(self) -> None:
        self.open = False
        self.tcp_port = 0
        self._carrying: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []

    @asynccontextmanager
    async def before(self, tcp_port: int) -> AsyncIterator["Hole"]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", tcp_port)
            self._writers += [writer, far_writer]
            for ends in ((reader, far_writer), (far_reader, writer)):
                self._carrying.add(asyncio.create_task(self._carry(*ends)))

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        self.tcp_port = server.sockets[0].getsockname()[1]
        yield self
        for task in self._carrying:
            task.cancel()
        for writer in self._writers:
            writer.close()
        server.close()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            data = await reader.read(65536)
            if self.open:  # what comes is lost, and so is the end of it
                await asyncio.Event().wait()
            writer.write(data)
            await writer.drain()
            if not data:
                writer.close()
                return


async def test_who_is_cut_off_without_being_told_gives_up_and_another_one_leads(
    databases: Databases, url: str
) -> None:
    cluster = databases.cluster
    async with Hole().before(cluster.tcp_port) as hole:
        through = url.replace(f":{cluster.tcp_port}/", f":{hole.tcp_port}/")
        first = await win_leadership(through, silent_at_most=timedelta(seconds=1))
        holding = asyncio.create_task(hold_leadership(first, answer_within=timedelta(seconds=3)))
        await asyncio.sleep(0.2)
        hole.open = True
        second = await _wins(url)
        async with asyncio.timeout(GENEROUS):
            with pytest.raises(WriterLost, match="not answered"):
                await holding
            await asyncio.to_thread(first.close)
        second.close()


class Ear:
    """Notes what it hears."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.missed = 0
        self.news = asyncio.Event()

    def hear(self, payload: str) -> None:
        self.heard.append(payload)
        self.news.set()

    def miss(self) -> None:
        self.missed += 1
        self.news.set()

    async def next(self) -> None:
        async with asyncio.timeout(GENEROUS):
            await self.news.wait()
        self.news.clear()


async def test_notices_of_durable_work_are_heard_and_of_no_other(url: str) -> None:
    ear, database = Ear(), Database(url)
    hearing = asyncio.create_task(hear_notices(url, {"tarry_test": ear.hear}, ear.miss))
    await ear.next()
    assert ear.missed == 1

    def fail(connection: object) -> None:
        give_notice(connection, "tarry_test", "never")  # type: ignore[arg-type]
        raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        await database.write(fail)
    await database.write(lambda connection: give_notice(connection, "tarry_test", "it's done"))
    await ear.next()
    assert ear.heard == ["it's done"]
    hearing.cancel()
    database.close()


async def test_a_listener_comes_back_after_the_server_did(databases: Databases) -> None:
    url, ear = databases.url("postgresql"), Ear()
    hearing = asyncio.create_task(hear_notices(url, {"tarry_test": ear.hear}, ear.miss))
    await ear.next()
    await asyncio.to_thread(databases.cluster.restart)
    await ear.next()
    assert ear.missed == 2
    hearing.cancel()


class FullDisk:
    """A database that fails once and does not lose its connection."""

    is_lost = False

    def __init__(self) -> None:
        self.asked = 0

    async def write(self, work: object) -> None:
        self.asked += 1
        if self.asked == 1:
            raise DatabaseFailed(reason="the disk is full")


async def test_a_sign_of_life_that_fails_on_a_sound_connection_does_not_cost_leadership() -> None:
    database = FullDisk()
    holding = asyncio.create_task(hold_leadership(database))  # type: ignore[arg-type]
    async with asyncio.timeout(GENEROUS):
        while database.asked < 2:
            await asyncio.sleep(0.05)
    assert not holding.done()
    holding.cancel()
