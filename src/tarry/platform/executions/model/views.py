"""Executions as their readers see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port
from tarry.platform.executions.model.execution import Failure, Place
from tarry.platform.executions.model.facts import Fact, Items, Rounds, Side
from tarry.platform.executions.model.records import Told
from tarry.platform.executions.model.states import ExecutionState, StepState
from tarry.platform.executions.model.telling import TellingView
from tarry.platform.executions.model.trials import Trial
from tarry.platform.kernel.model import ExecutionId, ProjectId, StepRunId, UserId


@dataclass(frozen=True, kw_only=True)
class StepView:
    """One attempt at a step.

    Attributes:
        number: counts the step runs of an execution, from 1.
        key: the step's place in the document, and the iterations around it.
        service: the service's URI.
        progress: percent, if the newest page shows one.
        attempt: counts the attempts at the same place, from 1.
        inputs: what it was started with, without what the manager fills in.
        folder: where the service keeps this run, if it said so.
        page_tag: changes when the page changes; empty while there is none.
        note: what a person should know, such as that the service cannot be reached.
        kind: of its service.
        hears: messages can be sent to it while it runs.
        retry_at: it has failed, and the next attempt is made then.
        passed_over: it has failed, and the run goes on with these outputs instead.
        taken_from: the step run of an earlier run that these outputs were taken over from; its last
            page is that one's.
    """

    id: StepRunId
    number: int
    key: str
    name: str
    service: str
    operation: str
    state: StepState
    progress: float | None
    attempt: int
    started_at: datetime
    ended_at: datetime | None
    failure: Failure | None
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    folder: str
    page_tag: str
    note: str
    kind: Kind = Kind.ASYNCHRONOUS
    hears: bool = False
    retry_at: datetime | None = None
    passed_over: bool = False
    taken_from: StepRunId | None = None

    @property
    def place(self) -> Place:
        """Where it stands: the path in the document, and rounds and items, outermost first."""
        return Place.read(self.key)

    @property
    def waits(self) -> bool:
        """Whether it shows a page and waits for an answer, of a person or of a service."""
        return self.kind is Kind.APPLICATION and self.state is StepState.RUNNING


@dataclass(frozen=True, kw_only=True)
class MessageView:
    """A message that was sent to a step run.

    Attributes:
        by: whose words they are.
        from_page: the step's own status page sent it while that person looked at it.
        answer: of the service; `None` if nobody knows whether the message arrived.
    """

    step: StepRunId
    at: datetime
    text: str
    by: str
    from_page: bool
    answer: str | None


class ConstructKind(StrEnum):
    """What orders the steps of a document, and has decided something on the way."""

    BRANCH = "branch"
    LOOP = "loop"
    FOR_EACH = "for-each"


@dataclass(frozen=True, kw_only=True)
class ConstructView:
    """A branch, loop or for-each that a run has come to.

    Attributes:
        key: its place in the document, and the iterations around it.
        side: `then` or `else`, of a branch.
        count: rounds that were begun, or items.
        over: nothing is left to do or to decide in it; a branch is over once it is decided.
    """

    key: str
    kind: ConstructKind
    side: str | None = None
    count: int | None = None
    over: bool = False


@dataclass(frozen=True, kw_only=True)
class RunView:
    """One run of a workflow.

    Attributes:
        workflow: its name, or that of the service that is tried out; `title` is for people.
        owner: who started it; `owner_name` is for people.
        outputs: lexical forms; empty until it has succeeded.
        steps: every step run so far, in their order.
        messages: what was sent to its step runs; left out where many runs are listed.
        constructs: what was decided on the way, by place; left out where many runs are listed.
        resumed_from: the run that it goes on from.
        rerun_of: the run that it repeats.
        tellings: who wants to be told about it; left out where many runs are listed.
        trial: what it tries out; none: it is a run of a published workflow.
    """

    id: ExecutionId
    workflow: str
    title: str
    state: ExecutionState
    owner: UserId
    owner_name: str
    project: ProjectId
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    input_ports: tuple[Port, ...]
    output_ports: tuple[Port, ...]
    failure: Failure | None
    steps: tuple[StepView, ...]
    messages: tuple[MessageView, ...] = ()
    constructs: tuple[ConstructView, ...] = ()
    resumed_from: ExecutionId | None = None
    rerun_of: ExecutionId | None = None
    tellings: tuple[TellingView, ...] = ()
    trial: Trial | None = None

    @property
    def waits(self) -> bool:
        """Whether one of its steps waits for an answer."""
        return any(step.waits for step in self.steps)

    @property
    def asks(self) -> bool:
        """Whether it needs a person: to answer a step, or to decide about one."""
        going_on = self.state is ExecutionState.RUNNING
        return self.state is ExecutionState.UNDECIDED or (going_on and self.waits)


@dataclass(frozen=True, kw_only=True)
class EventView:
    """One record of the journal, without its values.

    Attributes:
        id: counts up over all executions; what comes later has a higher one.
        kind: what happened, such as `accepted`.
        step: the step run that it happened to.
        by: the person who did it; empty if it was no person.
        choice: `again` or `give-up`, of a decision.
    """

    id: int
    execution: ExecutionId
    kind: str
    at: datetime
    step: StepRunId | None
    by: str = ""
    choice: str = ""


@dataclass(frozen=True, kw_only=True)
class StatusPage:
    """The newest page that a service showed for a step run. It is untrusted.

    Attributes:
        application: it is the page of an application, and has to be told whom to report to.
    """

    content: bytes
    tag: str
    application: bool = False


def message_view(told: Told) -> MessageView:
    """Show a record of a message."""
    return MessageView(
        step=told.step,
        at=told.at,
        text=told.message,
        by=told.by,
        from_page=told.from_page,
        answer=told.answer,
    )


def construct_view(place: Place, fact: Fact) -> ConstructView:
    """Show what was decided at a place."""
    key = str(place)
    match fact:
        case Side(then):
            side = "then" if then else "else"
            return ConstructView(key=key, kind=ConstructKind.BRANCH, side=side, over=True)
        case Rounds(begun=begun, over=over):
            return ConstructView(key=key, kind=ConstructKind.LOOP, count=begun, over=over)
        case Items(items=items):
            count, over = len(items), fact.over
            return ConstructView(key=key, kind=ConstructKind.FOR_EACH, count=count, over=over)
        case _:
            assert_never(fact)


def with_pending_retries(state: ExecutionState, steps: Sequence[StepView]) -> tuple[StepView, ...]:
    """Leave out when a next attempt was due if it has been made, or never will be."""
    goes_on = state in {ExecutionState.RUNNING, ExecutionState.UNDECIDED}
    newest = {step.key: step.number for step in steps}
    return tuple(
        step
        if step.retry_at is None or (goes_on and newest[step.key] == step.number)
        else replace(step, retry_at=None)
        for step in steps
    )
