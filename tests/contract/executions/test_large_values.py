"""Large values are kept apart from the journal, once for a run, and come back whole."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from tests.fakes.databases import Databases
from tests.fakes.executions import NOON, chain, new_run, service

from tarry.platform.executions.adapters import tables
from tarry.platform.executions.adapters.apart import LARGE
from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.adapters.sql_journal import SqlJournal
from tarry.platform.executions.interfaces import Batch
from tarry.platform.executions.model import Execution, ExecutionState, Place, StepRun, StepState
from tarry.platform.executions.model.plan import plan_of
from tarry.platform.executions.model.records import Begun, Ended, Intended, Record, Succeeded
from tarry.platform.kernel.adapters.database import Database, SqlTransactions
from tarry.platform.kernel.model import StepRunId

WORKFLOW = chain("One", service("A"))
BIG = "Größe \0 \ud800 " * LARGE


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    opened = databases.open(request.param)
    yield opened
    opened.close()


async def test_a_large_value_stands_once_however_often_it_is_mentioned(database: Database) -> None:
    run = replace(new_run(WORKFLOW), inputs={"question": BIG})
    store, journal = (
        SqlTransactions(database, SqlExecutions),
        SqlTransactions(database, SqlJournal),
    )
    await store.write(lambda it: it.add(run))
    step = StepRun(
        id=StepRunId(f"{run.id}_1"),
        number=1,
        place=Place("s1"),
        attempt=1,
        name="A",
        service="http://tests/A.owl#A",
        operation="startA",
        state=StepState.SUCCEEDED,
        inputs={"given": BIG, "small": "x"},
        outputs={"result": BIG + "!"},
        started_at=NOON,
    )
    intended = Intended(
        at=NOON,
        step=step.id,
        number=1,
        place=step.place,
        attempt=1,
        inputs=step.inputs,
        filled={},
    )
    outputs = {"answer": BIG + "!"}
    records: list[Record] = [
        Begun(at=NOON),
        intended,
        Succeeded(at=NOON, step=step.id, outputs=step.outputs, note="", folder=""),
        Ended(at=NOON, state=ExecutionState.SUCCEEDED, outputs=outputs, failure=None),
    ]
    execution = Execution(
        id=run.id,
        plan=plan_of(WORKFLOW.document, {}),
        inputs=run.inputs,
        state=ExecutionState.SUCCEEDED,
        outputs=outputs,
    )
    batch = Batch(
        records=[(run.id, number, record) for number, record in enumerate(records, 1)],
        executions={run.id: execution},
        begun={step.id},
        steps={step.id: step},
    )
    await journal.write(lambda it: it.save(batch))

    (kept,) = await journal.read(lambda it: it.kept([run.id]))
    assert kept.inputs == {"question": BIG}
    assert list(kept.records) == records
    view = await store.read(lambda it: it.run(run.id))
    assert view is not None
    assert view.outputs == outputs
    assert view.steps[0].inputs == step.inputs
    with database.engine.begin() as connection:
        table = tables.large_values
        assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 2
        rows = connection.execute(select(tables.journal.c.data)).scalars().all()
    assert max(len(json.dumps(row)) for row in rows) < LARGE


async def test_a_port_of_any_name_keeps_its_value(database: Database) -> None:
    run = replace(new_run(WORKFLOW), inputs={"apart": "x", "question": '{"/apart": "y"}'})
    store = SqlTransactions(database, SqlExecutions)
    await store.write(lambda it: it.add(run))
    view = await store.read(lambda it: it.run(run.id))
    assert view is not None
    assert view.inputs == run.inputs
