"""What `Transactions` promises, held by the database and by the fake alike."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Protocol

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, delete, insert, select
from tests.fakes.databases import Databases
from tests.fakes.transactions import MemoryTransactions

from tarry.platform.kernel.adapters.database import SqlTransactions
from tarry.platform.kernel.interfaces import Transactions

metadata = MetaData()
words = Table(
    "words",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("word", Text, nullable=False),
)


class Words(Protocol):
    def add(self, word: str) -> int: ...
    def forget(self) -> None: ...
    def all(self) -> list[str]: ...


class SqlWords:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, word: str) -> int:
        self._connection.execute(insert(words).values(word=word))
        return len(self.all())

    def forget(self) -> None:
        self._connection.execute(delete(words))

    def all(self) -> list[str]:
        return list(
            self._connection.execute(select(words.c.word).order_by(words.c.number)).scalars()
        )


class MemoryWords:
    def __init__(self) -> None:
        self.words: list[str] = []

    def add(self, word: str) -> int:
        self.words.append(word)
        return len(self.words)

    def forget(self) -> None:
        self.words.clear()

    def all(self) -> list[str]:
        return self.words


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def transactions(
    request: pytest.FixtureRequest, databases: Databases
) -> Iterator[Transactions[Words]]:
    if request.param == "memory":
        yield MemoryTransactions(MemoryWords())
        return
    database = databases.open(request.param)
    metadata.create_all(database.engine)
    yield SqlTransactions(database, SqlWords)
    database.close()


class Spoiled(Exception):
    pass


def add_and_spoil(store: Words) -> None:
    store.add("spoiled")
    raise Spoiled


async def test_what_was_written_is_read(transactions: Transactions[Words]) -> None:
    assert await transactions.write(lambda store: store.add("one")) == 1
    assert await transactions.read(lambda store: store.all()) == ["one"]


async def test_of_work_that_raises_nothing_is_written(transactions: Transactions[Words]) -> None:
    with pytest.raises(Spoiled):
        await transactions.write(add_and_spoil)

    assert await transactions.read(lambda store: store.all()) == []


async def test_work_that_raises_does_no_harm_to_others(transactions: Transactions[Words]) -> None:
    outcomes = await asyncio.gather(
        *(
            transactions.write(add_and_spoil if n % 3 == 1 else lambda s, n=n: s.add(f"{n}"))  # type: ignore[misc]
            for n in range(60)
        ),
        return_exceptions=True,
    )

    expected = [f"{n}" for n in range(60) if n % 3 != 1]
    assert await transactions.read(lambda store: store.all()) == expected
    assert [isinstance(each, Spoiled) for each in outcomes] == [n % 3 == 1 for n in range(60)]


async def test_work_is_done_in_the_order_of_the_calls(transactions: Transactions[Words]) -> None:
    await asyncio.gather(*(transactions.write(lambda s, n=n: s.add(f"{n}")) for n in range(100)))  # type: ignore[misc]

    assert await transactions.read(lambda store: store.all()) == [f"{n}" for n in range(100)]


async def test_no_update_is_lost_among_many_at_once(transactions: Transactions[Words]) -> None:
    await transactions.write(lambda store: store.add("0"))

    def count_up(store: Words) -> None:
        (number,) = store.all()
        store.forget()
        store.add(f"{int(number) + 1}")

    await asyncio.gather(*(transactions.write(count_up) for _ in range(300)))

    assert await transactions.read(lambda store: store.all()) == ["300"]


async def test_work_that_was_handed_over_is_done_though_its_caller_is_cancelled(
    transactions: Transactions[Words],
) -> None:
    caller = asyncio.create_task(transactions.write(lambda store: store.add("kept")))
    await asyncio.sleep(0)  # the call is made
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller

    await transactions.write(lambda store: store.add("next"))

    assert await transactions.read(lambda store: store.all()) == ["kept", "next"]


async def test_what_a_caller_was_told_is_seen_by_every_reader(
    transactions: Transactions[Words],
) -> None:
    for n in range(50):
        await transactions.write(lambda store: store.add("x"))
        seen = await asyncio.gather(
            *(transactions.read(lambda store: len(store.all())) for _ in range(4))
        )
        assert seen == [n + 1] * 4


async def test_results_do_not_change_under_their_reader(transactions: Transactions[Words]) -> None:
    before = await transactions.read(lambda store: store.all())
    await transactions.write(lambda store: store.add("later"))

    assert before == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_reader_sees_one_state_while_a_writer_commits(
    kind: str, databases: Databases
) -> None:
    database = databases.open(kind)
    metadata.create_all(database.engine)
    store = SqlTransactions(database, SqlWords)
    looked, written = threading.Event(), threading.Event()

    def look_twice(store: SqlWords) -> tuple[list[str], list[str]]:
        first = store.all()
        looked.set()
        assert written.wait(60)
        return first, store.all()

    reader = asyncio.create_task(store.read(look_twice))
    await asyncio.to_thread(looked.wait, 60)
    await store.write(lambda store: store.add("meanwhile"))
    written.set()

    assert await reader == ([], [])
    assert await store.read(lambda store: store.all()) == ["meanwhile"]
    database.close()
