"""What comes of one event, while it is being worked out."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tarry.platform.executions.model import records
from tarry.platform.executions.model.evolve import evolve
from tarry.platform.executions.model.execution import Execution, Failure, Place, StepRun
from tarry.platform.executions.model.inputs import StepInputs, inputs_of
from tarry.platform.executions.model.records import Record
from tarry.platform.kernel.model import StepRunId
from tarry.platform.workflows.model import Step

GIVEN_UP = "given-up"
OUTCOME_UNKNOWN = "outcome-unknown"
UNDEFINED = "undefined-value"
NEVER_AGAIN = frozenset({GIVEN_UP, UNDEFINED, "address-refused"})
"""Failures that another attempt would meet as well, or that a person decided."""
LONGEST_PAUSE = timedelta(days=7)
MOST_AT_ONCE = 250
"""So many pieces of one document are begun before other executions get their turn."""


@dataclass(slots=True)
class Draft:
    """An execution, and the records that have made it what it is.

    Attributes:
        completed: places of steps that are done now, so that what follows may begin.
        failure: the execution cannot go on, and why.
        moves: so many pieces of the document were begun.
        paused: there is more to do than should be done at once.
    """

    execution: Execution
    now: datetime
    records: list[Record] = field(default_factory=list)
    completed: list[Place] = field(default_factory=list)
    failure: Failure | None = None
    moves: int = 0
    paused: bool = False

    @property
    def at_rest(self) -> bool:
        """Whether nothing more begins."""
        return self.paused or self.failure is not None

    def may_move(self) -> bool:
        """Count a piece that is begun, if there have not been enough for once."""
        if self.moves >= MOST_AT_ONCE:
            self.paused = True
            return False
        self.moves += 1
        return True

    def add(self, record: Record) -> None:
        """Write a record."""
        self.execution = evolve(self.execution, record)
        self.records.append(record)

    def fail(self, failure: Failure) -> None:
        """Say that the execution cannot go on; the first failure counts."""
        self.failure = self.failure or failure

    def fail_at(self, place: Place, code: str, reason: str) -> None:
        """Say that it cannot go on at a construct."""
        workflow = self.execution.plan.document.name
        self.fail(Failure(code=code, message=f"Workflow {workflow}, at {place}: {reason}"))


def begin(draft: Draft, step: Step, place: Place) -> bool:
    """Begin a step, or take it over from the run that this one resumes; tells whether it is done.

    A step that lacks a required value fails where it stands, and is not called.
    """
    if not draft.may_move():
        return False
    given = inputs_of(draft.execution, step, place)
    known = _finished(draft, step, place, given)
    if known is not None:
        _take_over(draft, place, known)
        return True
    run = intend(draft, step, place, attempt=1, given=given)
    return run.done


def intend(
    draft: Draft, step: Step, place: Place, *, attempt: int, given: StepInputs | None = None
) -> StepRun:
    """Write the intent to start a step run, and give it."""
    given = given or inputs_of(draft.execution, step, place)
    number = len(draft.execution.steps) + 1
    name = StepRunId(f"{draft.execution.id}_{number}")
    draft.add(
        records.Intended(
            at=draft.now,
            step=name,
            number=number,
            place=place,
            attempt=attempt,
            inputs=given.values,
            filled=given.filled,
            secrets=given.secrets,
        )
    )
    if given.missing:
        run = draft.execution.steps[name]
        reason = f"there is no value for its required input: {', '.join(given.missing)}"
        failure = failure_of(draft.execution, run, UNDEFINED, reason)
        draft.add(records.Failed(at=draft.now, step=name, failure=failure))
        follow_failure(draft, name, again=False)
    return draft.execution.steps[name]


def follow_failure(draft: Draft, name: StepRunId, *, again: bool) -> None:
    """Decide what follows on a step run that has failed: another attempt, to go on, or the end.

    Args:
        draft: after the failure.
        name: the step run.
        again: nothing speaks against another attempt but the number of those that were made.
    """
    run = draft.execution.steps[name]
    step = draft.execution.plan.steps[run.place.path]
    if again and run.attempt <= step.retries:
        doubled = step.retry_pause * 2.0 ** min(run.attempt - 1, 30)
        due = draft.now + min(doubled, LONGEST_PAUSE)
        draft.add(records.RetryPlanned(at=draft.now, step=name, due=due))
    elif step.on_failure is not None:
        draft.add(records.PassedOver(at=draft.now, step=name, outputs=dict(step.on_failure)))
    elif run.failure is not None:
        draft.fail(run.failure)


def failure_of(execution: Execution, step: StepRun, code: str, reason: str) -> Failure:
    """Say where something went wrong, and why."""
    workflow = execution.plan.document.name
    where = f"step {step.name!r} ({step.place})" if step.name else f"step {step.place}"
    service = f"service {execution.terms_of(step).name}, operation {step.operation}"
    return Failure(
        code=code, message=f"Workflow {workflow}, {where}, {service}: {reason}", step=step.id
    )


def _finished(draft: Draft, step: Step, place: Place, given: StepInputs) -> StepRun | None:
    """Give the finished step run that was given the same, by nothing that was done anew."""
    known = draft.execution.earlier.get(place)
    if known is None or given.fresh or given.missing or known.service != step.service:
        return None
    mine = (given.values, given.filled, given.secrets)
    return known if mine == (known.inputs, known.filled, known.secrets) else None


def _take_over(draft: Draft, place: Place, known: StepRun) -> None:
    number = len(draft.execution.steps) + 1
    draft.add(
        records.TakenOver(
            at=draft.now,
            step=StepRunId(f"{draft.execution.id}_{number}"),
            number=number,
            place=place,
            origin=known.taken_from or known.id,
            inputs=known.inputs,
            outputs=known.outputs,
            filled=known.filled,
            secrets=known.secrets,
            folder=known.folder,
            note=known.note,
        )
    )
