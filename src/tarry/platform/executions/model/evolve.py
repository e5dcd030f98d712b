"""From the journal to the state: what each record makes of an execution.

This, and nothing else, rebuilds executions after a restart; so it must give the same for an old
journal for ever, whatever `decide` would decide today.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, assert_never

from tarry.platform.executions.errors import ImpossibleMove
from tarry.platform.executions.model.events import Choice
from tarry.platform.executions.model.execution import Execution, StepRun
from tarry.platform.executions.model.marking import counted, decided_at
from tarry.platform.executions.model.records import (
    AbortRequested,
    Accepted,
    Begun,
    Branched,
    Broken,
    Decided,
    Doubted,
    Ended,
    Failed,
    FannedIn,
    FannedOut,
    Intended,
    LoopEnded,
    PassedOver,
    Record,
    Renewed,
    RetryPlanned,
    RoundBegun,
    Stopped,
    Succeeded,
    TakenOver,
    Told,
    Withheld,
)
from tarry.platform.executions.model.shelves import Shelf
from tarry.platform.executions.model.states import NEXT, NEXT_OF_STEP, ExecutionState, StepState
from tarry.platform.kernel.model import StepRunId

_OfStep = Accepted | Succeeded | Failed | Stopped | Withheld | Renewed | RetryPlanned | PassedOver


def fold(execution: Execution, records: Iterable[Record]) -> Execution:
    """Give the execution after a piece of its journal."""
    for record in records:
        execution = evolve(execution, record)
    return execution


def evolve(execution: Execution, record: Record) -> Execution:
    """Give the execution after one record.

    Raises:
        ImpossibleMove: the record cannot stand here.
    """
    match record:
        case Begun():
            state = _next(execution, ExecutionState.RUNNING)
            return _after(execution, state=state, started_at=record.at)
        case Intended() | TakenOver():
            return _begun(execution, record)
        case (
            Accepted()
            | Succeeded()
            | Failed()
            | Stopped()
            | Withheld()
            | Renewed()
            | RetryPlanned()
            | PassedOver()
        ):
            return _changed(execution, record)
        case Told():
            return _after(execution)
        case Doubted():
            return _doubted(execution, record)
        case Decided():
            return _after(execution, state=_decided(execution, record))
        case Branched() | RoundBegun() | LoopEnded() | FannedOut() | FannedIn():
            return decided_at(_after(execution), record)
        case AbortRequested() | Broken():
            return _stopping(execution, record)
        case Ended():
            return _after(
                execution,
                state=_next(execution, record.state),
                ended_at=record.at,
                outputs=record.outputs,
                failure=record.failure,
                pauses=Shelf(),
            )
        case _:
            assert_never(record)


def _after(execution: Execution, **changes: Any) -> Execution:
    return replace(execution, written=execution.written + 1, **changes)


def _begun(execution: Execution, record: Intended | TakenOver) -> Execution:
    run = _run(execution, record)
    before = execution.newest.get(run.place)
    opened, pauses = execution.open, execution.pauses
    if before is not None:  # it has its successor now
        opened, pauses = opened.drop(before), pauses.drop(before)
    if not run.over:
        opened = opened.put(run.id, run.number)
    after = _after(
        execution,
        steps=execution.steps.put(run),
        newest=execution.newest.put(run.place, run.id),
        open=opened,
        pauses=pauses,
    )
    return counted(after, run.place) if run.done else after


@lru_cache(maxsize=1_000)
def _kept_once(ports: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Give the same mapping for the same ports, as thousands of step runs of a service have."""
    return dict(ports)


def _run(execution: Execution, record: Intended | TakenOver) -> StepRun:
    step = execution.plan.steps[record.place.path]
    terms = execution.plan.terms_of(step)
    run = StepRun(
        id=record.step,
        number=record.number,
        place=record.place,
        attempt=record.attempt if isinstance(record, Intended) else 1,
        name=step.name or terms.title,
        service=step.service,
        operation=terms.operation,
        kind=terms.kind,
        hears=terms.hears,
        inputs=record.inputs,
        filled=_kept_once(tuple(record.filled.items())),
        secrets=_kept_once(tuple(record.secrets.items())),
        started_at=record.at,
    )
    if isinstance(record, Intended):
        return run
    return replace(
        run,
        state=StepState.SUCCEEDED,
        outputs=record.outputs,
        ended_at=record.at,
        folder=record.folder,
        note=record.note,
        taken_from=record.origin,
    )


def _changed(execution: Execution, record: _OfStep) -> Execution:
    before = execution.steps[record.step]
    run = _step_after(before, record)
    state, opened, pauses = execution.state, execution.open, execution.pauses
    if run.over and not before.over:
        opened = opened.drop(run.id)
    if isinstance(record, RetryPlanned):
        pauses = pauses.put(run.id, record.due)
    steps = execution.steps.put(run)
    after = _after(execution, steps=steps, state=state, open=opened, pauses=pauses)
    undecided = state is ExecutionState.UNDECIDED
    if undecided and isinstance(record, Succeeded | PassedOver | RetryPlanned):
        after = replace(after, state=_without_doubt(after, run.id))
    return counted(after, run.place) if run.done and not before.done else after


def _stopping(execution: Execution, record: AbortRequested | Broken) -> Execution:
    if isinstance(record, AbortRequested):
        state = _next(execution, ExecutionState.ABORTING)
        return _after(execution, state=state, abort_asked_by=record.by, pauses=Shelf())
    state = _next(execution, ExecutionState.FAILING)
    return _after(execution, state=state, failure=record.failure, pauses=Shelf())


def _step_after(step: StepRun, record: _OfStep) -> StepRun:
    match record:
        case Accepted():
            state = _next_of_step(step, StepState.RUNNING)
            return replace(step, state=state, first_outputs=record.outputs, folder=record.folder)
        case Succeeded():
            return replace(
                step,
                state=_next_of_step(step, StepState.SUCCEEDED),
                outputs=record.outputs,
                note=record.note,
                folder=record.folder or step.folder,
                ended_at=record.at,
            )
        case Failed():
            state = _next_of_step(step, StepState.FAILED)
            return replace(step, state=state, failure=record.failure, ended_at=record.at)
        case Stopped():
            state = _next_of_step(step, StepState.ABORTED)
            return replace(step, state=state, note=record.note, ended_at=record.at)
        case Withheld():
            return replace(step, withheld=True)
        case Renewed():
            return replace(step, withheld=False)
        case RetryPlanned():
            return replace(step, retry_at=record.due)
        case PassedOver():
            return replace(step, passed_over=True, outputs=record.outputs)
        case _:
            assert_never(record)


def _doubted(execution: Execution, record: Doubted) -> Execution:
    step = execution.steps[record.step]
    unknown = _next_of_step(step, StepState.UNKNOWN)
    steps = execution.steps.put(replace(step, state=unknown, failure=record.failure))
    state = execution.state
    if state is ExecutionState.RUNNING:
        state = _next(execution, ExecutionState.UNDECIDED)
    return _after(execution, state=state, steps=steps)


def _decided(execution: Execution, record: Decided) -> ExecutionState:
    """Give the state after a decision; what becomes of the step follows as a record of its own."""
    if record.choice is Choice.GIVE_UP:
        return execution.state
    return _without_doubt(execution, record.step)


def _without_doubt(execution: Execution, cleared: StepRunId) -> ExecutionState:
    """Give the state once there is no doubt about a step run any more."""
    if execution.state is not ExecutionState.UNDECIDED:
        return execution.state
    others = (step for step in execution.open_steps() if step.id != cleared)
    if any(step.state is StepState.UNKNOWN for step in others):
        return execution.state
    return _next(execution, ExecutionState.RUNNING)


def _next(execution: Execution, state: ExecutionState) -> ExecutionState:
    if state not in NEXT[execution.state]:
        raise ImpossibleMove(what=f"run {execution.id}", state=execution.state, to=state)
    return state


def _next_of_step(step: StepRun, state: StepState) -> StepState:
    if state not in NEXT_OF_STEP[step.state]:
        raise ImpossibleMove(what=f"step run {step.id}", state=step.state, to=state)
    return state
