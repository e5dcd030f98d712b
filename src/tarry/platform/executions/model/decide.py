"""The state machine of executions: events in, commands out. Pure, so that anything may drive it.

What it decides is written as records first; commands follow from records, and are carried out once
those are durable. So a start call is never made whose intent is not in the journal.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from tarry.contract.kinds import Kind
from tarry.platform.executions.model import records
from tarry.platform.executions.model.commands import (
    Abort,
    Command,
    Dismiss,
    FetchLastPage,
    Recover,
    Settle,
    Start,
    Watch,
)
from tarry.platform.executions.model.events import (
    AbortAsked,
    Choice,
    ChoiceMade,
    Event,
    Happening,
    Resumed,
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
from tarry.platform.executions.model.evolve import evolve
from tarry.platform.executions.model.execution import Execution, Failure, Place, StepRun
from tarry.platform.executions.model.records import Record
from tarry.platform.executions.model.states import OVER, ExecutionState, StepState
from tarry.platform.executions.model.survey import inputs_of, outputs_of, survey
from tarry.platform.kernel.model import StepRunId
from tarry.platform.workflows.model import Step

GIVEN_UP = "given-up"
OUTCOME_UNKNOWN = "outcome-unknown"


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of an event.

    Attributes:
        records: to be written, all or none, before any command is carried out.
    """

    execution: Execution
    records: tuple[Record, ...] = ()
    commands: tuple[Command, ...] = ()


@dataclass(slots=True)
class _Draft:
    execution: Execution
    now: datetime
    records: list[Record] = field(default_factory=list)

    def add(self, record: Record) -> None:
        self.execution = evolve(self.execution, record)
        self.records.append(record)


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
    draft = _Draft(execution, now)
    _take(draft, event)
    begun = draft.execution.state is not ExecutionState.WAITING
    if begun and not hold and (draft.records or isinstance(event, Resumed)):
        _go_on(draft)
    return Decision(draft.execution, tuple(draft.records), _commands(draft))


def recover(execution: Execution) -> tuple[Command, ...]:
    """Tell what has to be done for an execution after a restart of the manager.

    What it would begin then is the answer to `Resumed`.
    """
    if execution.state in OVER:
        return (*_last_pages(execution, execution.newest.values()), Settle())
    commands: list[Command] = []
    for step in execution.open_steps():
        if execution.state is ExecutionState.ABORTING and not step.held_back:
            commands.append(Abort(step.id))
        elif step.state is StepState.STARTING and not step.held_back:
            commands.append(Recover(step.id))
        elif step.state is StepState.RUNNING:
            commands.append(Watch(step.id))
    return tuple(commands)


def _take(draft: _Draft, event: Event) -> None:
    match event:
        case StartAsked():
            if draft.execution.state is ExecutionState.WAITING:
                draft.add(records.Begun(at=draft.now))
        case Resumed():
            _take_up(draft)
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
            if step is not None and draft.execution.newest.get(step.place) == step.id:
                _take_step(draft, step, event)
        case _:
            assert_never(event)


def _take_up(draft: _Draft) -> None:
    """Begin what was withheld when the manager stopped."""
    aborting = draft.execution.state is ExecutionState.ABORTING
    for step in [step for step in draft.execution.open_steps() if step.held_back]:
        if aborting:
            note = "It had not been started"
            draft.add(records.Stopped(at=draft.now, step=step.id, note=note))
        else:
            draft.add(records.Renewed(at=draft.now, step=step.id))


def _take_step(draft: _Draft, step: StepRun, event: Happening) -> None:
    at, execution = draft.now, draft.execution
    under_way = step.state in {StepState.STARTING, StepState.RUNNING}
    match event:
        case StepAccepted(_, outputs, folder):
            if step.state is StepState.STARTING:
                draft.add(records.Accepted(at=at, step=step.id, outputs=outputs, folder=folder))
        case StepCompleted(_, outputs, note, folder):
            if under_way:
                draft.add(
                    records.Succeeded(
                        at=at, step=step.id, outputs=outputs, note=note, folder=folder
                    )
                )
        case StepBroke(_, code, reason):
            if under_way:
                failure = failure_of(execution, step, code, reason)
                draft.add(records.Failed(at=at, step=step.id, failure=failure))
        case StepWithheld():
            if step.state is StepState.STARTING and not step.held_back:
                draft.add(records.Withheld(at=at, step=step.id))
        case StepDoubted(_, reason):
            if step.state is StepState.STARTING:
                failure = failure_of(execution, step, OUTCOME_UNKNOWN, reason)
                draft.add(records.Doubted(at=at, step=step.id, failure=failure))
        case StepStopped(_, note):
            if not step.over and execution.state is ExecutionState.ABORTING:
                draft.add(records.Stopped(at=at, step=step.id, note=note))
        case _:
            assert_never(event)


def _take_report(draft: _Draft, event: StepReported) -> None:
    """Believe an application: it may report before its start call is answered, or in spite of it.

    If nobody knew whether it was started, now they do.
    """
    step = draft.execution.steps.get(event.step)
    if step is None or step.over or draft.execution.newest.get(step.place) != step.id:
        return
    if step.kind is Kind.APPLICATION:
        report = records.Succeeded(
            at=draft.now, step=step.id, outputs=event.outputs, note="", folder=step.folder
        )
        draft.add(report)


def _take_told(draft: _Draft, event: StepTold) -> None:
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


def _take_abort(draft: _Draft, by: str) -> None:
    if draft.execution.state is ExecutionState.WAITING:
        failure = Failure(code="aborted", message=f"Aborted by {by} before it began")
        draft.add(
            records.Ended(at=draft.now, state=ExecutionState.ABORTED, outputs={}, failure=failure)
        )
    elif draft.execution.state is not ExecutionState.ABORTING:
        draft.add(records.AbortRequested(at=draft.now, by=by))


def _take_choice(draft: _Draft, event: ChoiceMade) -> None:
    step = next((run for run in draft.execution.open_steps() if run.number == event.number), None)
    waiting = draft.execution.state is ExecutionState.UNDECIDED
    if step is None or step.state is not StepState.UNKNOWN or not waiting:
        return
    draft.add(records.Decided(at=draft.now, step=step.id, choice=event.choice, by=event.by))
    match event.choice:
        case Choice.AGAIN:
            document_step = draft.execution.plan.steps[step.place.path]
            _intend(draft, document_step, step.place, step.attempt + 1)
        case Choice.GIVE_UP:
            doubt = step.failure.message if step.failure else "outcome unknown"
            failure = Failure(
                code=GIVEN_UP, message=f"{doubt}; {event.by} gave the step up", step=step.id
            )
            draft.add(records.Failed(at=draft.now, step=step.id, failure=failure))
        case _:
            assert_never(event.choice)


def _go_on(draft: _Draft) -> None:
    """Start what may start now, or end the run."""
    execution = draft.execution
    if execution.state in OVER:
        return
    if execution.state is ExecutionState.ABORTING:
        if not any(execution.open_steps()):
            message = f"Aborted by {execution.abort_asked_by}"
            _end(draft, ExecutionState.ABORTED, Failure(code="aborted", message=message))
        return
    found = survey(execution)
    if found.broken is not None:
        _end(draft, ExecutionState.FAILED, found.broken.failure)
    elif found.done:
        _end(draft, ExecutionState.SUCCEEDED, None)
    else:
        for step, place in found.ready:
            _intend(draft, step, place, 1)


def _end(draft: _Draft, state: ExecutionState, failure: Failure | None) -> None:
    outputs = outputs_of(draft.execution) if state is ExecutionState.SUCCEEDED else {}
    draft.add(records.Ended(at=draft.now, state=state, outputs=outputs, failure=failure))


def _intend(draft: _Draft, step: Step, place: Place, attempt: int) -> None:
    given = inputs_of(draft.execution, step, place)
    number = len(draft.execution.steps) + 1
    draft.add(
        records.Intended(
            at=draft.now,
            step=StepRunId(f"{draft.execution.id}_{number}"),
            number=number,
            place=place,
            attempt=attempt,
            inputs=given.values,
            filled=given.filled,
            secrets=given.secrets,
        )
    )


def _commands(draft: _Draft) -> tuple[Command, ...]:
    commands: list[Command] = []
    for record in draft.records:
        match record:
            case records.Intended() | records.Renewed():
                commands.append(Start(record.step))
            case records.AbortRequested():
                commands += [Abort(step.id) for step in draft.execution.open_steps()]
            case records.Succeeded() | records.Failed() | records.Stopped():
                if draft.execution.steps[record.step].kind is Kind.APPLICATION:
                    commands.append(Dismiss(record.step))
                commands += _last_pages(draft.execution, [record.step])
            case records.Ended():
                commands.append(Settle())
            case (
                records.Begun()
                | records.Accepted()
                | records.Withheld()
                | records.Doubted()
                | records.Decided()
                | records.Told()
            ):
                pass
            case _:
                assert_never(record)
    return tuple(commands)


def _last_pages(execution: Execution, steps: Iterable[StepRunId]) -> list[Command]:
    runs = [execution.steps[step] for step in steps]
    return [
        FetchLastPage(run.id)
        for run in runs
        if run.over and run.kind is Kind.ASYNCHRONOUS and execution.terms_of(run).at_most_once
    ]


def failure_of(execution: Execution, step: StepRun, code: str, reason: str) -> Failure:
    """Say where something went wrong, and why."""
    workflow = execution.plan.document.name
    where = f"step {step.name!r} ({step.place})" if step.name else f"step {step.place}"
    service = f"service {execution.terms_of(step).name}, operation {step.operation}"
    return Failure(
        code=code, message=f"Workflow {workflow}, {where}, {service}: {reason}", step=step.id
    )
