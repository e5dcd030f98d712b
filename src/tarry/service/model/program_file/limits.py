"""How much a run may take, and what happens when its machine went down."""

import re
from datetime import timedelta
from typing import TypeVar

from tarry.contract.ports import Port
from tarry.service.model import command as commands
from tarry.service.model.limits import FAIL, AfterRestart, Again, Limits, Resume
from tarry.service.model.table import Table

_SIZE = re.compile(r"\s*(\d{1,12}(?:\.\d{1,3})?)\s*([kKMGT]i?)?B\s*", re.ASCII)
_POWERS = {"": 0, "k": 1, "K": 1, "M": 2, "G": 3, "T": 4}
_Default = TypeVar("_Default", int, None)
_LEAST_MEMORY = 1_000_000
_MOST_RUNS = 100_000


def read_limits(table: Table, *, synchronous: bool) -> Limits:
    """Read the table `limits` of an operation."""
    if synchronous and table.has("wall_time"):
        table.fail("wall_time", "is for asynchronous operations; a call has time_limit")
    limits = Limits(
        wall_time=_time(table, "wall_time"),
        memory=_size(table, "memory", None),
        output_size=_size(table, "output_size", None),
        runs_at_once=table.whole("runs_at_once", 0, low=1, high=_MOST_RUNS) or None,
        free_disk=_size(table, "free_disk", Limits().free_disk),
    )
    if limits.memory is not None and limits.memory < _LEAST_MEMORY:
        table.fail("memory", "is too little for any program: at least 1 MB")
    table.done()
    return limits


def _time(table: Table, key: str) -> timedelta | None:
    if not table.has(key):
        table.take(key)
        return None
    found = table.duration(key, timedelta())
    if not found:
        table.fail(key, "must be more than nothing")
    return found


def _size(table: Table, key: str, default: _Default) -> int | _Default:
    text = table.text(key, "")
    if not table.has(key):
        return default
    found = _SIZE.fullmatch(text)
    if found is None:
        table.fail(key, f'must be a size such as "500 MB" or "2 GiB", not {text!r}')
    prefix = found[2] or ""
    base = 1024 if prefix.endswith("i") else 1000
    return int(float(found[1]) * float(base) ** _POWERS[prefix.rstrip("i")])


def read_after_restart(table: Table, inputs: tuple[Port, ...]) -> AfterRestart:
    """Read what is done with a run whose machine went down."""
    value = table.take("after_restart")
    if value is None or value == "fail":
        return FAIL
    if value == "again":
        return Again()
    if not isinstance(value, list):
        table.fail("after_restart", 'must be "fail", "again" or a command, a list of arguments')
    texts = table.texts("after_restart")
    try:
        command = tuple(commands.read_argument(text) for text in texts)
    except ValueError as error:
        table.fail("after_restart", str(error))
    if problem := commands.problems(command, inputs):
        table.fail("after_restart", problem)
    return Resume(command)
