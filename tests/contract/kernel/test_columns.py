"""What a column gives back is what was put in, on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select

from tarry.platform.kernel.adapters.columns import JsonText, RowNumber, UtcDateTime
from tarry.platform.kernel.adapters.database import Database

metadata = MetaData()
things = Table(
    "things",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime),
    Column("data", JsonText),
)
rows = Table("rows", metadata, Column("id", RowNumber, primary_key=True), Column("n", Integer))


async def test_an_instant_comes_back_in_utc_to_the_microsecond(database: Database) -> None:
    metadata.create_all(database.engine)
    at = datetime(2026, 3, 29, 2, 30, 0, 123457, tzinfo=timezone(timedelta(hours=5, minutes=30)))

    await database.write(lambda c: c.execute(insert(things).values(id=1, at=at)))
    back = await database.read(lambda c: c.execute(select(things.c.at)).scalar_one())

    assert back == at
    assert back.tzinfo is UTC


async def test_a_naive_time_is_refused(database: Database) -> None:
    metadata.create_all(database.engine)
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - that is the point

    with pytest.raises(Exception, match="time zone"):
        await database.write(lambda c: c.execute(insert(things).values(id=1, at=naive)))


async def test_instants_of_different_zones_sort_by_time(database: Database) -> None:
    metadata.create_all(database.engine)
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    instants = [
        noon.astimezone(timezone(timedelta(hours=-8))),
        noon + timedelta(microseconds=1),
        (noon - timedelta(hours=1)).astimezone(timezone(timedelta(hours=9))),
    ]
    entries = [{"id": n, "at": at} for n, at in enumerate(instants)]

    await database.write(lambda c: c.execute(insert(things), entries))
    sorted_ids = await database.read(
        lambda c: c.execute(select(things.c.id).order_by(things.c.at)).scalars().all()
    )

    assert sorted_ids == [2, 0, 1]


@pytest.mark.parametrize("data", [{"a": [1, None, "ä\0\ud800"]}, [], "", 1.5, False])
async def test_json_comes_back_as_it_was(database: Database, data: object) -> None:
    metadata.create_all(database.engine)

    await database.write(lambda c: c.execute(insert(things).values(id=1, data=data)))

    assert await database.read(lambda c: c.execute(select(things.c.data)).scalar_one()) == data


async def test_row_numbers_count_up_by_themselves_past_32_bits(database: Database) -> None:
    metadata.create_all(database.engine)

    await database.write(lambda c: c.execute(insert(rows).values(id=2**40, n=0)))
    number = await database.read(lambda c: c.execute(select(rows.c.id)).scalar_one())

    assert number == 2**40
