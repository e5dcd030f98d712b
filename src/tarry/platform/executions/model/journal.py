"""Records as the journal keeps them: a kind, and JSON-ready data."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from tarry.platform.executions.model.events import Choice
from tarry.platform.executions.model.execution import Failure, Place
from tarry.platform.executions.model.records import (
    AbortRequested,
    Accepted,
    Begun,
    Branched,
    Broken,
    Decided,
    Doubted,
    Ended,
    Failed,
    FannedIn,
    FannedOut,
    Intended,
    LoopEnded,
    PassedOver,
    Record,
    Renewed,
    RetryPlanned,
    RoundBegun,
    Stopped,
    Succeeded,
    TakenOver,
    Told,
    Withheld,
)
from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.kernel.model import StepRunId

KINDS: Mapping[str, type[Record]] = {
    "begun": Begun,
    "intended": Intended,
    "accepted": Accepted,
    "succeeded": Succeeded,
    "failed": Failed,
    "doubted": Doubted,
    "withheld": Withheld,
    "renewed": Renewed,
    "decided": Decided,
    "told": Told,
    "abort-requested": AbortRequested,
    "stopped": Stopped,
    "retry-planned": RetryPlanned,
    "passed-over": PassedOver,
    "taken-over": TakenOver,
    "branched": Branched,
    "round-begun": RoundBegun,
    "loop-ended": LoopEnded,
    "fanned-out": FannedOut,
    "fanned-in": FannedIn,
    "broken": Broken,
    "ended": Ended,
}
"""Names that never change."""

_NAMES = {record: kind for kind, record in KINDS.items()}
_FIELDS = {record: tuple(field.name for field in fields(record)) for record in _NAMES}


def write_failure(failure: Failure | None) -> dict[str, object] | None:
    """Give a failure as JSON-ready data."""
    if failure is None:
        return None
    return {"code": failure.code, "message": failure.message, "step": failure.step}


def read_failure(data: Mapping[str, Any] | None) -> Failure | None:
    """Read what `write_failure` gave."""
    if data is None:
        return None
    step = data.get("step")
    return Failure(
        code=data["code"], message=data["message"], step=StepRunId(step) if step else None
    )


def _write_place(place: Place) -> dict[str, object]:
    return {"path": place.path, "iterations": list(place.iterations)}


def _read_place(data: Mapping[str, Any]) -> Place:
    return Place(data["path"], tuple(data["iterations"]))


_WRITE: Mapping[str, Callable[[Any], object]] = {
    "place": _write_place,
    "failure": write_failure,
    "due": datetime.isoformat,
}
_READ: Mapping[str, Callable[[Any], object]] = {
    "place": _read_place,
    "failure": read_failure,
    "choice": Choice,
    "state": ExecutionState,
    "due": datetime.fromisoformat,
    "items": tuple,
    "fresh": tuple,
}


def kind_of(record: Record) -> str:
    """Name the kind of a record."""
    return _NAMES[type(record)]


def write_record(record: Record) -> dict[str, object]:
    """Give a record's data without its time, which stands beside it."""
    data: dict[str, object] = {}
    for name in _FIELDS[type(record)]:
        if name == "at":
            continue
        value = getattr(record, name)
        write = _WRITE.get(name)
        data[name] = write(value) if write else value
    return data


def read_record(kind: str, at: datetime, data: Mapping[str, Any]) -> Record:
    """Read what `write_record` gave.

    Raises:
        KeyError: the kind is of a newer version.
    """
    record = KINDS[kind]
    values: dict[str, Any] = {
        name: _READ[name](value) if name in _READ else value for name, value in data.items()
    }
    return record(at=at, **values)
