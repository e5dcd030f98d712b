"""What the executions need: a store, the services, and a word with the rooms below."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from tarry.contract.errors import Sort, TarryError
from tarry.contract.ports import Port
from tarry.platform.catalogue.model import PublishedWorkflow
from tarry.platform.executions.model.announcing import Announcement, Channel, Subscription
from tarry.platform.executions.model.calls import Answer, StepCall, Trouble
from tarry.platform.executions.model.execution import Execution, StepRun
from tarry.platform.executions.model.letters import Letter
from tarry.platform.executions.model.records import Record
from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.executions.model.views import EventView, RunView, StatusPage
from tarry.platform.kernel.model import (
    Caller,
    ExecutionId,
    ProjectId,
    StepRunId,
    UserId,
    Window,
    execution_of,
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


class ExecutionStore(Protocol):
    """Executions as everybody sees them, and the inbox of the manager."""

    def add(self, run: NewRun) -> None:
        """Keep a new execution, and the letter that asks the manager to begin it."""
        ...

    def post(self, letter: Letter) -> None:
        """Put a letter into the manager's inbox."""
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
    ) -> list[RunView]:
        """Give a project's executions, newest first; no states means all.

        Args:
            project: whose.
            window: which piece of the list.
            states: only these.
            asking: only those that need a person: a step waits for an answer, or for a decision.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An execution that the manager still has to do with, as it is kept.

    Attributes:
        snapshot: names document and services; `JournalStore.snapshot` gives them.
        records: the whole journal of it, in order.
        unreadable: why the journal cannot be read; empty if it can.
    """

    id: ExecutionId
    snapshot: str
    inputs: Mapping[str, str]
    records: tuple[Record, ...]
    unreadable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a service shows now for a step run. Overwritten, never journalled.

    Attributes:
        page: `None` leaves the page that is there.
        note: `None` leaves the note that is there.
    """

    page: StatusPage | None = None
    progress: float | None = None
    note: str | None = None


@dataclass(slots=True)
class Batch:
    """All that one commit of the manager writes.

    Attributes:
        records: execution, place in its journal from 1, record; in their order.
        executions: those whose state changed, as they are now.
        begun: the step runs that are new.
        steps: every step run that is new or changed, as it is now.
        letters: letters that need not be read again.
        settled: executions that the manager has nothing more to do with.
    """

    records: list[tuple[ExecutionId, int, Record]] = field(default_factory=list)
    executions: dict[ExecutionId, Execution] = field(default_factory=dict)
    begun: set[StepRunId] = field(default_factory=set)
    steps: dict[StepRunId, StepRun] = field(default_factory=dict)
    shown: dict[StepRunId, Shown] = field(default_factory=dict)
    letters: set[int] = field(default_factory=set)
    settled: set[ExecutionId] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.records or self.shown or self.letters or self.settled)

    @property
    def touched(self) -> set[ExecutionId]:
        """The executions that it says something about."""
        shown = {execution_of(step) for step in self.shown}
        return shown | {execution for execution, _, _ in self.records} | self.settled


class JournalStore(Protocol):
    """The journal. Only the manager uses it."""

    def letters(self, limit: int) -> list[Letter]:
        """Give the oldest letters."""
        ...

    def unsettled(self) -> list[Kept]:
        """Give every execution that was begun and is not settled."""
        ...

    def kept(self, executions: Iterable[ExecutionId]) -> list[Kept]:
        """Give executions that letters are about; those that are settled are left out."""
        ...

    def snapshot(self, name: str) -> Mapping[str, object]:
        """Give the document and the services that executions were started with."""
        ...

    def written(self, execution: ExecutionId) -> int:
        """Tell how many records the journal of an execution has."""
        ...

    def save(self, batch: Batch) -> None:
        """Write a batch.

        Raises:
            JournalBroken: there is a record already where one of these belongs.
        """
        ...


class CallFailed(TarryError):
    """A call to a service brought no answer that can be used.

    Attributes:
        trouble: what sort of trouble, as far as it matters for what is done next.
    """

    code = "call-failed"
    sort = Sort.UNAVAILABLE
    message = "{reason}"

    def __init__(self, trouble: Trouble, reason: str) -> None:
        super().__init__(reason=reason)
        self.trouble = trouble
        self.reason = reason


class Services(Protocol):
    """The services that steps use. Every call raises `CallFailed` if it brings no answer."""

    async def start(self, call: StepCall) -> Answer:
        """Make the start call; of a synchronous service, the call."""
        ...

    async def poll(self, call: StepCall, page_tag: str) -> Answer:
        """Ask for the status; `page_tag` names the page that we have."""
        ...

    async def last_page(self, call: StepCall) -> StatusPage | None:
        """Get the page that a Tarry service shows for a step that is over."""
        ...

    async def abort(self, call: StepCall, limit: timedelta) -> bool | None:
        """Ask to stop a step: whether it is stopped, or `None` if the service has no such thing."""
        ...


class Intercom(Protocol):
    """Brings messages to running steps; what drives them does not need it."""

    async def notify(self, call: StepCall, message: str) -> str:
        """Send a message to a step run, and give what its service says to it.

        Raises:
            CallFailed: it brought no answer; only `Trouble.LOST` may have arrived.
        """
        ...


class Workflows(Protocol):
    """The catalogue, as far as a start needs it."""

    async def published(self, caller: Caller, name: str) -> PublishedWorkflow:
        """Give the published version of a workflow.

        Raises:
            NotFound: there is none of that name, for this caller.
        """
        ...


class Permits(Protocol):
    """What a run was given by who started it: its token, its files and its secrets."""

    async def open(
        self,
        execution: ExecutionId,
        caller: Caller,
        files: Collection[str],
        secrets: Mapping[str, str],
    ) -> None:
        """Make the run's token valid, let it read these files, and keep its secrets durably.

        Raises:
            NotAllowed: the caller may not read one of them.
        """
        ...

    async def close(self, execution: ExecutionId) -> None:
        """End the run's token and forget its secrets; twice does no harm."""
        ...


class Vault(Protocol):
    """The secrets of runs that are not over. They are in no database and in no journal."""

    async def keep(self, execution: ExecutionId, secrets: Mapping[str, str]) -> None:
        """Keep the secrets of a run, by input of its workflow, durably."""
        ...

    async def secrets_of(self, execution: ExecutionId) -> Mapping[str, str]:
        """Give the secrets of a run; none if they were forgotten."""
        ...

    async def forget(self, execution: ExecutionId) -> None:
        """Remove the secrets of a run; twice does no harm."""
        ...

    async def known(self, older_than: timedelta) -> Collection[ExecutionId]:
        """Tell the runs whose secrets have been kept for so long."""
        ...


class Capabilities(Protocol):
    """Makes and reads what a service pushes with. Nothing of it is stored."""

    def push_capability(self, step_run: StepRunId) -> str:
        """Make the capability for one step run."""
        ...

    def pushed_step_run(self, capability: str) -> StepRunId | None:
        """Tell the step run that a capability is for; `None` if we did not give it."""
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


class NotDelivered(TarryError):
    """Somebody could not be told about a run."""

    code = "not-delivered"
    sort = Sort.UNAVAILABLE
    message = "{reason}"


class Messenger(Protocol):
    """Takes announcements to people."""

    async def deliver(self, address: str, announcement: Announcement) -> None:
        """Deliver one.

        Raises:
            NotDelivered: it may be tried again later.
        """
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
