"""A request that is sent again gives the run of the first one, on every store."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.fakes.databases import Databases
from tests.fakes.executions import ADA, BOB, NOON, MemoryExecutions, chain, service
from tests.fakes.manager import House
from tests.fakes.transactions import MemoryTransactions

from tarry.contract.errors import UnknownPort
from tarry.platform.executions import operations
from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.errors import RequestDiffers, RequestUnderWay
from tarry.platform.executions.model.requests import Request
from tarry.platform.kernel.adapters.database import Database, SqlTransactions
from tarry.platform.kernel.model import Caller, ExecutionId, UserId, Window

PLAIN = chain("plain", service("Field"))
FIRST = Request(key="k1", digest="start plain")
EVE = Caller(
    user=UserId("u3"),
    user_name="eve",
    project=ADA.project,
    project_name=ADA.project_name,
    rights=ADA.rights,
)


class Hands:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryTransactions(MemoryExecutions())
        return
    database = databases.open(request.param)
    yield SqlTransactions(database, SqlExecutions)
    database.close()


async def start(house: House, request: Request | None, caller: Caller = ADA) -> ExecutionId:
    return await operations.start(house.room, caller, "plain", {"question": "?"}, request=request)


async def count_runs(house: House, caller: Caller = ADA) -> int:
    return len(await operations.list_runs(house.room, caller, window=Window(limit=200)))


async def test_the_same_request_gives_the_same_run(store: Any) -> None:
    house = House(PLAIN, store=store, clock=Hands())

    first = await start(house, FIRST)
    again = await start(house, FIRST)

    assert again == first
    assert await count_runs(house) == 1


async def test_another_request_of_the_same_key_is_refused(store: Any) -> None:
    house = House(PLAIN, store=store, clock=Hands())
    await start(house, FIRST)

    with pytest.raises(RequestDiffers, match="k1"):
        await start(house, Request(key="k1", digest="start something else"))
    assert await count_runs(house) == 1


async def test_keys_belong_to_a_user_in_a_project(store: Any) -> None:
    house = House(PLAIN, store=store, clock=Hands())

    runs = [await start(house, FIRST, caller) for caller in (ADA, BOB, EVE)]

    assert len(set(runs)) == 3


async def test_without_a_key_each_request_is_a_new_one(store: Any) -> None:
    house = House(PLAIN, store=store, clock=Hands())

    assert await start(house, None) != await start(house, None)


async def test_a_key_is_forgotten_after_a_day(store: Any) -> None:
    clock = Hands()
    house = House(PLAIN, store=store, clock=clock)
    first = await start(house, FIRST)

    clock.now += timedelta(hours=23, minutes=59)
    assert await start(house, FIRST) == first
    clock.now += timedelta(minutes=2)
    assert await start(house, FIRST) != first


async def test_a_request_that_was_refused_may_be_mended_under_the_same_key(store: Any) -> None:
    house = House(PLAIN, store=store, clock=Hands())

    with pytest.raises(UnknownPort):
        await operations.start(house.room, ADA, "plain", {"colour": "red"}, request=FIRST)
    await start(house, Request(key="k1", digest="start plain, mended"))
    assert await count_runs(house) == 1


async def test_a_request_that_is_being_answered_is_not_answered_twice(store: Any) -> None:
    house = House(PLAIN, store=store, clock=Hands())

    came = await asyncio.gather(*(start(house, FIRST) for _ in range(5)), return_exceptions=True)

    assert [isinstance(one, RequestUnderWay) for one in came].count(True) == 4
    assert await count_runs(house) == 1
    assert await start(house, FIRST) in came  # and nothing of it hinders the next one


async def test_two_processes_that_hear_the_same_request_begin_one_run(databases: Databases) -> None:
    """They have nothing in common but the database."""
    url = databases.url("postgresql")
    both = [Database(url), Database(url)]
    try:
        houses = [
            House(PLAIN, store=SqlTransactions(one, SqlExecutions), clock=Hands()) for one in both
        ]
        for turn in range(20):
            request = Request(key=f"k{turn}", digest="d")
            runs = await asyncio.gather(*(start(house, request) for house in houses))
            assert runs[0] == runs[1]
        assert await count_runs(houses[0]) == 20
        lost = {run for house in houses for run in house.permits.closed}
        assert not lost & {run.id for run in await operations.list_runs(houses[0].room, ADA)}
    finally:
        for one in both:
            one.close()
