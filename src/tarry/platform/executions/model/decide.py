"""The state machine of executions: events in, commands out. Pure, so that anything may drive it.

What it decides is written as records first; commands follow from records, and are carried out once
those are durable. So a start call is never made whose intent is not in the journal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from tarry.contract.kinds import Kind
from tarry.platform.executions.model import records
from tarry.platform.executions.model.advance import enter, leave
from tarry.platform.executions.model.commands import Command, Continue
from tarry.platform.executions.model.draft import (
    GIVEN_UP,
    NEVER_AGAIN,
    OUTCOME_UNKNOWN,
    Draft,
    failure_of,
    follow_failure,
    intend,
)
from tarry.platform.executions.model.events import (
    AbortAsked,
    Choice,
    ChoiceMade,
    Continued,
    Event,
    Happening,
    PlaceFree,
    Resumed,
    RetryDue,
    StartAsked,
    StepAccepted,
    StepBroke,
    StepCompleted,
    StepDoubted,
    StepReported,
    StepStopped,
    StepTold,
    StepWithheld,
)
from tarry.platform.executions.model.execution import Execution, Failure, StepRun
from tarry.platform.executions.model.following import commands_of
from tarry.platform.executions.model.inputs import outputs_of
from tarry.platform.executions.model.records import Record
from tarry.platform.executions.model.states import OVER, STOPPING, ExecutionState, StepState

NOT_STARTED = "It had not been started"


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of an event.

    Attributes:
        records: to be written, all or none, before any command is carried out.
    """

    execution: Execution
    records: tuple[Record, ...] = ()
    commands: tuple[Command, ...] = ()


def decide(execution: Execution, event: Event, now: datetime, *, hold: bool = False) -> Decision:
    """Tell what becomes of an execution when something happens to it.

    What cannot matter any more (the run is over, the step run is another's past) changes nothing.

    Args:
        execution: before it.
        event: what happened.
        now: the instant.
        hold: only take note: nothing new is begun. `Resumed` makes up for it later.
    """
    if execution.state in OVER:
        return Decision(execution)
    draft = Draft(execution, now)
    if not (hold and isinstance(event, RetryDue | PlaceFree)):
        _take(draft, event)
    begun = draft.execution.state is not ExecutionState.WAITING
    whole = isinstance(event, StartAsked | Resumed | Continued)
    if begun and not hold and (draft.records or whole):
        _go_on(draft, everywhere=whole)
    wanted = commands_of(draft.execution, draft.records)
    if draft.paused and draft.execution.state not in OVER:
        wanted = (*wanted, Continue())
    return Decision(draft.execution, tuple(draft.records), wanted)


def _take(draft: Draft, event: Event) -> None:
    match event:
        case StartAsked():
            if draft.execution.state is ExecutionState.WAITING:
                draft.add(records.Begun(at=draft.now))
        case Resumed():
            _take_up(draft)
        case Continued():
            pass
        case RetryDue(step=name):
            if name in draft.execution.pauses:
                _again(draft, draft.execution.steps[name])
        case PlaceFree(step=name):
            run = draft.execution.steps.get(name)
            if run is not None and run.held_back and draft.execution.state not in STOPPING:
                draft.add(records.Renewed(at=draft.now, step=name))
        case AbortAsked(by):
            _take_abort(draft, by)
        case ChoiceMade():
            _take_choice(draft, event)
        case StepReported():
            _take_report(draft, event)
        case StepTold():
            _take_told(draft, event)
        case (
            StepAccepted()
            | StepCompleted()
            | StepBroke()
            | StepWithheld()
            | StepDoubted()
            | StepStopped()
        ):
            step = draft.execution.steps.get(event.step)
            if step is not None and draft.execution.is_newest(step.id):
                _take_step(draft, step, event)
        case _:
            assert_never(event)


def _take_up(draft: Draft) -> None:
    """Begin what was withheld when the manager stopped."""
    if draft.execution.state in STOPPING:
        _stop_held_back(draft)
    for step in [step for step in draft.execution.open_steps() if step.held_back]:
        draft.add(records.Renewed(at=draft.now, step=step.id))


def _take_step(draft: Draft, step: StepRun, event: Happening) -> None:
    at, execution = draft.now, draft.execution
    under_way = step.state in {StepState.STARTING, StepState.RUNNING}
    match event:
        case StepAccepted(_, outputs, folder):
            if step.state is StepState.STARTING:
                draft.add(records.Accepted(at=at, step=step.id, outputs=outputs, folder=folder))
        case StepCompleted(_, outputs, note, folder):
            if under_way:
                _succeed(draft, step, outputs, note, folder)
        case StepBroke(_, code, reason):
            if under_way:
                failure = failure_of(execution, step, code, reason)
                _fail(draft, step, failure, certain=event.certain)
        case StepWithheld():
            if step.state is StepState.STARTING and not step.held_back:
                draft.add(records.Withheld(at=at, step=step.id))
        case StepDoubted(_, reason):
            if step.state is StepState.STARTING:
                failure = failure_of(execution, step, OUTCOME_UNKNOWN, reason)
                _doubt(draft, step, failure)
        case StepStopped(_, note):
            if not step.over and execution.state in STOPPING:
                draft.add(records.Stopped(at=at, step=step.id, note=note))
        case _:
            assert_never(event)


def _succeed(
    draft: Draft, step: StepRun, outputs: Mapping[str, str], note: str, folder: str
) -> None:
    draft.add(
        records.Succeeded(at=draft.now, step=step.id, outputs=outputs, note=note, folder=folder)
    )
    draft.completed.append(step.place)


def _fail(draft: Draft, step: StepRun, failure: Failure, *, certain: bool) -> None:
    draft.add(records.Failed(at=draft.now, step=step.id, failure=failure))
    if draft.execution.state in STOPPING:
        return
    sure = certain or draft.execution.terms_of(step).repeatable
    follow_failure(draft, step.id, again=sure and failure.code not in NEVER_AGAIN)
    if draft.execution.steps[step.id].done:
        draft.completed.append(step.place)


def _doubt(draft: Draft, step: StepRun, failure: Failure) -> None:
    """Have a person decide, unless the step may be called twice and has attempts left."""
    retries = draft.execution.plan.steps[step.place.path].retries
    again = step.attempt <= retries and draft.execution.terms_of(step).repeatable
    if again and draft.execution.state not in STOPPING:
        _fail(draft, step, failure, certain=False)
    else:
        draft.add(records.Doubted(at=draft.now, step=step.id, failure=failure))


def _again(draft: Draft, step: StepRun) -> None:
    """Make another attempt at a step."""
    run = intend(
        draft,
        draft.execution.plan.steps[step.place.path],
        step.place,
        attempt=step.attempt + 1,
    )
    if run.done:
        draft.completed.append(run.place)


def _take_report(draft: Draft, event: StepReported) -> None:
    """Believe an application: it may report before its start call is answered, or in spite of it.

    If nobody knew whether it was started, now they do.
    """
    step = draft.execution.steps.get(event.step)
    if step is None or step.over or not draft.execution.is_newest(step.id):
        return
    if step.kind is Kind.APPLICATION:
        _succeed(draft, step, event.outputs, "", step.folder)


def _take_told(draft: Draft, event: StepTold) -> None:
    if event.step in draft.execution.steps:
        draft.add(
            records.Told(
                at=draft.now,
                step=event.step,
                message=event.message,
                by=event.by,
                from_page=event.from_page,
                answer=event.answer,
            )
        )


def _take_abort(draft: Draft, by: str) -> None:
    if draft.execution.state is ExecutionState.WAITING:
        failure = Failure(code="aborted", message=f"Aborted by {by} before it began")
        draft.add(
            records.Ended(at=draft.now, state=ExecutionState.ABORTED, outputs={}, failure=failure)
        )
    elif draft.execution.state not in STOPPING:
        draft.add(records.AbortRequested(at=draft.now, by=by))
        _stop_held_back(draft)


def _stop_held_back(draft: Draft) -> None:
    """Stop what waits to be started: its service has not heard of it."""
    for step in [step for step in draft.execution.open_steps() if step.held_back]:
        draft.add(records.Stopped(at=draft.now, step=step.id, note=NOT_STARTED))


def _take_choice(draft: Draft, event: ChoiceMade) -> None:
    step = next((run for run in draft.execution.open_steps() if run.number == event.number), None)
    waiting = draft.execution.state is ExecutionState.UNDECIDED
    if step is None or step.state is not StepState.UNKNOWN or not waiting:
        return
    draft.add(records.Decided(at=draft.now, step=step.id, choice=event.choice, by=event.by))
    match event.choice:
        case Choice.AGAIN:
            _again(draft, step)
        case Choice.GIVE_UP:
            doubt = step.failure.message if step.failure else "outcome unknown"
            failure = Failure(
                code=GIVEN_UP, message=f"{doubt}; {event.by} gave the step up", step=step.id
            )
            _fail(draft, step, failure, certain=True)
        case _:
            assert_never(event.choice)


def _go_on(draft: Draft, *, everywhere: bool) -> None:
    """Start what may start now, or end the run.

    Args:
        draft: so far.
        everywhere: look at the whole document, and not only at what follows on what is done now.
    """
    execution = draft.execution
    if execution.state in OVER:
        return
    if execution.state in STOPPING:
        if not execution.open:
            _end_stopped(draft)
        return
    done = False
    if everywhere:
        done = enter(draft, execution.plan.document.body, ())
    else:
        for place in draft.completed:
            done = leave(draft, place) or done
    if draft.failure is not None:
        _break_off(draft, draft.failure)
    elif done:
        outputs = outputs_of(draft.execution)
        _end(draft, ExecutionState.SUCCEEDED, None, outputs)


def _break_off(draft: Draft, failure: Failure) -> None:
    """End the run with a failure; what is open is stopped first, and nothing new begins."""
    begun = (it.step for it in draft.records if isinstance(it, records.Intended | records.Renewed))
    for step in list(begun):
        if not draft.execution.steps[step].over:  # it has not been called yet
            draft.add(records.Stopped(at=draft.now, step=step, note=NOT_STARTED))
    _stop_held_back(draft)
    if draft.execution.open:
        draft.add(records.Broken(at=draft.now, failure=failure))
    else:
        _end(draft, ExecutionState.FAILED, failure)


def _end_stopped(draft: Draft) -> None:
    execution = draft.execution
    if execution.state is ExecutionState.FAILING:
        _end(draft, ExecutionState.FAILED, execution.failure)
    else:
        message = f"Aborted by {execution.abort_asked_by}"
        _end(draft, ExecutionState.ABORTED, Failure(code="aborted", message=message))


def _end(
    draft: Draft,
    state: ExecutionState,
    failure: Failure | None,
    outputs: Mapping[str, str] | None = None,
) -> None:
    draft.add(records.Ended(at=draft.now, state=state, outputs=outputs or {}, failure=failure))
