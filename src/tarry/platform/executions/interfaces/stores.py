"""What is kept of executions, as everybody but the manager sees it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tarry.contract.ports import Port
from tarry.platform.executions.model.announcing import Subscription
from tarry.platform.executions.model.letters import Letter
from tarry.platform.executions.model.listing import ALL, RunFilter
from tarry.platform.executions.model.requests import Answered
from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.executions.model.telling import Channel
from tarry.platform.executions.model.trials import Trial
from tarry.platform.executions.model.views import EventView, RunView, StatusPage
from tarry.platform.kernel.interfaces import Trail
from tarry.platform.kernel.model import (
    Caller,
    ExecutionId,
    ProjectId,
    StepRunId,
    UserId,
    Window,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How somebody wants to be told about their run.

    Attributes:
        address: a URL, or an e-mail address.
    """

    channel: Channel
    address: str


@dataclass(frozen=True, kw_only=True)
class NewRun:
    """An execution that somebody asks for.

    Attributes:
        snapshot: the workflow document and the services that it uses, as they are now. What is the
            same in many executions is kept once.
        resumed_from: the run that it goes on from: it takes over what that one has finished.
        rerun_of: the run that it repeats.
        trial: what it tries out; none: it is a run of a published workflow.
    """

    id: ExecutionId
    workflow: str
    title: str
    project: ProjectId
    owner: UserId
    owner_name: str
    created_at: datetime
    snapshot: Mapping[str, object] = field(repr=False)
    inputs: Mapping[str, str]
    input_ports: tuple[Port, ...] = ()
    output_ports: tuple[Port, ...] = ()
    wishes: tuple[Wish, ...] = ()
    resumed_from: ExecutionId | None = None
    rerun_of: ExecutionId | None = None
    trial: Trial | None = None


class ExecutionStore(Trail, Protocol):
    """Executions as everybody sees them, and the inbox of the manager.

    What somebody has done to them is written down in the same transaction.
    """

    def add(self, run: NewRun) -> None:
        """Keep a new execution, and the letter that asks the manager to begin it."""
        ...

    def post(self, letter: Letter) -> None:
        """Put a letter into the manager's inbox."""
        ...

    def answered(self, caller: Caller, key: str, since: datetime) -> Answered | None:
        """Give what a caller's request of that key was answered with, if it was since then."""
        ...

    def answer(self, caller: Caller, key: str, answer: Answered, now: datetime) -> Answered | None:
        """Keep what a request is answered with, unless it is known already: then give that.

        It holds between processes too: the second one waits until the first one's is durable.
        """
        ...

    def forget_answers(self, before: datetime) -> None:
        """Forget what was answered before an instant."""
        ...

    def run(self, execution: ExecutionId) -> RunView | None:
        """Give one execution with its steps."""
        ...

    def runs(
        self,
        project: ProjectId,
        window: Window,
        states: Collection[ExecutionState],
        *,
        asking: bool = False,
        matching: RunFilter = ALL,
    ) -> list[RunView]:
        """Give a project's executions, newest first; no states means all.

        Args:
            project: whose.
            window: which piece of the list.
            states: only these.
            asking: only those that need a person: a step waits for an answer, or for a decision.
            matching: only those that are like this.
        """
        ...

    def page(self, step: StepRunId) -> StatusPage | None:
        """Give the newest page of a step run."""
        ...

    def snapshot_of(self, execution: ExecutionId) -> Mapping[str, object]:
        """Give the document and the services that an execution was started with."""
        ...

    def events_after(
        self, after: int, *, project: ProjectId, execution: ExecutionId | None, limit: int
    ) -> list[EventView]:
        """Give what happened in a project, or in one execution of it, after an event."""
        ...

    def newest_event(self, execution: ExecutionId | None = None) -> int:
        """Give the id of the newest event, of all or of one execution; 0 if there is none."""
        ...

    def of_project(
        self, project: ProjectId, wanted: Collection[ExecutionId]
    ) -> frozenset[ExecutionId]:
        """Tell which of these executions are of a project."""
        ...


class AnnouncementStore(Protocol):
    """Who wants to be told about runs, and what they have been told."""

    def due(self, now: datetime, limit: int) -> list[Subscription]:
        """Give subscriptions to runs that are over or wait for somebody, longest due first."""
        ...

    def run(self, execution: ExecutionId) -> RunView | None:
        """Give one execution with its steps."""
        ...

    def told(self, subscription: int, keys: frozenset[str], *, over: bool) -> None:
        """Note what was told; if it is over, there is nothing more to tell."""
        ...

    def failed(
        self,
        subscription: int,
        keys: frozenset[str],
        tries: int,
        again: datetime | None,
        reason: str,
    ) -> None:
        """Note what was told, and why the rest was not; without a next time we give up."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OldRun:
    """A run that need not be kept any longer."""

    id: ExecutionId
    project: ProjectId


class RetentionStore(Protocol):
    """Executions, as far as they can be forgotten."""

    def old(self, before: datetime, limit: int) -> list[OldRun]:
        """Give runs that ended before an instant and are settled, oldest first."""
        ...

    def forget(self, execution: ExecutionId) -> None:
        """Remove a run with all that is known of it."""
        ...

    def drop_pages(self, before: datetime) -> int:
        """Remove the pages of runs that ended before an instant; tells how many there were."""
        ...
