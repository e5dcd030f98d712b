"""Executions that live in memory, held to the same tests as those in a database."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from tarry.contract.kinds import Kind
from tarry.platform.executions.errors import JournalBroken
from tarry.platform.executions.interfaces import Batch, Kept, NewRun
from tarry.platform.executions.model.events import StartAsked
from tarry.platform.executions.model.execution import Place, StepRun
from tarry.platform.executions.model.journal import kind_of
from tarry.platform.executions.model.letters import Letter
from tarry.platform.executions.model.listing import ALL, RunFilter
from tarry.platform.executions.model.records import Record, Told
from tarry.platform.executions.model.requests import Answered
from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.executions.model.telling import TellingView
from tarry.platform.executions.model.views import (
    ConstructView,
    EventView,
    RunView,
    StatusPage,
    StepView,
    construct_view,
    message_view,
    with_pending_retries,
)
from tarry.platform.kernel.model import (
    Caller,
    Deed,
    ExecutionId,
    ProjectId,
    StepRunId,
    Window,
    execution_of,
)


@dataclass
class MemoryExecutions:
    """Both sides of the store: what everybody sees, and the manager's."""

    rows: dict[ExecutionId, RunView] = field(default_factory=dict)
    snapshots: dict[ExecutionId, Mapping[str, object]] = field(default_factory=dict)
    steps: dict[StepRunId, StepView] = field(default_factory=dict)
    pages: dict[StepRunId, StatusPage] = field(default_factory=dict)
    journal: list[tuple[int, ExecutionId, int, Record]] = field(default_factory=list)
    inbox: list[Letter] = field(default_factory=list)
    constructs: dict[tuple[ExecutionId, str], ConstructView] = field(default_factory=dict)
    settled: set[ExecutionId] = field(default_factory=set)
    answers: dict[tuple[str, str, str], tuple[Answered, datetime]] = field(default_factory=dict)
    deeds: list[Deed] = field(default_factory=list)
    numbers: int = 0

    def __deepcopy__(self, memo: object) -> "MemoryExecutions":
        # What it holds is frozen, so that a copy of the containers is a copy.
        return MemoryExecutions(
            rows=dict(self.rows),
            snapshots=dict(self.snapshots),
            steps=dict(self.steps),
            pages=dict(self.pages),
            journal=list(self.journal),
            inbox=list(self.inbox),
            constructs=dict(self.constructs),
            settled=set(self.settled),
            answers=dict(self.answers),
            deeds=list(self.deeds),
            numbers=self.numbers,
        )

    def add_deed(self, deed: Deed) -> None:
        self.deeds.append(deed)

    def claim(self, deed: Deed) -> None:
        del deed

    def release(self, caller: Caller) -> None:
        del caller

    def add(self, run: NewRun) -> None:
        self.rows[run.id] = RunView(
            id=run.id,
            workflow=run.workflow,
            title=run.title,
            state=ExecutionState.WAITING,
            owner=run.owner,
            owner_name=run.owner_name,
            project=run.project,
            created_at=run.created_at,
            started_at=None,
            ended_at=None,
            inputs=run.inputs,
            outputs={},
            input_ports=run.input_ports,
            output_ports=run.output_ports,
            failure=None,
            steps=(),
            resumed_from=run.resumed_from,
            rerun_of=run.rerun_of,
            trial=run.trial,
            tellings=tuple(
                TellingView(channel=wish.channel, address=wish.address) for wish in run.wishes
            ),
        )
        self.snapshots[run.id] = run.snapshot
        self.post(Letter(run.id, StartAsked()))

    def post(self, letter: Letter) -> None:
        self.numbers += 1
        self.inbox.append(replace(letter, id=self.numbers))

    def answered(self, caller: Caller, key: str, since: datetime) -> Answered | None:
        answer, at = self.answers.get((caller.project, caller.user, key), (None, since))
        return answer if at >= since else None

    def answer(self, caller: Caller, key: str, answer: Answered, now: datetime) -> Answered | None:
        name = (caller.project, caller.user, key)
        if name in self.answers:
            return self.answers[name][0]
        self.answers[name] = (answer, now)
        return None

    def forget_answers(self, before: datetime) -> None:
        self.answers = {name: kept for name, kept in self.answers.items() if kept[1] >= before}

    def run(self, execution: ExecutionId) -> RunView | None:
        row = self.rows.get(execution)
        if row is None:
            return None
        mine = [step for name, step in self.steps.items() if execution_of(name) == execution]
        told = [record for _, name, _, record in self.journal if name == execution]
        decided = [view for (name, _), view in self.constructs.items() if name == execution]
        mine.sort(key=lambda step: step.number)
        return replace(
            row,
            steps=with_pending_retries(row.state, mine),
            constructs=tuple(sorted(decided, key=lambda view: Place.read(view.key))),
            messages=tuple(message_view(record) for record in told if isinstance(record, Told)),
        )

    def runs(
        self,
        project: ProjectId,
        window: Window,
        states: Collection[ExecutionState],
        *,
        asking: bool = False,
        matching: RunFilter = ALL,
    ) -> list[RunView]:
        found = [
            run
            for name in self.rows
            if (run := self.run(name))
            and run.project == project
            and (not states or run.state in states)
            and (not asking or run.asks)
            and is_before(run, window)
            and is_like(run, matching)
        ]
        found.sort(key=lambda run: (run.created_at, run.id), reverse=True)
        return found[: window.limit]

    def page(self, step: StepRunId) -> StatusPage | None:
        found = self.pages.get(step)
        if found is None:
            return None
        return replace(found, application=self.steps[step].kind is Kind.APPLICATION)

    def snapshot_of(self, execution: ExecutionId) -> Mapping[str, object]:
        return self.snapshots[execution]

    def events_after(
        self, after: int, *, project: ProjectId, execution: ExecutionId | None, limit: int
    ) -> list[EventView]:
        return [
            EventView(
                id=number,
                execution=name,
                kind=kind_of(record),
                at=record.at,
                step=getattr(record, "step", None),
                by=getattr(record, "by", ""),
                choice=getattr(record, "choice", ""),
            )
            for number, name, _, record in self.journal
            if number > after and self.rows[name].project == project and execution in {None, name}
        ][:limit]

    def newest_event(self, execution: ExecutionId | None = None) -> int:
        mine = [number for number, name, _, _ in self.journal if execution in {None, name}]
        return max(mine, default=0)

    def of_project(
        self, project: ProjectId, wanted: Collection[ExecutionId]
    ) -> frozenset[ExecutionId]:
        return frozenset(
            it for it in wanted if it in self.rows and self.rows[it].project == project
        )

    def letters(self, limit: int) -> list[Letter]:
        before: Counter[ProjectId] = Counter()
        turns: list[tuple[int, Letter]] = []
        for letter in self.inbox:
            project = self.rows[letter.execution].project
            turns.append((before[project], letter))
            before[project] += 1
        return [letter for _, letter in sorted(turns, key=lambda turn: turn[0])][:limit]

    def unsettled(self) -> list[Kept]:
        return [kept for kept in self.kept(self.rows) if kept.records]

    def kept(self, executions: Iterable[ExecutionId]) -> list[Kept]:
        return [
            Kept(
                id=name,
                project=self.rows[name].project,
                snapshot=name,
                inputs=self.rows[name].inputs,
                records=tuple(record for _, mine, _, record in self.journal if mine == name),
                resumed_from=self.rows[name].resumed_from,
            )
            for name in executions
            if name in self.rows and name not in self.settled
        ]

    def earlier(self, execution: ExecutionId) -> Kept | None:
        settled, self.settled = self.settled, set()
        try:
            return next(iter(self.kept([execution])), None)
        finally:
            self.settled = settled

    def snapshot(self, name: str) -> Mapping[str, object]:
        return self.snapshots[ExecutionId(name)]

    def written(self, execution: ExecutionId) -> int:
        return sum(name == execution for _, name, _, _ in self.journal)

    def save(self, batch: Batch) -> None:
        for name, seq, record in batch.records:
            if seq <= self.written(name):
                raise JournalBroken(run=name)
            self.journal.append((len(self.journal) + 1, name, seq, record))
        for step in batch.steps.values():
            self._save_step(step)
        for (name, place), fact in batch.facts.items():
            decided = construct_view(place, fact)
            self.constructs[name, decided.key] = decided
        for shown_step, shown in batch.shown.items():
            view = self.steps[shown_step]
            if shown.page is not None:
                self.pages[shown_step] = shown.page
                view = replace(view, page_tag=shown.page.tag, progress=shown.progress)
            if shown.note is not None:
                view = replace(view, note=shown.note)
            self.steps[shown_step] = view
        for execution in batch.executions.values():
            self.rows[execution.id] = replace(
                self.rows[execution.id],
                state=execution.state,
                started_at=execution.started_at,
                ended_at=execution.ended_at,
                outputs=execution.outputs,
                failure=execution.failure,
            )
        self.settled |= batch.settled
        self.inbox = [letter for letter in self.inbox if letter.id not in batch.letters]

    def _save_step(self, step: StepRun) -> None:
        known = self.steps.get(step.id)
        self.steps[step.id] = StepView(
            id=step.id,
            number=step.number,
            key=str(step.place),
            name=step.name,
            service=step.service,
            operation=step.operation,
            state=step.state,
            progress=known.progress if known else None,
            attempt=step.attempt,
            started_at=step.started_at,
            ended_at=step.ended_at,
            failure=step.failure,
            inputs=step.inputs,
            outputs=step.outputs,
            folder=step.folder,
            page_tag=known.page_tag if known else "",
            note=step.note,
            kind=step.kind,
            hears=step.hears,
            retry_at=step.retry_at,
            passed_over=step.passed_over,
            taken_from=step.taken_from,
        )


def is_before(run: RunView, window: Window) -> bool:
    """Tell whether a run belongs to a piece of the list, but for its length."""
    if window.before is None:
        return True
    return (run.created_at, run.id) < (window.before, window.before_id)


def is_like(run: RunView, matching: RunFilter) -> bool:
    """Tell whether a run is as it is wanted."""
    text = matching.text.lower()
    return (
        matching.workflow in {"", run.workflow}
        and matching.owner in {"", run.owner_name}
        and (matching.since is None or run.created_at >= matching.since)
        and (matching.until is None or run.created_at < matching.until)
        and (
            run.id.startswith(text)
            or any(text in it.lower() for it in (run.title, run.workflow, run.owner_name))
        )
    )
