"""Executions in a database, as everybody sees them; and the manager's inbox."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, from_json, to_json
from tarry.platform.executions.adapters import sql_listing, sql_requests
from tarry.platform.executions.adapters.apart import Apart, restored_rows
from tarry.platform.executions.adapters.notices import tell_manager
from tarry.platform.executions.adapters.tables import (
    constructs,
    executions,
    inbox,
    journal,
    snapshots,
    step_runs,
)
from tarry.platform.executions.adapters.wishes import keep_wishes, tellings_of
from tarry.platform.executions.interfaces import NewRun
from tarry.platform.executions.model.events import StartAsked
from tarry.platform.executions.model.execution import Place
from tarry.platform.executions.model.journal import KINDS, read_failure, read_record
from tarry.platform.executions.model.letters import Letter, write_message
from tarry.platform.executions.model.listing import ALL, RunFilter
from tarry.platform.executions.model.records import Told
from tarry.platform.executions.model.requests import Answered
from tarry.platform.executions.model.states import ExecutionState, StepState
from tarry.platform.executions.model.trials import Trial
from tarry.platform.executions.model.views import (
    ConstructKind,
    ConstructView,
    EventView,
    MessageView,
    RunView,
    StatusPage,
    StepView,
    message_view,
    with_pending_retries,
)
from tarry.platform.kernel.interfaces import NoTrail, Trail
from tarry.platform.kernel.model import (
    Caller,
    Deed,
    ExecutionId,
    ProjectId,
    StepRunId,
    Window,
)

_TOLD = next(kind for kind, record in KINDS.items() if record is Told)
_STEP_COLUMNS = [column for column in step_runs.c if column.name != "page"]


_VALUES = ("inputs", "outputs")


class SqlExecutions:
    """The store of one transaction."""

    def __init__(self, connection: Connection, trail: Trail | None = None) -> None:
        """Use a connection; without a trail on the same one nothing is written down."""
        self._connection = connection
        self._trail = trail or NoTrail()

    def add_deed(self, deed: Deed) -> None:
        """Write down what somebody has done."""
        self._trail.add_deed(deed)

    def claim(self, deed: Deed) -> None:
        """Keep that a named request is about to do something."""
        self._trail.claim(deed)

    def release(self, caller: Caller) -> None:
        """Take a claim back: nothing was done."""
        self._trail.release(caller)

    def add(self, run: NewRun) -> None:
        """Keep a new execution, and the letter that asks the manager to begin it."""
        content = json.dumps(run.snapshot, sort_keys=True, separators=(",", ":"))
        digest = sha256(content.encode()).hexdigest()
        self._keep_snapshot(digest, content)
        apart = Apart(self._connection)
        row: dict[str, Any] = {
            "id": run.id,
            "workflow": run.workflow,
            "title": run.title,
            "project": run.project,
            "owner": run.owner,
            "owner_name": run.owner_name,
            "snapshot": digest,
            "inputs": apart.take(run.id, run.inputs),
            "input_ports": [to_json(port) for port in run.input_ports],
            "output_ports": [to_json(port) for port in run.output_ports],
            "state": ExecutionState.WAITING.value,
            "outputs": {},
            "created_at": run.created_at,
            "settled": False,
            "resumed_from": run.resumed_from,
            "rerun_of": run.rerun_of,
            "trial": run.trial.value if run.trial else None,
        }
        self._connection.execute(insert(executions), row)
        apart.keep()
        keep_wishes(self._connection, run.id, run.wishes, run.created_at)
        self.post(Letter(run.id, StartAsked()))

    def post(self, letter: Letter) -> None:
        """Put a letter into the manager's inbox."""
        kind, data = write_message(letter.message)
        row = {"execution": letter.execution, "kind": kind, "data": data}
        self._connection.execute(insert(inbox), row)
        tell_manager(self._connection)

    def answered(self, caller: Caller, key: str, since: datetime) -> Answered | None:
        """Give what a caller's request of that key was answered with, if it was since then."""
        return sql_requests.answered(self._connection, caller, key, since)

    def answer(self, caller: Caller, key: str, answer: Answered, now: datetime) -> Answered | None:
        """Keep what a request is answered with, unless it is known already: then give that."""
        return sql_requests.answer(self._connection, caller, key, answer, now)

    def forget_answers(self, before: datetime) -> None:
        """Forget what was answered before an instant."""
        sql_requests.forget(self._connection, before)

    def run(self, execution: ExecutionId) -> RunView | None:
        """Give one execution with its steps."""
        query = select(executions).where(executions.c.id == execution)
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        steps = self._steps([execution])[execution]
        (whole,) = restored_rows(self._connection, [row], _VALUES)
        return replace(
            _run(whole, steps),
            messages=self._messages(execution) if any(step.hears for step in steps) else (),
            constructs=self._constructs(execution),
            tellings=tellings_of(self._connection, execution),
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
        """Give a project's executions, newest first; no states means all."""
        query = sql_listing.wanted(project, window, states, asking=asking, matching=matching)
        rows = self._connection.execute(query).mappings().all()
        steps = self._steps([ExecutionId(row["id"]) for row in rows])
        whole = restored_rows(self._connection, rows, _VALUES)
        return [_run(row, steps[ExecutionId(row["id"])]) for row in whole]

    def page(self, step: StepRunId) -> StatusPage | None:
        """Give the newest page of a step run."""
        columns = (step_runs.c.page, step_runs.c.page_tag, step_runs.c.kind)
        query = select(*columns).where(step_runs.c.id == step)
        row = self._connection.execute(query).one_or_none()
        if row is None or row.page is None:
            return None
        application = row.kind == Kind.APPLICATION
        return StatusPage(content=bytes(row.page), tag=row.page_tag, application=application)

    def snapshot_of(self, execution: ExecutionId) -> Mapping[str, object]:
        """Give the document and the services that an execution was started with."""
        query = (
            select(snapshots.c.content)
            .join(executions, executions.c.snapshot == snapshots.c.digest)
            .where(executions.c.id == execution)
        )
        found: Mapping[str, object] = json.loads(self._connection.execute(query).scalar_one())
        return found

    def events_after(
        self, after: int, *, project: ProjectId, execution: ExecutionId | None, limit: int
    ) -> list[EventView]:
        """Give what happened in a project, or in one execution of it, after an event."""
        query = (
            select(journal)
            .join(executions, executions.c.id == journal.c.execution)
            .where(journal.c.id > after, executions.c.project == project)
            .order_by(journal.c.id)
            .limit(limit)
        )
        if execution is not None:
            query = query.where(journal.c.execution == execution)
        return [_event(row) for row in self._connection.execute(query).mappings()]

    def newest_event(self, execution: ExecutionId | None = None) -> int:
        """Give the id of the newest event, of all or of one execution; 0 if there is none."""
        query = select(func.max(journal.c.id))
        if execution is not None:
            # Along the index of the sequence: a run's journal may be long.
            of_one = select(journal.c.id).where(journal.c.execution == execution)
            query = of_one.order_by(journal.c.seq.desc()).limit(1)
        return self._connection.execute(query).scalar() or 0

    def of_project(
        self, project: ProjectId, wanted: Collection[ExecutionId]
    ) -> frozenset[ExecutionId]:
        """Tell which of these executions are of a project."""
        query = select(executions.c.id).where(
            executions.c.id.in_(wanted), executions.c.project == project
        )
        return frozenset(ExecutionId(name) for name in self._connection.scalars(query))

    def _keep_snapshot(self, digest: str, content: str) -> None:
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        # Somebody else may be starting the same workflow at this very moment.
        keep = dialect.insert(snapshots).on_conflict_do_nothing(index_elements=["digest"])
        self._connection.execute(keep, {"digest": digest, "content": content})

    def _steps(self, wanted: Sequence[ExecutionId]) -> Mapping[ExecutionId, list[StepView]]:
        query = (
            select(*_STEP_COLUMNS)
            .where(step_runs.c.execution.in_(wanted))
            .order_by(step_runs.c.execution, step_runs.c.number)
        )
        found: dict[ExecutionId, list[StepView]] = defaultdict(list)
        rows = self._connection.execute(query).mappings()
        for row in restored_rows(self._connection, rows, _VALUES):
            found[ExecutionId(row["execution"])].append(_step(row))
        return found

    def _constructs(self, execution: ExecutionId) -> tuple[ConstructView, ...]:
        query = select(constructs).where(constructs.c.execution == execution)
        found = [
            ConstructView(
                key=row["key"],
                kind=ConstructKind(row["kind"]),
                side=row["side"],
                count=row["count"],
                over=row["over"],
            )
            for row in self._connection.execute(query).mappings()
        ]
        return tuple(sorted(found, key=lambda view: Place.read(view.key)))

    def _messages(self, execution: ExecutionId) -> tuple[MessageView, ...]:
        query = (
            select(journal)
            .where(journal.c.execution == execution, journal.c.kind == _TOLD)
            .order_by(journal.c.seq)
        )
        rows = self._connection.execute(query).mappings()
        told = [read_record(row["kind"], row["at"], row["data"]) for row in rows]
        return tuple(message_view(record) for record in told if isinstance(record, Told))


def _ports(data: list[Mapping[str, object]]) -> tuple[Port, ...]:
    return tuple(from_json(port) for port in data)


def _run(row: Mapping[str, Any], steps: Sequence[StepView]) -> RunView:
    state = ExecutionState(row["state"])
    return RunView(
        id=row["id"],
        workflow=row["workflow"],
        title=row["title"],
        state=state,
        owner=row["owner"],
        owner_name=row["owner_name"],
        project=row["project"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        inputs=row["inputs"],
        outputs=row["outputs"],
        input_ports=_ports(row["input_ports"]),
        output_ports=_ports(row["output_ports"]),
        failure=read_failure(row["failure"]),
        steps=with_pending_retries(state, steps),
        resumed_from=row["resumed_from"],
        rerun_of=row["rerun_of"],
        trial=Trial(row["trial"]) if row["trial"] else None,
    )


def _step(row: Mapping[str, Any]) -> StepView:
    return StepView(
        id=row["id"],
        number=row["number"],
        key=row["key"],
        name=row["name"],
        service=row["service"],
        operation=row["operation"],
        state=StepState(row["state"]),
        progress=row["progress"],
        attempt=row["attempt"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        failure=read_failure(row["failure"]),
        inputs=row["inputs"],
        outputs=row["outputs"],
        folder=row["folder"],
        page_tag=row["page_tag"],
        note=row["note"],
        kind=Kind(row["kind"]),
        hears=row["hears"],
        retry_at=row["retry_at"],
        passed_over=row["passed_over"],
        taken_from=row["taken_from"],
    )


def _event(row: RowMapping) -> EventView:
    at: datetime = row["at"]
    data: dict[str, str] = row["data"]
    return EventView(
        id=row["id"],
        execution=row["execution"],
        kind=row["kind"],
        at=at,
        step=row["step"],
        by=data.get("by", ""),
        choice=data.get("choice", ""),
    )
