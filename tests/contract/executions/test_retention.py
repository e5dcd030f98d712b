"""Runs are kept as long as the operator says, and then forgotten with all that belongs to them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select
from tests.fakes.databases import Databases
from tests.fakes.executions import NOON, chain, new_run, service

from tarry.platform.executions.adapters import tables
from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.adapters.sql_journal import SqlJournal
from tarry.platform.executions.adapters.sql_retention import SqlRetention
from tarry.platform.executions.api.retention import Retention
from tarry.platform.executions.interfaces import (
    Batch,
    ExecutionStore,
    JournalStore,
    NewRun,
    OldRun,
    Shown,
    Wish,
)
from tarry.platform.executions.model import (
    Execution,
    ExecutionState,
    Place,
    StatusPage,
    StepRun,
    StepState,
)
from tarry.platform.executions.model.facts import Side
from tarry.platform.executions.model.plan import plan_of
from tarry.platform.executions.model.records import Begun
from tarry.platform.executions.model.telling import Channel
from tarry.platform.kernel.adapters.database import Database, SqlTransactions
from tarry.platform.kernel.model import ExecutionId, StepRunId
from tarry.platform.storage.errors import StorageFailed

WORKFLOW = chain("One", service("A"))
OTHER = chain("Other", service("B"))
WISH = Wish(channel=Channel.WEBHOOK, address="https://hooks.example/")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    opened = databases.open(request.param)
    yield opened
    opened.close()


class Janitor:
    """A retention whose files are a list."""

    def __init__(self, database: Database, *, runs: int | None = 30, pages: int | None = None):
        self.removed: list[OldRun] = []
        self.stuck = ""
        self.retention = Retention(
            store=SqlTransactions(database, SqlRetention),
            remove_files=self.remove,
            keep_runs=None if runs is None else timedelta(days=runs),
            keep_pages=None if pages is None else timedelta(days=pages),
            clock=lambda: NOON,
        )

    async def remove(self, run: OldRun) -> None:
        if run.id == self.stuck:
            raise StorageFailed(what="remove", uri=run.id, reason="it is read-only")
        self.removed.append(run)


def _add(run: NewRun, store: ExecutionStore) -> None:
    store.add(run)


def _save(batch: Batch, store: JournalStore) -> None:
    store.save(batch)


async def ended(
    database: Database,
    at: datetime | None,
    *,
    settled: bool = True,
    resumed_from: ExecutionId | None = None,
) -> NewRun:
    """Keep a run that ended at an instant; `None`: it goes on."""
    run = replace(new_run(WORKFLOW), wishes=(WISH,), resumed_from=resumed_from)
    await SqlTransactions(database, SqlExecutions).write(partial(_add, run))
    step = StepRun(
        id=StepRunId(f"{run.id}_1"),
        number=1,
        place=Place("s1"),
        attempt=1,
        name="A",
        service="http://tests/A.owl#A",
        operation="startA",
        state=StepState.SUCCEEDED,
        started_at=NOON,
    )
    execution = Execution(
        id=run.id,
        plan=plan_of(WORKFLOW.document, {}),
        inputs={},
        state=ExecutionState.RUNNING if at is None else ExecutionState.SUCCEEDED,
        ended_at=at,
    )
    page = StatusPage(content=b"<p>done</p>", tag="t")
    batch = Batch(
        records=[(run.id, 1, Begun(at=NOON))],
        executions={run.id: execution},
        begun={step.id},
        steps={step.id: step},
        facts={(run.id, Place("i1")): Side(then=True)},
        shown={step.id: Shown(page=page)},
        settled={run.id} if settled and at is not None else set(),
    )
    await SqlTransactions(database, SqlJournal).write(partial(_save, batch))
    return run


async def kept(database: Database, run: NewRun) -> bool:
    return (
        await SqlTransactions(database, SqlExecutions).read(lambda store: store.run(run.id))
        is not None
    )


async def test_only_what_ended_long_enough_ago_is_forgotten(database: Database) -> None:
    old = await ended(database, NOON - timedelta(days=31))
    young = await ended(database, NOON - timedelta(days=29))
    unsettled = await ended(database, NOON - timedelta(days=90), settled=False)
    running = await ended(database, None)
    janitor = Janitor(database)
    assert await janitor.retention.forget_old() == 1
    assert [run.id for run in janitor.removed] == [old.id]
    assert [await kept(database, run) for run in (old, young, unsettled, running)] == [
        False,
        True,
        True,
        True,
    ]


async def test_nothing_of_a_forgotten_run_stays(database: Database) -> None:
    await ended(database, NOON - timedelta(days=31))
    assert await Janitor(database).retention.forget_old() == 1

    def count(table: str) -> int:
        query = select(func.count()).select_from(tables.metadata.tables[table])
        with database.engine.begin() as connection:
            return connection.execute(query).scalar_one()

    assert {name: count(name) for name in tables.metadata.tables} == dict.fromkeys(
        tables.metadata.tables, 0
    )


async def test_a_run_stays_as_long_as_one_that_goes_on_from_it(database: Database) -> None:
    """The outputs of the later run are files of the earlier one."""
    first = await ended(database, NOON - timedelta(days=90))
    second = await ended(database, NOON - timedelta(days=60), resumed_from=first.id)
    third = await ended(database, NOON - timedelta(days=10), resumed_from=second.id)
    assert await Janitor(database).retention.forget_old() == 0

    await ended(database, NOON - timedelta(days=90))
    assert await Janitor(database).retention.forget_old() == 1
    assert [await kept(database, run) for run in (first, second, third)] == [True] * 3


async def test_a_snapshot_stays_while_a_run_has_it(database: Database) -> None:
    await ended(database, NOON - timedelta(days=31))
    young = await ended(database, NOON)
    await Janitor(database).retention.forget_old()
    snapshot = await SqlTransactions(database, SqlExecutions).read(
        lambda store: store.snapshot_of(young.id)
    )
    assert snapshot


async def test_a_run_whose_files_cannot_be_removed_holds_up_no_other(database: Database) -> None:
    stuck = await ended(database, NOON - timedelta(days=90))
    other = await ended(database, NOON - timedelta(days=31))
    janitor = Janitor(database)
    janitor.stuck = stuck.id
    assert await janitor.retention.forget_old() == 1
    assert [await kept(database, run) for run in (stuck, other)] == [True, False]
    janitor.stuck = ""
    assert await janitor.retention.forget_old() == 1


async def test_without_a_rule_everything_stays(database: Database) -> None:
    old = await ended(database, NOON - timedelta(days=10_000))
    janitor = Janitor(database, runs=None)
    assert await janitor.retention.forget_old() == 0
    assert await kept(database, old)


async def test_pages_may_go_before_their_runs(database: Database) -> None:
    old = await ended(database, NOON - timedelta(days=8))
    young = await ended(database, NOON - timedelta(days=6))
    await Janitor(database, runs=30, pages=7).retention.forget_old()
    store = SqlTransactions(database, SqlExecutions)
    assert await store.read(lambda it: it.page(StepRunId(f"{old.id}_1"))) is None
    assert await store.read(lambda it: it.page(StepRunId(f"{young.id}_1"))) is not None
    assert await kept(database, old)


async def test_more_than_one_handful_is_forgotten_at_once(database: Database) -> None:
    for _ in range(120):
        await ended(database, NOON - timedelta(days=31))
    assert await Janitor(database).retention.forget_old() == 120
