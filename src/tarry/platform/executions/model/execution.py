"""One run of a workflow, as the manager knows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tarry.contract.kinds import Kind
from tarry.platform.executions.model.facts import Fact
from tarry.platform.executions.model.plan import Plan
from tarry.platform.executions.model.shelves import Row, Shelf
from tarry.platform.executions.model.states import STEP_OVER, ExecutionState, StepState
from tarry.platform.executions.model.terms import Terms
from tarry.platform.kernel.model import ExecutionId, ProjectId, StepRunId


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an execution or a step run ended badly.

    Attributes:
        code: says what sort of failure it is, and never changes.
        message: for people; it names workflow, step, service, operation and reason.
        step: the step run that it happened in.
    """

    code: str
    message: str
    step: StepRunId | None = None


class Place(NamedTuple):
    """Where a step stands in a run: its path in the document and the iterations around it.

    Attributes:
        path: the step's key in the document.
        iterations: of the loops around it, outermost first, counted from 0.
    """

    path: str
    iterations: tuple[int, ...] = ()

    @classmethod
    def read(cls, text: str) -> "Place":
        """Read what `str` gives of a place."""
        path, _, rest = text.partition("[")
        around = rest.rstrip("]")
        return cls(path, tuple(map(int, around.split(","))) if around else ())

    def __str__(self) -> str:
        around = ",".join(map(str, self.iterations))
        return f"{self.path}[{around}]" if around else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRun:
    """One attempt at a step.

    Attributes:
        number: counts the step runs of an execution, from 1.
        attempt: counts the attempts at the same place, from 1.
        name: of the step, for people.
        service: the URI of its service.
        inputs: the values it is started with, without what the manager fills in.
        withheld: we stopped before anything of the start call was sent; see `held_back`.
        filled: inputs that get what the manager knows; port to what it gets.
        kind: of its service.
        hears: messages can be sent to it while it runs.
        first_outputs: the outputs of the start answer, dummies; `None` while no answer came.
        folder: where the service keeps this run, if it said so.
        note: what a person should know about it although it is no failure.
        retry_at: it has failed, and when the next attempt is due.
        passed_over: it has failed, and the run goes on with what its document says instead; that
            is its `outputs` then.
        taken_from: the step run of an earlier run whose outputs were taken over; it was not called.
    """

    id: StepRunId
    number: int
    place: Place
    attempt: int
    name: str
    service: str
    operation: str
    kind: Kind = Kind.ASYNCHRONOUS
    hears: bool = False
    state: StepState = StepState.STARTING
    withheld: bool = False
    inputs: Mapping[str, str] = field(default_factory=dict)
    filled: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    first_outputs: Mapping[str, str] | None = None
    outputs: Mapping[str, str] = field(default_factory=dict)
    started_at: datetime
    ended_at: datetime | None = None
    failure: Failure | None = None
    folder: str = ""
    note: str = ""
    retry_at: datetime | None = None
    passed_over: bool = False
    taken_from: StepRunId | None = None

    @property
    def done(self) -> bool:
        """Whether what comes after it may go on."""
        return self.state is StepState.SUCCEEDED or self.passed_over

    @property
    def over(self) -> bool:
        """Whether nothing of it changes any more."""
        return self.state in STEP_OVER

    @property
    def held_back(self) -> bool:
        """Whether it is known that nothing of its start call was sent."""
        return self.withheld and self.state is StepState.STARTING


NO_PROJECT = ProjectId("")
"""Where it does not matter whose an execution is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One run of a workflow.

    Attributes:
        steps: every step run, in the order in which they were begun.
        newest: the latest attempt at each place.
        open: the numbers of the step runs that something may still become of.
        pauses: the step runs that failed and are tried again, and when.
        facts: what was decided at the place of each construct.
        failure: why it failed or, while its other step runs are being stopped, will have failed.
        abort_asked_by: who wants it aborted; empty if nobody does.
        written: how many records of it are in the journal.
        earlier: the finished step runs of the run that this one resumes, by place. They are not
            part of what the journal of this one says.
    """

    id: ExecutionId
    project: ProjectId = NO_PROJECT
    plan: Plan
    inputs: Mapping[str, str]
    state: ExecutionState = ExecutionState.WAITING
    steps: Row[StepRun] = field(default_factory=Row)
    newest: Shelf[Place, StepRunId] = field(default_factory=Shelf)
    open: Shelf[StepRunId, int] = field(default_factory=Shelf)
    pauses: Shelf[StepRunId, datetime] = field(default_factory=Shelf)
    facts: Shelf[Place, Fact] = field(default_factory=Shelf)
    outputs: Mapping[str, str] = field(default_factory=dict)
    failure: Failure | None = None
    abort_asked_by: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    written: int = 0
    earlier: Mapping[Place, StepRun] = field(default_factory=dict, compare=False, repr=False)

    def at(self, place: Place) -> StepRun | None:
        """Give the latest attempt at a place."""
        newest = self.newest.get(place)
        return None if newest is None else self.steps[newest]

    def is_newest(self, step: StepRunId) -> bool:
        """Tell whether a step run is the latest attempt at its place."""
        return self.newest.get(self.steps[step].place) == step

    def open_steps(self) -> Iterator[StepRun]:
        """Give the step runs that something may still become of, in their order."""
        for step in sorted(self.open, key=self.open.__getitem__):
            yield self.steps[step]

    def terms_of(self, step: StepRun) -> Terms:
        """Give the terms on which a step run uses its service."""
        return self.plan.terms[step.place.path]
