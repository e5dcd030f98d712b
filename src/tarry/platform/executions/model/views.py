"""Executions as their readers see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port
from tarry.platform.executions.model.execution import Failure
from tarry.platform.executions.model.records import Told
from tarry.platform.executions.model.states import ExecutionState, StepState
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


@dataclass(frozen=True, kw_only=True)
class RunView:
    """One run of a workflow.

    Attributes:
        workflow: its name; `title` is for people.
        owner: who started it; `owner_name` is for people.
        outputs: lexical forms; empty until it has succeeded.
        steps: every step run so far, in their order.
        messages: what was sent to its step runs; left out where many runs are listed.
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
    """

    id: int
    execution: ExecutionId
    kind: str
    at: datetime
    step: StepRunId | None


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
