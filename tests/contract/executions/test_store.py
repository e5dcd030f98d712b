"""What every store of executions promises: in memory, on SQLite, on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.fakes.databases import Databases
from tests.fakes.executions import (
    ADA,
    BOB,
    NOON,
    MemoryExecutions,
    chain,
    new_run,
    service,
)
from tests.fakes.transactions import MemoryTransactions

from tarry.platform.catalogue.model.snapshots import from_snapshot
from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.adapters.sql_journal import SqlJournal
from tarry.platform.executions.errors import JournalBroken
from tarry.platform.executions.interfaces import Batch, ExecutionStore, JournalStore, NewRun, Shown
from tarry.platform.executions.model import (
    Choice,
    Execution,
    ExecutionState,
    Failure,
    Place,
    StatusPage,
    StepRun,
    StepState,
)
from tarry.platform.executions.model.events import AbortAsked, ChoiceMade, StartAsked
from tarry.platform.executions.model.letters import Letter, Message, Pushed
from tarry.platform.executions.model.plan import plan_of
from tarry.platform.executions.model.records import Accepted, Begun, Ended, Intended, Record
from tarry.platform.executions.model.trials import Trial
from tarry.platform.kernel.adapters.database import SqlTransactions
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import ExecutionId, ProjectId, StepRunId, Window

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


async def added(stores: Stores, *, run: NewRun | None = None) -> NewRun:
    made = run or new_run(WORKFLOW)
    await stores[0].write(lambda store: store.add(made))
    return made


def step_run(run: ExecutionId, number: int = 1, **changes: Any) -> StepRun:
    known = StepRun(
        id=StepRunId(f"{run}_{number}"),
        number=number,
        place=Place(f"s{number}", (3, 1)),
        attempt=2,
        name="Mesh it",
        service="http://tests/A.owl#A",
        operation="startA",
        inputs={"given": "6 x 7\0"},
        started_at=NOON,
    )
    return replace(known, **changes)


def intended(run: ExecutionId, number: int = 1) -> Intended:
    step = step_run(run, number)
    return Intended(
        at=NOON + timedelta(microseconds=17),
        step=step.id,
        number=number,
        place=step.place,
        attempt=step.attempt,
        inputs=step.inputs,
        filled={"token": "sessionToken"},
    )


def execution(run: NewRun, state: ExecutionState) -> Execution:
    plan = plan_of(WORKFLOW.document, {})
    return Execution(id=run.id, plan=plan, inputs=run.inputs, state=state)


async def save(stores: Stores, batch: Batch) -> None:
    await stores[1].write(lambda store: store.save(batch))


async def with_a_step(stores: Stores) -> tuple[NewRun, StepRun]:
    run = await added(stores)
    step = step_run(run.id)
    records: list[tuple[ExecutionId, int, Record]] = [
        (run.id, 1, Begun(at=NOON)),
        (run.id, 2, intended(run.id)),
    ]
    running = execution(run, ExecutionState.RUNNING)
    await save(
        stores,
        Batch(
            records=records,
            begun={step.id},
            steps={step.id: step},
            executions={run.id: replace(running, started_at=NOON)},
        ),
    )
    return run, step


async def test_a_trial_says_what_it_tries_out(stores: Stores) -> None:
    usual = await added(stores)
    trials = [await added(stores, run=replace(new_run(WORKFLOW), trial=each)) for each in Trial]

    for run, trial in zip((usual, *trials), (None, *Trial), strict=True):
        seen = await stores[0].read(lambda store, run=run: store.run(run.id))  # type: ignore[misc]
        assert seen is not None
        assert seen.trial is trial


async def test_a_new_run_waits_and_is_seen_at_once(stores: Stores) -> None:
    run = await added(stores)

    seen = await stores[0].read(lambda store: store.run(run.id))

    assert seen is not None
    assert (seen.id, seen.workflow, seen.state) == (run.id, "Two", ExecutionState.WAITING)
    assert seen.inputs == {"question": "6 x 7"}
    assert (seen.input_ports, seen.output_ports) == (run.input_ports, run.output_ports)
    assert (seen.created_at, seen.started_at, seen.owner_name) == (NOON, None, "ada")
    assert seen.steps == ()


async def test_a_run_that_is_not_there_is_none(stores: Stores) -> None:
    assert await stores[0].read(lambda store: store.run(ExecutionId("0" * 32))) is None
    assert await stores[0].read(lambda store: store.page(StepRunId("x_1"))) is None
    assert await stores[0].read(lambda store: store.newest_event()) == 0


async def test_every_letter_comes_back_as_it_was_written_and_in_order(stores: Stores) -> None:
    run = await added(stores)
    messages: list[Message] = [
        StartAsked(),
        AbortAsked("ada"),
        ChoiceMade(3, Choice.AGAIN, "ada"),
        ChoiceMade(4, Choice.GIVE_UP, "bob"),
        Pushed(StepRunId(f"{run.id}_1")),
    ]
    for message in messages[1:]:
        letter = Letter(run.id, message)
        await stores[0].write(lambda store, letter=letter: store.post(letter))  # type: ignore[misc]

    letters = await stores[1].read(lambda store: store.letters(100))

    assert [letter.message for letter in letters] == messages
    assert {letter.execution for letter in letters} == {run.id}
    ids = [letter.id for letter in letters]
    assert ids == sorted(set(ids))
    assert len(await stores[1].read(lambda store: store.letters(2))) == 2


async def test_a_letter_that_was_read_leaves_the_inbox_and_its_number_is_never_used_again(
    stores: Stores,
) -> None:
    run = await added(stores)
    before = await stores[1].read(lambda store: store.letters(10))
    await save(stores, Batch(letters={before[0].id}))
    assert await stores[1].read(lambda store: store.letters(10)) == []

    await stores[0].write(lambda store: store.post(Letter(run.id, AbortAsked("ada"))))

    after = await stores[1].read(lambda store: store.letters(10))
    assert after[0].id > before[0].id


async def test_what_is_written_in_the_journal_comes_back_the_same(stores: Stores) -> None:
    run, _ = await with_a_step(stores)
    step = StepRunId(f"{run.id}_1")
    failure = Failure(code="x", message="außen 形", step=step)
    more: list[Record] = [
        Accepted(at=NOON, step=step, outputs={"result": "UNSET"}, folder="/runs/1"),
        Ended(at=NOON, state=ExecutionState.FAILED, outputs={}, failure=failure),
    ]
    await save(stores, Batch(records=[(run.id, n, it) for n, it in enumerate(more, 3)]))

    kept = await stores[1].read(lambda store: store.unsettled())

    assert [it.id for it in kept] == [run.id]
    assert kept[0].inputs == run.inputs
    assert kept[0].records == (Begun(at=NOON), intended(run.id), *more)
    assert kept[0].unreadable == ""
    assert await stores[1].read(lambda store: store.written(run.id)) == 4


async def test_the_snapshot_of_a_run_is_kept_as_it_was_at_its_start(stores: Stores) -> None:
    run = await added(stores)
    kept = await stores[1].read(lambda store: store.kept([run.id]))

    found = await stores[1].read(lambda store: store.snapshot(kept[0].snapshot))

    assert from_snapshot(found) == WORKFLOW


async def test_a_run_is_only_taken_up_after_a_restart_if_it_was_begun_and_not_settled(
    stores: Stores,
) -> None:
    waiting = await added(stores)
    begun, _ = await with_a_step(stores)
    settled, _ = await with_a_step(stores)
    await save(stores, Batch(settled={settled.id}))

    unsettled = await stores[1].read(lambda store: store.unsettled())
    asked = [waiting.id, settled.id, ExecutionId("f" * 32)]
    kept = await stores[1].read(lambda store: store.kept(asked))

    assert [it.id for it in unsettled] == [begun.id]
    assert [it.id for it in kept] == [waiting.id]


async def test_two_managers_cannot_both_write_the_same_journal(stores: Stores) -> None:
    run, step = await with_a_step(stores)
    late = Accepted(at=NOON, step=step.id, outputs=None, folder="")

    with pytest.raises(JournalBroken):
        await save(stores, Batch(records=[(run.id, 2, late)], settled={run.id}))

    assert await stores[1].read(lambda store: store.written(run.id)) == 2
    assert len(await stores[1].read(lambda store: store.unsettled())) == 1


async def test_a_step_is_seen_as_it_is_now(stores: Stores) -> None:
    run, step = await with_a_step(stores)
    failure = Failure(code="service-fault", message="no luck", step=step.id)
    later = replace(
        step,
        state=StepState.FAILED,
        outputs={"result": "1"},
        failure=failure,
        folder="/runs/1",
        note="look",
        ended_at=NOON + timedelta(days=3),
    )
    await save(stores, Batch(records=[(run.id, 3, Begun(at=NOON))], steps={step.id: later}))

    seen = await stores[0].read(lambda store: store.run(run.id))

    assert seen is not None
    assert seen.state is ExecutionState.RUNNING
    view = seen.steps[0]
    assert (view.id, view.number, view.key, view.attempt) == (step.id, 1, "s1[3,1]", 2)
    assert (view.state, view.failure, view.note) == (StepState.FAILED, failure, "look")
    assert (view.inputs, view.outputs) == (step.inputs, {"result": "1"})
    assert (view.started_at, view.ended_at) == (NOON, NOON + timedelta(days=3))
    assert (view.progress, view.page_tag) == (None, "")


async def test_a_page_is_overwritten_and_a_note_leaves_it_alone(stores: Stores) -> None:
    run, step = await with_a_step(stores)
    for number in range(3):
        page = StatusPage(content=b"\0%d" % number, tag=f"t{number}")
        await save(stores, Batch(shown={step.id: Shown(page=page, progress=number / 2)}))
    await save(stores, Batch(shown={step.id: Shown(note="away")}))

    page_now = await stores[0].read(lambda store: store.page(step.id))
    seen = await stores[0].read(lambda store: store.run(run.id))

    assert page_now == StatusPage(content=b"\0002", tag="t2")
    assert seen is not None
    assert (seen.steps[0].progress, seen.steps[0].page_tag) == (1.0, "t2")
    assert seen.steps[0].note == "away"


async def test_a_change_of_the_step_leaves_its_page_alone(stores: Stores) -> None:
    run, step = await with_a_step(stores)
    page = StatusPage(content=b"page", tag="t")
    await save(stores, Batch(shown={step.id: Shown(page=page)}))
    done = replace(step, state=StepState.SUCCEEDED)
    await save(stores, Batch(records=[(run.id, 3, Begun(at=NOON))], steps={step.id: done}))

    assert await stores[0].read(lambda store: store.page(step.id)) == page


async def test_the_end_of_a_run_is_seen(stores: Stores) -> None:
    run, step = await with_a_step(stores)
    failure = Failure(code="x", message="because", step=step.id)
    ended = replace(
        execution(run, ExecutionState.FAILED),
        started_at=NOON,
        ended_at=NOON + timedelta(hours=1),
        outputs={"answer": "42"},
        failure=failure,
    )
    records: list[tuple[ExecutionId, int, Record]] = [(run.id, 3, Begun(at=NOON))]
    await save(stores, Batch(records=records, executions={run.id: ended}))

    seen = await stores[0].read(lambda store: store.run(run.id))

    assert seen is not None
    assert (seen.state, seen.failure, seen.outputs) == (
        ExecutionState.FAILED,
        failure,
        {"answer": "42"},
    )
    assert (seen.started_at, seen.ended_at) == (NOON, NOON + timedelta(hours=1))


async def test_runs_are_listed_newest_first_and_by_project_state_and_time(stores: Stores) -> None:
    made = [
        await added(stores, run=replace(new_run(WORKFLOW), created_at=NOON + timedelta(hours=n)))
        for n in range(4)
    ]
    await added(stores, run=replace(new_run(WORKFLOW), project=BOB.project))
    records: list[tuple[ExecutionId, int, Record]] = [(made[0].id, 1, Begun(at=NOON))]
    running = execution(made[0], ExecutionState.RUNNING)
    await save(stores, Batch(records=records, executions={made[0].id: running}))

    async def listed(*states: ExecutionState, window: Window = Window()) -> list[ExecutionId]:  # noqa: B008
        found = await stores[0].read(lambda store: store.runs(ADA.project, window, states))
        return [run.id for run in found]

    newest_first = [run.id for run in reversed(made)]
    assert await listed() == newest_first
    assert await listed(ExecutionState.WAITING) == newest_first[:3]
    assert await listed(ExecutionState.RUNNING, ExecutionState.FAILED) == [made[0].id]
    assert await listed(window=Window(limit=2)) == newest_first[:2]
    assert await listed(window=Window(before=made[2].created_at)) == newest_first[2:]


async def test_events_are_told_in_order_and_only_to_their_project(stores: Stores) -> None:
    first, step = await with_a_step(stores)
    second, _ = await with_a_step(stores)

    async def told(after: int, *, project: ProjectId, run: ExecutionId | None = None) -> list[Any]:
        return await stores[0].read(
            lambda store: store.events_after(after, project=project, execution=run, limit=3)
        )

    events = await told(0, project=ADA.project)
    assert [(it.execution, it.kind, it.step) for it in events] == [
        (first.id, "begun", None),
        (first.id, "intended", step.id),
        (second.id, "begun", None),
    ]
    assert [it.id for it in events] == sorted({it.id for it in events})
    rest = await told(events[-1].id, project=ADA.project)
    assert [it.kind for it in rest] == ["intended"]
    assert [it.id for it in await told(0, project=ADA.project, run=first.id)] == [
        it.id for it in events[:2]
    ]
    assert await told(0, project=BOB.project) == []
    newest = await stores[0].read(lambda store: store.newest_event(first.id))
    assert newest == events[1].id
    assert await stores[0].read(lambda store: store.newest_event()) == rest[-1].id
    wanted = [first.id, second.id, ExecutionId("f" * 32)]
    for project, own in ((ADA.project, {first.id, second.id}), (BOB.project, set())):
        found = await stores[0].read(lambda store, of=project: store.of_project(of, wanted))  # type: ignore[misc]
        assert found == own


async def test_projects_take_turns_in_the_inbox_and_each_keeps_its_order(stores: Stores) -> None:
    mine = [(await added(stores)).id for _ in range(5)]
    other = replace(new_run(WORKFLOW), project=BOB.project)
    theirs = (await added(stores, run=other)).id
    await stores[0].write(lambda store: store.post(Letter(mine[0], AbortAsked("ada"))))
    letters = await stores[1].read(lambda store: store.letters(3))
    assert [letter.execution for letter in letters] == [mine[0], theirs, mine[1]]
    everything = await stores[1].read(lambda store: store.letters(100))
    assert [it.message for it in everything if it.execution == mine[0]] == [
        StartAsked(),
        AbortAsked("ada"),
    ]
