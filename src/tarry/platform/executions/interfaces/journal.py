"""What the manager reads and writes. Only the manager uses it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tarry.platform.executions.model.execution import Execution, Place, StepRun
from tarry.platform.executions.model.facts import Fact
from tarry.platform.executions.model.letters import Letter
from tarry.platform.executions.model.records import Record
from tarry.platform.executions.model.views import StatusPage
from tarry.platform.kernel.model import (
    ExecutionId,
    ProjectId,
    StepRunId,
    execution_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An execution that the manager still has to do with, as it is kept.

    Attributes:
        snapshot: names document and services; `JournalStore.snapshot` gives them.
        records: the whole journal of it, in order.
        unreadable: why the journal cannot be read; empty if it can.
        resumed_from: the execution that it takes finished steps over from.
    """

    id: ExecutionId
    project: ProjectId
    snapshot: str
    inputs: Mapping[str, str]
    records: tuple[Record, ...]
    unreadable: str = ""
    resumed_from: ExecutionId | None = None


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
        facts: what was decided at the places of constructs, as it is now.
        letters: letters that need not be read again.
        settled: executions that the manager has nothing more to do with.
    """

    records: list[tuple[ExecutionId, int, Record]] = field(default_factory=list)
    executions: dict[ExecutionId, Execution] = field(default_factory=dict)
    begun: set[StepRunId] = field(default_factory=set)
    steps: dict[StepRunId, StepRun] = field(default_factory=dict)
    facts: dict[tuple[ExecutionId, Place], Fact] = field(default_factory=dict)
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
        """Give the oldest letters of each project, the projects in turn."""
        ...

    def unsettled(self) -> list[Kept]:
        """Give every execution that was begun and is not settled."""
        ...

    def kept(self, executions: Iterable[ExecutionId]) -> list[Kept]:
        """Give executions that letters are about; those that are settled are left out."""
        ...

    def earlier(self, execution: ExecutionId) -> Kept | None:
        """Give an execution that another one resumes, settled or not, if it is still kept."""
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
