"""From the journal to the state: what each record makes of an execution.

This, and nothing else, rebuilds executions after a restart; so it must give the same for an old
journal for ever, whatever `decide` would decide today.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

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
    Withheld,
)
from tarry.platform.executions.model.states import NEXT, NEXT_OF_STEP, ExecutionState, StepState


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
    execution = replace(execution, written=execution.written + 1)
    match record:
        case Begun():
            execution = replace(execution, started_at=record.at)
            return _to(execution, ExecutionState.RUNNING)
        case Intended():
            return _intended(execution, record)
        case Accepted() | Succeeded() | Failed() | Stopped():
            return _moved(execution, _step_after(execution.steps[record.step], record))
        case Doubted():
            step = _step_to(execution.steps[record.step], StepState.UNKNOWN)
            execution = _moved(execution, replace(step, failure=record.failure))
            if execution.state is ExecutionState.RUNNING:
                return _to(execution, ExecutionState.UNDECIDED)
            return execution
        case Withheld() | Renewed():
            held = isinstance(record, Withheld)
            return _moved(execution, replace(execution.steps[record.step], withheld=held))
        case Decided():
            # What becomes of the step follows as a record of its own.
            others = (step for step in execution.open_steps() if step.id != record.step)
            undecided = any(step.state is StepState.UNKNOWN for step in others)
            if undecided or record.choice is Choice.GIVE_UP:
                return execution
            return _to(execution, ExecutionState.RUNNING)
        case AbortRequested():
            execution = replace(execution, abort_asked_by=record.by)
            return _to(execution, ExecutionState.ABORTING)
        case Ended():
            return replace(
                _to(execution, record.state),
                ended_at=record.at,
                outputs=record.outputs,
                failure=record.failure,
            )
        case _:
            assert_never(record)


def _intended(execution: Execution, record: Intended) -> Execution:
    step = execution.plan.steps[record.place.path]
    terms = execution.plan.terms_of(step)
    run = StepRun(
        id=record.step,
        number=record.number,
        place=record.place,
        attempt=record.attempt,
        name=step.name or terms.title,
        service=step.service,
        operation=terms.operation,
        inputs=record.inputs,
        filled=record.filled,
        started_at=record.at,
    )
    return replace(
        execution,
        steps={**execution.steps, run.id: run},
        newest={**execution.newest, run.place: run.id},
    )


def _step_after(step: StepRun, record: Accepted | Succeeded | Failed | Stopped) -> StepRun:
    match record:
        case Accepted():
            step = _step_to(step, StepState.RUNNING)
            return replace(step, first_outputs=record.outputs, folder=record.folder)
        case Succeeded():
            return replace(
                _step_to(step, StepState.SUCCEEDED),
                outputs=record.outputs,
                note=record.note,
                folder=record.folder or step.folder,
                ended_at=record.at,
            )
        case Failed():
            step = _step_to(step, StepState.FAILED)
            return replace(step, failure=record.failure, ended_at=record.at)
        case Stopped():
            step = _step_to(step, StepState.ABORTED)
            return replace(step, note=record.note, ended_at=record.at)
        case _:
            assert_never(record)


def _moved(execution: Execution, step: StepRun) -> Execution:
    return replace(execution, steps={**execution.steps, step.id: step})


def _to(execution: Execution, state: ExecutionState) -> Execution:
    if state not in NEXT[execution.state]:
        raise ImpossibleMove(what=f"run {execution.id}", state=execution.state, to=state)
    return replace(execution, state=state)


def _step_to(step: StepRun, state: StepState) -> StepRun:
    if state not in NEXT_OF_STEP[step.state]:
        raise ImpossibleMove(what=f"step run {step.id}", state=step.state, to=state)
    return replace(step, state=state)
