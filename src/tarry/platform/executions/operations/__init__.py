"""The verbs of the executions."""

from tarry.platform.executions.operations.again import rerun, resume
from tarry.platform.executions.operations.bell import Bell, Heard
from tarry.platform.executions.operations.messages import tell
from tarry.platform.executions.operations.push import push
from tarry.platform.executions.operations.reading import (
    document_of,
    events_after,
    list_runs,
    newest_event,
    own_runs,
    page,
    show,
)
from tarry.platform.executions.operations.reports import awaited, report
from tarry.platform.executions.operations.room import Room
from tarry.platform.executions.operations.runs import abort, decide, start
from tarry.platform.executions.operations.trials import try_service, try_workflow

__all__ = [
    "Bell",
    "Heard",
    "Room",
    "abort",
    "awaited",
    "decide",
    "document_of",
    "events_after",
    "list_runs",
    "newest_event",
    "own_runs",
    "page",
    "push",
    "report",
    "rerun",
    "resume",
    "show",
    "start",
    "tell",
    "try_service",
    "try_workflow",
]
