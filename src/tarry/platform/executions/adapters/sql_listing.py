"""Looking through long lists of runs: each query walks along one index."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, tuple_

from tarry.contract.kinds import Kind
from tarry.platform.executions.adapters.tables import executions, step_runs
from tarry.platform.executions.model.listing import RunFilter
from tarry.platform.executions.model.states import ExecutionState, StepState
from tarry.platform.kernel.adapters.columns import UtcDateTime
from tarry.platform.kernel.model import ProjectId, Window

_UNDECIDED = executions.c.state == ExecutionState.UNDECIDED.value
_ASKS = and_(
    executions.c.state == ExecutionState.RUNNING.value,
    exists().where(
        step_runs.c.execution == executions.c.id,
        step_runs.c.kind == Kind.APPLICATION.value,
        step_runs.c.state == StepState.RUNNING.value,
    ),
)
"""A step waits for an answer."""


def wanted(
    project: ProjectId,
    window: Window,
    states: Collection[ExecutionState],
    *,
    asking: bool,
    matching: RunFilter,
) -> Select[Any]:
    """Select a piece of a project's list of executions, newest first."""
    query = select(executions).where(executions.c.project == project, *_like(matching))
    if window.before is not None:
        query = query.where(_before(window))
    if states:
        query = query.where(executions.c.state.in_([state.value for state in states]))
    if asking:
        # Those that are settled ask nothing; leaving them out lets a small index be used.
        query = query.where(~executions.c.settled, or_(_UNDECIDED, _ASKS))
    newest_first = (executions.c.created_at.desc(), executions.c.id.desc())
    return query.order_by(*newest_first).limit(window.limit)


def _before(window: Window) -> ColumnElement[bool]:
    if not window.before_id:
        return executions.c.created_at < window.before
    place = tuple_(executions.c.created_at, executions.c.id)
    return place < tuple_(literal(window.before, UtcDateTime), literal(window.before_id))


def _like(matching: RunFilter) -> list[ColumnElement[bool]]:
    rows = executions.c
    found: list[ColumnElement[bool]] = []
    if matching.workflow:
        found.append(rows.workflow == matching.workflow)
    if matching.owner:
        found.append(rows.owner_name == matching.owner)
    if matching.since is not None:
        found.append(rows.created_at >= matching.since)
    if matching.until is not None:
        found.append(rows.created_at < matching.until)
    if matching.text:
        text = matching.text.lower()
        # SQLite knows the capitals of ASCII only: other letters are found as they are written.
        somewhere = [
            found
            for column in (rows.title, rows.workflow, rows.owner_name)
            for found in (
                func.lower(column).contains(text, autoescape=True),
                column.contains(matching.text, autoescape=True),
            )
        ]
        found.append(or_(*somewhere, rows.id.startswith(text, autoescape=True)))
    return found
