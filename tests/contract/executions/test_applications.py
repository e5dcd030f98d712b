"""What every store keeps of applications and of messages, and finds again."""

from dataclasses import replace

from tests.contract.executions.test_store import (
    WORKFLOW,
    Stores,
    execution,
    intended,
    save,
    step_run,
    stores,
)
from tests.fakes.executions import ADA, NOON, new_run

from tarry.contract.kinds import Kind
from tarry.contract.status import tag_of
from tarry.platform.catalogue.model.snapshots import from_snapshot
from tarry.platform.executions.interfaces import Batch, Shown
from tarry.platform.executions.model.events import StepReported, StepTold
from tarry.platform.executions.model.letters import Letter
from tarry.platform.executions.model.records import Begun, Told
from tarry.platform.executions.model.states import ExecutionState, StepState
from tarry.platform.executions.model.views import StatusPage
from tarry.platform.kernel.model import ExecutionId, StepRunId, Window

__all__ = ["stores"]


async def started(
    stores: Stores,
    *,
    kind: Kind = Kind.APPLICATION,
    state: ExecutionState = ExecutionState.RUNNING,
    step_state: StepState = StepState.RUNNING,
) -> ExecutionId:
    """Keep a run with one step."""
    run = new_run(WORKFLOW)
    await stores[0].write(lambda store: store.add(run))
    step = step_run(run.id, kind=kind, hears=True, state=step_state)
    page = StatusPage(content=b"<p>?", tag=tag_of(b"<p>?"))
    begun = Batch(
        records=[(run.id, 1, Begun(at=NOON)), (run.id, 2, intended(run.id))],
        begun={step.id},
        steps={step.id: step},
        executions={run.id: replace(execution(run, state), started_at=NOON)},
    )
    await save(stores, begun)
    await save(stores, Batch(shown={step.id: Shown(page=page)}))
    return run.id


async def test_a_step_is_seen_as_what_it_is(stores: Stores) -> None:
    run = await started(stores)

    seen = await stores[0].read(lambda store: store.run(run))
    page = await stores[0].read(lambda store: store.page(StepRunId(f"{run}_1")))

    assert seen is not None
    assert [(step.kind, step.hears, step.waits) for step in seen.steps] == [
        (Kind.APPLICATION, True, True)
    ]
    assert page is not None
    assert page.application


async def test_messages_are_given_with_their_run_in_their_order(stores: Stores) -> None:
    run = await started(stores)
    step = StepRunId(f"{run}_1")
    first = Told(at=NOON, step=step, message="a\0", by="ada", from_page=True, answer=None)
    second = Told(at=NOON, step=step, message="b", by="bob", from_page=False, answer="OK")
    await save(stores, Batch(records=[(run, 3, first), (run, 4, second)]))

    seen = await stores[0].read(lambda store: store.run(run))

    assert seen is not None
    assert [(it.step, it.at, it.text, it.by, it.from_page, it.answer) for it in seen.messages] == [
        (step, NOON, "a\0", "ada", True, None),
        (step, NOON, "b", "bob", False, "OK"),
    ]


async def test_reports_and_messages_come_out_of_the_inbox_as_they_went_in(stores: Stores) -> None:
    run = await started(stores)
    step = StepRunId(f"{run}_1")
    letters = [
        Letter(run, StepReported(step, {"result": "4 < 5 ☃"})),
        Letter(run, StepTold(step, "hurry\0", "ada", from_page=False, answer=None)),
    ]
    for letter in letters:
        await stores[0].write(lambda store, letter=letter: store.post(letter))  # type: ignore[misc]

    found = await stores[1].read(lambda store: store.letters(100))

    assert [letter.message for letter in found[1:]] == [letter.message for letter in letters]


async def test_what_a_run_took_along_is_read_by_its_id(stores: Stores) -> None:
    run = await started(stores)

    taken = await stores[0].read(lambda store: store.snapshot_of(run))

    assert set(from_snapshot(taken).services) == set(WORKFLOW.services)


async def test_runs_that_need_a_person_are_found_among_others(stores: Stores) -> None:
    asking = await started(stores)
    undecided = await started(
        stores, kind=Kind.SYNCHRONOUS, state=ExecutionState.UNDECIDED, step_state=StepState.UNKNOWN
    )
    await started(stores, kind=Kind.ASYNCHRONOUS)
    await started(stores, step_state=StepState.SUCCEEDED)
    await started(stores, state=ExecutionState.ABORTING)

    found = await stores[0].read(lambda store: store.runs(ADA.project, Window(), (), asking=True))
    both = await stores[0].read(
        lambda store: store.runs(ADA.project, Window(), [ExecutionState.RUNNING], asking=True)
    )

    assert {run.id for run in found} == {asking, undecided}
    assert all(run.asks for run in found)
    assert [run.id for run in both] == [asking]
