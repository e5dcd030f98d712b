"""What the database promises beyond `Transactions`: groups, failures, the end."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError
from tests.fakes.databases import KINDS, Databases

from tarry.platform.kernel.adapters.database import Database
from tarry.platform.kernel.errors import DatabaseClosed, DatabaseFailed, UnstorableValue

metadata = MetaData()
numbers = Table("numbers", metadata, Column("n", Integer, primary_key=True))
texts = Table("texts", metadata, Column("text", Text))
references = Table(
    "number_references",
    metadata,
    Column("id", Integer, primary_key=True),
    # Checked at the commit: so a commit can be made to fail.
    Column("n", ForeignKey("numbers.n", deferrable=True, initially="DEFERRED")),
)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    opened = Database(databases.url(request.param), longest_group=timedelta(minutes=1))
    metadata.create_all(opened.engine)
    yield opened
    opened.close()


def add(n: int) -> Callable[[Connection], int]:
    def work(connection: Connection) -> int:
        connection.execute(insert(numbers).values(n=n))
        return n

    return work


def refer_to_nothing(connection: Connection) -> None:
    connection.execute(insert(references).values(id=1, n=999))


async def kept(database: Database) -> set[int]:
    return set(await database.read(lambda c: c.execute(select(numbers.c.n)).scalars().all()))


async def together(
    database: Database, *works: Callable[[Connection], object]
) -> list[object | BaseException]:
    """Hand work over so that it is committed as one group."""
    begun, go = threading.Event(), threading.Event()

    def hold(_: Connection) -> None:
        begun.set()
        assert go.wait(60)

    async def release() -> None:
        await asyncio.sleep(0)  # the others have been handed over
        go.set()

    holding = asyncio.create_task(database.write(hold))
    await asyncio.to_thread(begun.wait, 60)
    *outcomes, _ = await asyncio.gather(
        *(database.write(work) for work in works), release(), return_exceptions=True
    )
    await holding
    return outcomes


async def test_a_group_is_committed_with_the_result_of_each(database: Database) -> None:
    assert await together(database, *(add(n) for n in range(20))) == list(range(20))
    assert await kept(database) == set(range(20))


async def test_a_key_that_exists_is_told_to_who_added_it_and_no_one_else(
    database: Database,
) -> None:
    first, second, third = await together(database, add(1), add(1), add(2))

    assert (first, third) == (1, 2)
    assert isinstance(second, IntegrityError)
    assert await kept(database) == {1, 2}


async def test_if_the_commit_fails_nobody_of_the_group_is_told_of_success(
    database: Database,
) -> None:
    outcomes = await together(database, add(1), refer_to_nothing, add(2))

    assert [type(each) for each in outcomes] == [DatabaseFailed] * 3
    assert len({id(each) for each in outcomes}) == 3, "an error is nobody else's"
    assert await kept(database) == set()


async def test_writing_goes_on_after_a_failed_commit(database: Database) -> None:
    with pytest.raises(DatabaseFailed):
        await database.write(refer_to_nothing)

    assert await database.write(add(3)) == 3
    assert await kept(database) == {3}


async def test_work_may_live_on_after_an_error_inside_a_savepoint_of_its_own(
    database: Database,
) -> None:
    await database.write(add(1))

    def add_or_not(connection: Connection) -> None:
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(insert(numbers).values(n=1))
        connection.execute(insert(numbers).values(n=2))

    await database.write(add_or_not)

    assert await kept(database) == {1, 2}


@pytest.mark.parametrize("alone", [True, False])
async def test_work_that_lives_on_without_one_is_never_told_of_a_success_that_was_none(
    database: Database, *, alone: bool
) -> None:
    await database.write(add(1))

    def ignore_the_error(connection: Connection) -> int:
        with pytest.raises(IntegrityError):
            connection.execute(insert(numbers).values(n=1))
        return 7

    outcome: object
    if alone:
        (outcome,) = await asyncio.gather(database.write(ignore_the_error), return_exceptions=True)
    else:
        outcome, other = await together(database, ignore_the_error, add(2))
        assert other == 2

    # SQLite undoes the statement alone, so the work stands; PostgreSQL lets nothing follow.
    expected: object = 7 if database.engine.dialect.name == "sqlite" else DatabaseFailed
    assert outcome == expected or type(outcome) is expected
    assert 1 in await kept(database)


@pytest.mark.parametrize(
    "failure", [StopIteration, SystemExit, KeyboardInterrupt, asyncio.CancelledError]
)
async def test_work_that_raises_what_no_work_should_is_an_error_like_any_other(
    database: Database, failure: type[BaseException]
) -> None:
    def work(connection: Connection) -> None:
        connection.execute(insert(numbers).values(n=1))
        raise failure

    with pytest.raises(RuntimeError, match=failure.__name__):
        await database.write(work)

    await database.write(add(2))
    assert await kept(database) == {2}


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DatabaseFailed):
        await database.read(add(1))

    assert await kept(database) == set()


@pytest.mark.parametrize("text", ["half a pair \ud800", "NUL \0"])
async def test_a_text_that_cannot_be_kept_is_the_callers_fault(
    database: Database, text: str
) -> None:
    try:
        await database.write(lambda c: c.execute(insert(texts).values(text=text)))
    except UnstorableValue:
        with pytest.raises(UnstorableValue):
            await database.read(lambda c: c.execute(select(texts).where(texts.c.text == text)))
    else:  # SQLite keeps a NUL
        assert await database.read(lambda c: c.execute(select(texts.c.text)).scalar()) == text


async def test_the_database_says_that_it_is_alive(database: Database) -> None:
    assert await database.is_alive()
    database.close()
    assert not await database.is_alive()


async def test_closing_finishes_what_was_handed_over_and_takes_no_more(database: Database) -> None:
    writes = [asyncio.create_task(database.write(add(n))) for n in range(50)]
    await asyncio.sleep(0)  # all are handed over
    database.close()
    database.close()

    assert await asyncio.gather(*writes) == list(range(50))
    with pytest.raises(DatabaseClosed):
        await database.write(add(99))
    with pytest.raises(DatabaseClosed):
        await database.read(lambda c: None)
    with database.engine.connect() as connection:
        assert len(connection.execute(select(numbers)).all()) == 50


def test_a_loop_that_is_gone_does_not_stop_the_writer(database: Database) -> None:
    begun, go = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        begun.set()
        assert go.wait(60)
        connection.execute(insert(numbers).values(n=1))

    async def leave_it() -> None:
        task = asyncio.create_task(database.write(slow))
        await asyncio.to_thread(begun.wait, 60)
        task.cancel()

    asyncio.run(leave_it())
    go.set()

    assert asyncio.run(database.write(add(2))) == 2
    assert asyncio.run(kept(database)) == {1, 2}
