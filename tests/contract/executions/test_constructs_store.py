"""What every store promises of constructs, attempts and resumed runs, on every database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.fakes.databases import Databases
from tests.fakes.executions import NOON, MemoryExecutions, chain, new_id, new_run, service
from tests.fakes.transactions import MemoryTransactions

from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.adapters.sql_journal import SqlJournal
from tarry.platform.executions.interfaces import Batch, ExecutionStore, JournalStore, NewRun
from tarry.platform.executions.model import (
    Execution,
    ExecutionState,
    Place,
    RunView,
    StepRun,
    StepState,
)
from tarry.platform.executions.model.facts import Items, Rounds, Side
from tarry.platform.executions.model.plan import plan_of
from tarry.platform.executions.model.records import Begun, Branched, FannedOut, Record, RoundBegun
from tarry.platform.executions.model.views import ConstructKind, ConstructView
from tarry.platform.kernel.adapters.database import SqlTransactions
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import ExecutionId, StepRunId

WORKFLOW = chain("Two", service("A"), service("B"))
Stores = tuple[Transactions[ExecutionStore], Transactions[JournalStore]]


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Stores]:
    """Both sides of one store."""
    if request.param == "memory":
        memory: Any = MemoryTransactions(MemoryExecutions())
        yield memory, memory
        return
    database = databases.open(request.param)
    yield SqlTransactions(database, SqlExecutions), SqlTransactions(database, SqlJournal)
    database.close()


async def running(stores: Stores, **facts: Any) -> NewRun:
    run = replace(new_run(WORKFLOW), **facts)
    await stores[0].write(lambda store: store.add(run))
    now = Execution(
        id=run.id,
        plan=plan_of(WORKFLOW.document, {}),
        inputs=run.inputs,
        state=ExecutionState.RUNNING,
    )
    await save(stores, run, [Begun(at=NOON)], executions={run.id: now})
    return run


async def save(stores: Stores, run: NewRun, records: list[Record], **parts: Any) -> None:
    written = await stores[1].read(lambda store: store.written(run.id))
    batch = Batch(records=[(run.id, n, it) for n, it in enumerate(records, written + 1)], **parts)
    await stores[1].write(lambda store: store.save(batch))


async def seen(stores: Stores, run: ExecutionId) -> RunView:
    found = await stores[0].read(lambda store: store.run(run))
    assert found is not None
    return found


def step_run(run: ExecutionId, number: int, **changes: Any) -> StepRun:
    known = StepRun(
        id=StepRunId(f"{run}_{number}"),
        number=number,
        place=Place("f1/s1", (0,)),
        attempt=number,
        name="Mesh it",
        service="http://tests/A.owl#A",
        operation="startA",
        started_at=NOON,
    )
    return replace(known, **changes)


async def test_what_was_decided_is_seen_as_it_is_now_in_the_order_of_places(stores: Stores) -> None:
    run, other = await running(stores), await running(stores)
    loop, branch, each = Place("r1"), Place("i1", (2,)), Place("f1", (1, 0))
    records: list[Record] = [
        RoundBegun(at=NOON, place=loop, round=0, carried={"n": "1"}, fresh=("n",)),
        Branched(at=NOON, place=branch, then=False),
        FannedOut(at=NOON, place=each, items=("a", "b")),
    ]
    facts = {
        (run.id, loop): Rounds(begun=1),
        (run.id, branch): Side(then=False),
        (run.id, each): Items(items=("a", "b")),
        (other.id, branch): Side(then=True),
    }
    await save(stores, run, records, facts=facts)
    later = {
        (run.id, loop): Rounds(begun=3, over=True),
        (run.id, each): Items(items=("a", "b"), done=2, gathered={}),
    }
    await save(stores, run, [Begun(at=NOON)], facts=later)

    assert (await seen(stores, run.id)).constructs == (
        ConstructView(key="f1[1,0]", kind=ConstructKind.FOR_EACH, count=2, over=True),
        ConstructView(key="i1[2]", kind=ConstructKind.BRANCH, side="else", over=True),
        ConstructView(key="r1", kind=ConstructKind.LOOP, count=3, over=True),
    )
    kept = await stores[1].read(lambda store: store.kept([run.id]))
    assert list(kept[0].records[1:4]) == records


async def test_a_retry_is_seen_until_the_next_attempt_and_while_the_run_goes_on(
    stores: Stores,
) -> None:
    run = await running(stores)
    due = NOON + timedelta(hours=1)
    failed = step_run(run.id, 1, state=StepState.FAILED, retry_at=due)
    await save(
        stores,
        run,
        [Begun(at=NOON)],
        steps={failed.id: replace(failed, retry_at=None)},
        begun={failed.id},
    )
    await save(stores, run, [Begun(at=NOON)], steps={failed.id: failed})
    assert [step.retry_at for step in (await seen(stores, run.id)).steps] == [due]

    again = step_run(run.id, 2)
    await save(stores, run, [Begun(at=NOON)], steps={again.id: again}, begun={again.id})

    view = await seen(stores, run.id)
    assert [(step.attempt, step.retry_at) for step in view.steps] == [(1, None), (2, None)]
    assert view.steps[0].place == Place("f1/s1", (0,))


async def test_a_step_that_was_passed_over_or_taken_over_says_so(stores: Stores) -> None:
    run = await running(stores)
    origin = StepRunId(f"{new_id()}_7")
    taken = step_run(run.id, 1, state=StepState.SUCCEEDED, taken_from=origin)
    failed = step_run(run.id, 2, state=StepState.FAILED)
    steps = {taken.id: taken, failed.id: failed}
    await save(stores, run, [Begun(at=NOON)], steps=steps, begun=set(steps))
    over = replace(failed, passed_over=True, outputs={"result": "0"})
    await save(stores, run, [Begun(at=NOON)], steps={failed.id: over})

    first, second = (await seen(stores, run.id)).steps
    assert (first.taken_from, first.passed_over) == (origin, False)
    assert (second.taken_from, second.passed_over) == (None, True)
    assert second.outputs == {"result": "0"}


async def test_a_run_that_goes_on_from_another_names_it_and_finds_it_settled_or_not(
    stores: Stores,
) -> None:
    old = await running(stores)
    again = await running(stores, rerun_of=old.id)
    resumed = await running(stores, resumed_from=old.id)
    await stores[1].write(lambda store: store.save(Batch(settled={old.id})))

    views = {run.id: await seen(stores, run.id) for run in (old, again, resumed)}
    assert [(view.rerun_of, view.resumed_from) for view in views.values()] == [
        (None, None),
        (old.id, None),
        (None, old.id),
    ]
    kept = await stores[1].read(lambda store: store.kept([resumed.id]))
    assert kept[0].resumed_from == old.id
    earlier = await stores[1].read(lambda store: store.earlier(old.id))
    assert earlier is not None
    assert earlier.records == (Begun(at=NOON),)
    assert await stores[1].read(lambda store: store.earlier(ExecutionId("f" * 32))) is None
    # The memory of what is settled is not shaken by the question.
    assert await stores[1].read(lambda store: store.kept([old.id])) == []
