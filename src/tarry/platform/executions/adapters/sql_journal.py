"""The journal in a database. Only the manager uses this.

Durability: whatever a batch holds is one transaction. A start call is made only after the
transaction that holds its intent has returned from its commit, and a letter leaves the inbox in the
transaction that holds what came of it. So no crash, at whatever point, can lose the one or the
other; it can only leave a letter that is taken again, or an intent whose call nobody knows of.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from tarry.platform.executions.adapters.apart import Apart, restored_rows
from tarry.platform.executions.adapters.notices import tell_of_changes
from tarry.platform.executions.adapters.tables import (
    constructs,
    executions,
    inbox,
    journal,
    snapshots,
    step_runs,
)
from tarry.platform.executions.errors import JournalBroken
from tarry.platform.executions.interfaces import Batch, Kept
from tarry.platform.executions.model.execution import Execution, StepRun
from tarry.platform.executions.model.journal import (
    kind_of,
    read_record,
    write_failure,
    write_record,
)
from tarry.platform.executions.model.letters import Letter, read_message
from tarry.platform.executions.model.records import FORMAT, Record
from tarry.platform.executions.model.views import construct_view
from tarry.platform.kernel.model import ExecutionId, execution_of

_AT_ONCE = 500
_Row = Mapping[str, Any]
_CHANGES = [
    "state",
    "started_at",
    "ended_at",
    "inputs",
    "outputs",
    "failure",
    "folder",
    "note",
    "retry_at",
    "passed_over",
]

_KEPT = (
    executions.c.id,
    executions.c.project,
    executions.c.snapshot,
    executions.c.inputs,
    executions.c.resumed_from,
)

_ADD_RECORDS = insert(journal)
_ADD_STEPS = insert(step_runs)
_CHANGE_STEPS = (
    update(step_runs)
    .where(step_runs.c.id == bindparam("step"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGES})
)
_SHOW_PAGES = (
    update(step_runs)
    .where(step_runs.c.id == bindparam("step"))
    .values(
        page=bindparam("new_page"),
        page_tag=bindparam("new_page_tag"),
        progress=bindparam("new_progress"),
    )
)
_SHOW_NOTES = (
    update(step_runs).where(step_runs.c.id == bindparam("step")).values(note=bindparam("new_note"))
)
_CHANGE_EXECUTIONS = (
    update(executions)
    .where(executions.c.id == bindparam("execution"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in ("state", "started_at", "ended_at", "outputs", "failure")
        }
    )
)
_SETTLE = update(executions).where(executions.c.id == bindparam("execution")).values(settled=True)
_TAKE_LETTERS = delete(inbox).where(inbox.c.id == bindparam("letter"))


class SqlJournal:
    """The manager's side of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def letters(self, limit: int) -> list[Letter]:
        """Give the oldest letters of each project, the projects in turn."""
        turn = func.row_number().over(partition_by=executions.c.project, order_by=inbox.c.id)
        query = (
            select(inbox)
            .join(executions, executions.c.id == inbox.c.execution)
            .order_by(turn, inbox.c.id)
            .limit(limit)
        )
        found: list[Letter] = []
        for row in self._connection.execute(query).mappings():
            message = read_message(row["kind"], row["data"])
            if message is not None:  # of a newer version: it stays where it is
                found.append(Letter(row["execution"], message, row["id"]))
        return found

    def unsettled(self) -> list[Kept]:
        """Give every execution that was begun and is not settled."""
        rows = self._connection.execute(select(*_KEPT).where(~executions.c.settled)).mappings()
        kept = self._with_records(rows.all())
        return [run for run in kept if run.records or run.unreadable]

    def kept(self, wanted: Iterable[ExecutionId]) -> list[Kept]:
        """Give executions that letters are about; those that are settled are left out."""
        rows = self._connection.execute(
            select(*_KEPT).where(executions.c.id.in_(list(wanted)), ~executions.c.settled)
        ).mappings()
        return self._with_records(rows.all())

    def earlier(self, execution: ExecutionId) -> Kept | None:
        """Give an execution that another one resumes, settled or not, if it is still kept."""
        query = select(*_KEPT).where(executions.c.id == execution)
        found = self._with_records(self._connection.execute(query).mappings().all())
        return found[0] if found else None

    def snapshot(self, name: str) -> Mapping[str, object]:
        """Give the document and the services that executions were started with."""
        query = select(snapshots.c.content).where(snapshots.c.digest == name)
        found: Mapping[str, object] = json.loads(self._connection.execute(query).scalar_one())
        return found

    def written(self, execution: ExecutionId) -> int:
        """Tell how many records the journal of an execution has."""
        query = select(func.count()).where(journal.c.execution == execution)
        return self._connection.execute(query).scalar_one()

    def save(self, batch: Batch) -> None:
        """Write a batch.

        Raises:
            JournalBroken: there is a record already where one of these belongs.
        """
        apart = Apart(self._connection)
        try:
            self._many(_ADD_RECORDS, [_record(apart, *written) for written in batch.records])
        except IntegrityError as error:
            raise JournalBroken(run=batch.records[0][0]) from error
        steps = batch.steps.items()
        self._many(
            _ADD_STEPS, [_new_step(apart, run) for step, run in steps if step in batch.begun]
        )
        self._many(
            _CHANGE_STEPS,
            [_changed_step(apart, run) for step, run in steps if step not in batch.begun],
        )
        self._keep_facts(batch)
        self._show(batch)
        self._many(_CHANGE_EXECUTIONS, [_changed(apart, run) for run in batch.executions.values()])
        apart.keep()
        self._many(_SETTLE, [{"execution": execution} for execution in batch.settled])
        self._many(_TAKE_LETTERS, [{"letter": letter} for letter in batch.letters])
        tell_of_changes(self._connection, batch.touched)

    def _keep_facts(self, batch: Batch) -> None:
        rows = [
            {
                "execution": execution,
                "key": view.key,
                "kind": view.kind.value,
                "side": view.side,
                "count": view.count,
                "over": view.over,
            }
            for (execution, place), fact in batch.facts.items()
            for view in (construct_view(place, fact),)
        ]
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        keep = dialect.insert(constructs)
        changed = {name: keep.excluded[name] for name in ("side", "count", "over")}
        self._many(
            keep.on_conflict_do_update(index_elements=["execution", "key"], set_=changed), rows
        )

    def _show(self, batch: Batch) -> None:
        shown = batch.shown.items()
        pages = [
            {
                "step": step,
                "new_page": it.page.content,
                "new_page_tag": it.page.tag,
                "new_progress": it.progress,
            }
            for step, it in shown
            if it.page is not None
        ]
        self._many(_SHOW_PAGES, pages)
        notes = [
            {"step": step, "new_note": _plain(it.note)} for step, it in shown if it.note is not None
        ]
        self._many(_SHOW_NOTES, notes)

    def _many(self, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            self._connection.execute(statement, rows)

    def _with_records(self, rows: Sequence[RowMapping]) -> list[Kept]:
        found: list[Kept] = []
        for start in range(0, len(rows), _AT_ONCE):
            some = restored_rows(self._connection, rows[start : start + _AT_ONCE], ["inputs"])
            journals = self._journals([row["id"] for row in some])
            found += [_kept(row, journals[row["id"]]) for row in some]
        return found

    def _journals(self, wanted: list[ExecutionId]) -> Mapping[ExecutionId, list[_Row]]:
        query = (
            select(journal)
            .where(journal.c.execution.in_(wanted))
            .order_by(journal.c.execution, journal.c.seq)
        )
        found: dict[ExecutionId, list[_Row]] = defaultdict(list)
        rows = self._connection.execute(query).mappings()
        for row in restored_rows(self._connection, rows, ["data"]):
            found[row["execution"]].append(row)
        return found


def _kept(row: _Row, written: list[_Row]) -> Kept:
    """Read one execution. If its journal is unreadable, that must not stop all the others."""
    records: list[Record] = []
    unreadable = ""
    for line in written:
        if line["format"] > FORMAT:
            unreadable = f"it has format {line['format']}, and we know {FORMAT}"
            break
        try:
            records.append(read_record(line["kind"], line["at"], line["data"]))
        except (KeyError, TypeError, ValueError) as error:
            unreadable = f"record {line['seq']}: {error!r}"
            break
    return Kept(
        id=row["id"],
        project=row["project"],
        snapshot=row["snapshot"],
        inputs=row["inputs"],
        records=tuple(records),
        unreadable=unreadable,
        resumed_from=row["resumed_from"],
    )


def _record(apart: Apart, execution: ExecutionId, seq: int, record: Record) -> dict[str, Any]:
    return {
        "execution": execution,
        "seq": seq,
        "at": record.at,
        "kind": kind_of(record),
        "step": getattr(record, "step", None),
        "format": FORMAT,
        "data": apart.take(execution, write_record(record)),
    }


def _new_step(apart: Apart, run: StepRun) -> dict[str, Any]:
    return {
        "id": run.id,
        "execution": execution_of(run.id),
        "number": run.number,
        "key": str(run.place),
        "attempt": run.attempt,
        "name": run.name,
        "service": run.service,
        "operation": run.operation,
        "kind": run.kind.value,
        "hears": run.hears,
        "page_tag": "",
        "taken_from": run.taken_from,
        **_step_state(apart, run),
    }


def _changed_step(apart: Apart, run: StepRun) -> dict[str, Any]:
    state = _step_state(apart, run)
    return {"step": run.id, **{f"new_{name}": value for name, value in state.items()}}


def _step_state(apart: Apart, run: StepRun) -> dict[str, Any]:
    execution = execution_of(run.id)
    return {
        "state": run.state.value,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "inputs": apart.take(execution, run.inputs),
        "outputs": apart.take(execution, run.outputs),
        "failure": write_failure(run.failure),
        "folder": _plain(run.folder),
        "note": _plain(run.note),
        "retry_at": run.retry_at,
        "passed_over": run.passed_over,
    }


def _changed(apart: Apart, execution: Execution) -> dict[str, Any]:
    return {
        "execution": execution.id,
        "new_state": execution.state.value,
        "new_started_at": execution.started_at,
        "new_ended_at": execution.ended_at,
        "new_outputs": apart.take(execution.id, execution.outputs),
        "new_failure": write_failure(execution.failure),
    }


def _plain(text: str) -> str:
    """Give a text of somebody else's as any database takes it."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
