"""Runs for tests that kill managers, and what has to be true of them in the end."""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from tests.fakes.executions import ADA, NOON, chain, new_run, service

from tarry.contract.kinds import Kind
from tarry.platform.catalogue.model import Polling, ServiceEntry
from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.interfaces import NewRun
from tarry.platform.executions.model import Choice, ExecutionState, RunView
from tarry.platform.executions.model.events import ChoiceMade
from tarry.platform.executions.model.letters import Letter
from tarry.platform.executions.model.states import OVER
from tarry.platform.kernel.adapters.database import SqlTransactions
from tarry.platform.kernel.model import Window

ROOT = Path(__file__).parents[3]
QUICK = Polling(first=timedelta(milliseconds=20), slowest=timedelta(milliseconds=100))


def quick(name: str, **facts: bool | Kind) -> ServiceEntry:
    return replace(service(name, **facts), polling=QUICK)  # type: ignore[arg-type]


TARRY = quick("Tarry", at_most_once=True)
FIELD = quick("Field")
SYNC = quick("Sync", kind=Kind.SYNCHRONOUS)
AGAIN = quick("Again", kind=Kind.SYNCHRONOUS, repeatable=True)
WORKFLOWS = [
    chain("tarry", TARRY, TARRY, TARRY),
    chain("mixed", TARRY, SYNC, FIELD, AGAIN, TARRY),
    chain("field", FIELD, FIELD),
    chain("sync", SYNC, AGAIN, SYNC, AGAIN, SYNC, AGAIN),
]
Store = SqlTransactions[SqlExecutions]


def wait_for(condition: Callable[[], bool], limit: float = 60.0) -> None:
    """Wait until it holds."""
    until = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.02)


def _add(run: NewRun, store: SqlExecutions) -> None:
    store.add(run)


def _post(letter: Letter, store: SqlExecutions) -> None:
    store.post(letter)


async def add_runs(store: Store, dice: random.Random, many: int) -> None:
    """Ask for runs of some of the workflows."""
    for _ in range(many):
        run = replace(new_run(dice.choice(WORKFLOWS)), created_at=NOON)
        await store.write(partial(_add, run))


async def _decide(store: Store, runs: int) -> list[RunView]:
    """Be the person who starts again whatever is undecided."""
    seen = await store.read(lambda it: it.runs(ADA.project, Window(limit=runs), ()))
    for run in seen:
        if run.state is ExecutionState.UNDECIDED:
            choice = ChoiceMade(run.steps[-1].number, Choice.AGAIN, "ada")
            await store.write(partial(_post, Letter(run.id, choice)))
    return seen


async def all_over(store: Store, runs: int, *, limit: float) -> list[RunView]:
    """Wait until all runs are over, for so many seconds; give them as they are then."""
    until = time.monotonic() + limit
    while True:
        seen = await _decide(store, runs)
        over = bool(seen) and all(run.state in OVER for run in seen)
        if over or time.monotonic() > until:
            return seen
        time.sleep(0.1)


def check_that_all_ended_right(ended: list[RunView], folder: Path, runs: int) -> None:
    """Hold runs to their promises; the folder knows of each call and each program."""
    assert len(ended) == runs
    for run in ended:
        assert run.state is ExecutionState.SUCCEEDED
        depth = len({step.key for step in run.steps})
        assert run.outputs == {"answer": "(" * depth + "6 x 7" + ")" * depth}
    calls = Counter((folder / "calls").read_text().split())
    begun = Counter((folder / "begun").read_text().split())
    assert set(begun.values()) == {1}
    for step in (step for run in ended for step in run.steps):
        name = step.service.partition("#")[2]
        if name in {"Field", "Sync"}:
            assert calls[step.id] <= 1, "a call that must not be repeated was"
        if name == "Tarry":
            assert begun[step.id] == 1
            assert step.attempt == 1
