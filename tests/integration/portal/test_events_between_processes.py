"""Two processes on one PostgreSQL: what one does is heard at the doors of the other, over restarts.

Nothing joins them but the database: each has a bell of its own, and nobody looks by themselves.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.databases import Databases
from tests.fakes.executions import ADA, chain, service
from tests.fakes.manager import House
from tests.fakes.portal_rooms import FakeRooms
from tests.fakes.services import Behaviour, FakeServices

from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.executions.adapters.notices import channels
from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.adapters.sql_journal import SqlJournal
from tarry.platform.kernel.adapters.database import Database, SqlTransactions
from tarry.platform.kernel.adapters.notices import hear_notices
from tarry.platform.portal.api.app import build
from tarry.platform.portal.api.door import Door
from tarry.platform.portal.api.rest_events import follow
from tarry.platform.portal.operations import BoundRuns

FLOW = chain("plain", service("Field"))
NEVER = timedelta(hours=1)


def house(database: Database) -> House:
    return House(
        FLOW,
        services=FakeServices(Field=Behaviour(lasts=0.2)),
        store=SqlTransactions(database, SqlExecutions),
        journal=SqlTransactions(database, SqlJournal),
        clock=lambda: datetime.now(UTC),
    )


@asynccontextmanager
async def doors(url: str) -> AsyncIterator[tuple[House, Door]]:
    """A process that only answers: it hears of everything by notices alone."""
    database = Database(url)
    made = house(database)
    ready = asyncio.Event()

    def missed() -> None:
        made.bell.ring_all()
        ready.set()

    listening = asyncio.create_task(hear_notices(url, channels(made.bell), missed))
    fake = FakeRooms()
    fake.accounts.tokens["token-of-ada"] = ADA
    rooms = replace(fake.rooms(), runs=BoundRuns(made.room))
    app = build(
        rooms,
        keys=Keys(b"a secret of at least 32 bytes...."),
        public_url="http://localhost:8080",
        recheck_every=NEVER,
        linger=timedelta(seconds=0.1),
    )
    try:
        await ready.wait()
        yield made, app.state.door
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        database.close()


async def heard(door: Door, run: Any, seen: int = -1) -> AsyncIterator[tuple[int, str]]:
    async with asyncio.timeout(60):
        async for event in follow(door, "token-of-ada", run, seen):
            if event.event == "run":
                yield int(event.id or 0), json.loads(str(event.data))["state"]


async def test_what_the_manager_of_another_process_does_is_heard_at_once(
    databases: Databases,
) -> None:
    url = databases.url("postgresql")
    leader = Database(url)
    managing = house(leader)
    async with doors(url) as (answering, door):
        run = await answering.start("plain")
        states: list[str] = []
        async with managing.working():
            # The start rang the manager's bell in its own process only if notices are heard there.
            managing.bell.ring_manager()
            states = [state async for _, state in heard(door, run)]
    leader.close()
    assert states[0] in {"waiting", "running"}
    assert states[-1] == "succeeded"


async def test_a_listener_goes_on_at_another_process_where_it_has_left_off(
    databases: Databases,
) -> None:
    url = databases.url("postgresql")
    leader = Database(url)
    managing = house(leader)
    async with doors(url) as (answering, door):
        run = await answering.start("plain")
        first = [seen async for seen in _only_one(door, run)]
    async with managing.working():
        await managing.end_of(run)
    async with doors(url) as (_, door):  # the process was started anew
        later = [seen async for seen in heard(door, run, first[0][0])]
        again = [seen async for seen in heard(door, run, later[-1][0])]
    leader.close()
    assert first == [(0, "waiting")]
    assert [state for _, state in later] == ["succeeded"]
    assert later[-1][0] > first[0][0]
    assert again == later  # the end is told to whoever comes too late, too


async def _only_one(door: Door, run: Any) -> AsyncIterator[tuple[int, str]]:
    async for seen in heard(door, run):
        yield seen
        return
