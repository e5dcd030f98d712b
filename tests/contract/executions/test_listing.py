"""Long lists of runs: pages that fit together, and what is looked for is found, quickly."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text
from tests.fakes.databases import Databases
from tests.fakes.executions import ADA, NOON, MemoryExecutions, chain, new_run, service
from tests.fakes.transactions import MemoryTransactions

from tarry.platform.executions.adapters import sql_listing
from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.adapters.tables import executions
from tarry.platform.executions.interfaces import ExecutionStore, NewRun
from tarry.platform.executions.model import ExecutionState
from tarry.platform.executions.model.listing import ALL, RunFilter
from tarry.platform.kernel.adapters.database import Database, SqlTransactions
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import ExecutionId, Window

WORKFLOW = chain("Two", service("A"))
MANY = 100_000
STATES = (*["succeeded"] * 97, "failed", "aborted", "undecided")


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryTransactions(MemoryExecutions())
        return
    database = databases.open(request.param)
    yield SqlTransactions(database, SqlExecutions)
    database.close()


async def add(store: Transactions[ExecutionStore], **changes: Any) -> NewRun:
    made = replace(new_run(WORKFLOW), **changes)
    await store.write(lambda it: it.add(made))
    return made


async def listed(
    store: Transactions[ExecutionStore], window: Window | None = None, matching: RunFilter = ALL
) -> list[ExecutionId]:
    wanted = window or Window()
    found = await store.read(lambda it: it.runs(ADA.project, wanted, (), matching=matching))
    return [run.id for run in found]


async def test_pages_fit_together_even_where_runs_began_at_the_same_instant(store: Any) -> None:
    made = [await add(store, created_at=NOON + timedelta(seconds=n // 3)) for n in range(10)]
    newest_first = [run.id for run in sorted(made, key=lambda it: (it.created_at, it.id))][::-1]

    window, seen = Window(limit=4), list[ExecutionId]()
    while page := await listed(store, window):
        seen += page
        last = next(run for run in made if run.id == page[-1])
        window = Window(before=last.created_at, before_id=last.id, limit=4)

    assert seen == newest_first


async def test_runs_are_found_by_what_they_are_like(store: Any) -> None:
    mesh = await add(store, workflow="Mesh", title="Mesh a 100% sheet", created_at=NOON)
    later = NOON + timedelta(hours=1)
    solve = await add(store, workflow="Solve", title="Größe", owner_name="eve", created_at=later)

    async def found(**wanted: Any) -> list[ExecutionId]:
        return await listed(store, matching=RunFilter(**wanted))

    assert await found(workflow="Mesh") == [mesh.id]
    assert await found(owner="eve") == [solve.id]
    assert await found(since=later) == [solve.id]
    assert await found(until=later) == [mesh.id]
    assert await found(text="mesh A") == [mesh.id]
    assert await found(text="100%") == [mesh.id]
    assert await found(text="10_%") == []
    assert await found(text="Größe") == [solve.id]
    assert await found(text="EVE") == [solve.id]
    assert await found(text=solve.id) == [solve.id]
    assert await found(workflow="Mesh", owner="eve") == []
    assert await found() == [solve.id, mesh.id]


@pytest.fixture(scope="module")
def long_list(databases: Databases) -> Iterator[Database]:
    """A project with 100,000 runs."""
    database = databases.open("sqlite")
    first = new_run(WORKFLOW)
    with database.engine.begin() as connection:
        SqlExecutions(connection).add(first)
        row = dict(connection.execute(executions.select()).mappings().one())
        rows = [
            row
            | {
                "id": f"{number + 1_000_000:032x}",
                "workflow": f"W{number % 50}",
                "owner_name": f"user{number % 200}",
                "state": STATES[number % len(STATES)],
                "settled": True,
                "created_at": NOON + timedelta(seconds=number),
            }
            for number in range(MANY)
        ]
        connection.execute(insert(executions), rows)
    yield database
    database.close()


@pytest.mark.parametrize(
    ("states", "matching", "index"),
    [
        ((), ALL, "executions_of_a_project"),
        ((), RunFilter(since=NOON + timedelta(seconds=MANY - 10)), "executions_of_a_project"),
        ((ExecutionState.FAILED,), ALL, "executions_by_state"),
        ((), RunFilter(workflow="W7"), "executions_by_workflow"),
        ((), RunFilter(owner="user8"), "executions_by_owner"),
    ],
)
def test_a_page_of_a_hundred_thousand_runs_is_read_along_an_index(
    long_list: Database, states: tuple[ExecutionState, ...], matching: RunFilter, index: str
) -> None:
    """Nothing is sorted, and only what is shown is read: the time does not grow with the list."""
    middle = Window(before=NOON + timedelta(seconds=MANY // 2), before_id="f", limit=50)
    for window in (Window(limit=50), middle):
        query = sql_listing.wanted(ADA.project, window, states, asking=False, matching=matching)
        said = query.compile(long_list.engine, compile_kwargs={"render_postcompile": True})
        with long_list.engine.connect() as connection:
            shown = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {said}",
                tuple(said.params[name] for name in said.positiontup or ()),
            )
            plan = " / ".join(row.detail for row in shown)
        assert f"USING INDEX {index} " in plan
        assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        (ALL, 50),
        (RunFilter(workflow="W7", text="user8"), 0),
        (RunFilter(text="not to be found"), 0),
        (RunFilter(text="user19"), 50),
    ],
)
async def test_whatever_is_asked_of_a_hundred_thousand_runs_is_answered(
    long_list: Database, wanted: RunFilter, number: int
) -> None:
    found = await listed(SqlTransactions(long_list, SqlExecutions), matching=wanted)

    assert len(found) == number
    with long_list.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM executions")) == MANY + 1
