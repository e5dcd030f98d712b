"""From the journal to the state: what each record makes of an execution.

This, and nothing else, rebuilds executions after a restart; so it must give the same for an old
journal for ever, whatever `decide` would decide today.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, assert_never

from tarry.platform.executions.errors import ImpossibleMove
from tarry.platform.executions.model.events import Choice
from tarry.platform.executions.model.execution import Execution, StepRun
from tarry.platform.executions.model.records import (
    AbortRequested,
    Accepted,
    Begun,
    Decided,
    Doubted,
    Ended,
    Failed,
    Intended,
    Record,
    Renewed,
    Stopped,
    Succeeded,
    Told,
    Withheld,
)
from tarry.platform.executions.model.states import NEXT, NEXT_OF_STEP, ExecutionState, StepState
from tarry.platform.kernel.model import StepRunId


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
        case Intended():
            run = _intended(execution, record)
            newest = {**execution.newest, run.place: run.id}
            return _after(execution, steps={**execution.steps, run.id: run}, newest=newest)
        case Accepted() | Succeeded() | Failed() | Stopped() | Withheld() | Renewed():
            before = execution.steps[record.step]
            step = _step_after(before, record)
            state = execution.state
            if isinstance(record, Succeeded) and before.state is StepState.UNKNOWN:
                state = _without_doubt(execution, step.id)
            return _after(execution, state=state, steps={**execution.steps, step.id: step})
        case Told():
            return _after(execution)
        case Doubted():
            return _doubted(execution, record)
        case Decided():
            return _after(execution, state=_decided(execution, record))
        case AbortRequested():
            state = _next(execution, ExecutionState.ABORTING)
            return _after(execution, state=state, abort_asked_by=record.by)
        case Ended():
            return _after(
                execution,
                state=_next(execution, record.state),
                ended_at=record.at,
                outputs=record.outputs,
                failure=record.failure,
            )
        case _:
            assert_never(record)


def _after(execution: Execution, **changes: Any) -> Execution:
    return replace(execution, written=execution.written + 1, **changes)


def _intended(execution: Execution, record: Intended) -> StepRun:
    step = execution.plan.steps[record.place.path]
    terms = execution.plan.terms_of(step)
    return StepRun(
        id=record.step,
        number=record.number,
        place=record.place,
        attempt=record.attempt,
        name=step.name or terms.title,
        service=step.service,
        operation=terms.operation,
        kind=terms.kind,
        hears=terms.hears,
        inputs=record.inputs,
        filled=record.filled,
        secrets=record.secrets,
        started_at=record.at,
    )


def _step_after(
    step: StepRun, record: Accepted | Succeeded | Failed | Stopped | Withheld | Renewed
) -> StepRun:
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
        case _:
            assert_never(record)


def _doubted(execution: Execution, record: Doubted) -> Execution:
    step = execution.steps[record.step]
    unknown = _next_of_step(step, StepState.UNKNOWN)
    steps = {**execution.steps, step.id: replace(step, state=unknown, failure=record.failure)}
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
    others = (step for step in execution.open_steps() if step.id != cleared)
    undecided = any(step.state is StepState.UNKNOWN for step in others)
    if undecided or execution.state is not ExecutionState.UNDECIDED:
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
