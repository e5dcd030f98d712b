"""kill -9 of a real manager process, again and again, while fifty runs are in flight."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.databases import KINDS, Databases
from tests.fakes.executions import ADA, NOON, chain, new_run, service

from tarry.contract.kinds import Kind
from tarry.platform.catalogue.model import Polling, ServiceEntry
from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.model import Choice, ExecutionState, RunView
from tarry.platform.executions.model.events import ChoiceMade
from tarry.platform.executions.model.letters import Letter
from tarry.platform.executions.model.states import OVER
from tarry.platform.kernel.adapters.database import Database, SqlTransactions
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
RUNS = 50
KILLS = 10
SEED = 20261124


class Process:
    """A manager process that is killed and comes back."""

    def __init__(self, url: str, folder: Path) -> None:
        self.command = [sys.executable, "-m", "tests.fakes.manager_process", url, str(folder)]
        self.folder = folder
        self.begin()

    def begin(self) -> None:
        (self.folder / "ready").unlink(missing_ok=True)
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, cwd=ROOT, stdout=log, stderr=log)
        wait_for(lambda: (self.folder / "ready").exists() or self.process.poll() is not None)
        assert self.process.poll() is None, (self.folder / "log").read_text()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def wait_for(condition: Callable[[], bool], limit: float = 60.0) -> None:
    until = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.02)


async def decide(store: SqlTransactions[SqlExecutions]) -> list[RunView]:
    """Be the person who starts again whatever is undecided."""
    seen = await store.read(lambda it: it.runs(ADA.project, Window(limit=RUNS), ()))
    for run in seen:
        if run.state is ExecutionState.UNDECIDED:
            choice = ChoiceMade(run.steps[-1].number, Choice.AGAIN, "ada")
            letter = Letter(run.id, choice)
            await store.write(lambda it, letter=letter: it.post(letter))  # type: ignore[misc]
    return seen


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
async def test_killed_at_random_points_every_run_ends_right_and_nothing_is_started_twice(
    kind: str, databases: Databases, tmp_path: Path
) -> None:
    dice = random.Random(SEED)
    url = databases.url(kind)
    database = Database(url)
    store = SqlTransactions(database, SqlExecutions)
    manager = Process(url, tmp_path)

    for _ in range(KILLS):
        for _ in range(RUNS // KILLS):
            run = replace(new_run(dice.choice(WORKFLOWS)), created_at=NOON)
            await store.write(lambda it, run=run: it.add(run))  # type: ignore[misc]
        time.sleep(dice.uniform(0.0, 0.5))
        manager.kill()
        manager.begin()
        await decide(store)
    until = time.monotonic() + 60
    ended: list[RunView] = []
    while not ended or any(run.state not in OVER for run in ended):
        assert time.monotonic() < until, (tmp_path / "log").read_text()[-3000:]
        time.sleep(0.1)
        ended = await decide(store)
    manager.kill()
    database.close()

    assert len(ended) == RUNS
    for run_view in ended:
        assert run_view.state is ExecutionState.SUCCEEDED
        depth = len({step.key for step in run_view.steps})
        assert run_view.outputs == {"answer": "(" * depth + "6 x 7" + ")" * depth}
    calls = Counter((tmp_path / "calls").read_text().split())
    begun = Counter((tmp_path / "begun").read_text().split())
    assert set(begun.values()) == {1}
    for run_view in ended:
        for step in run_view.steps:
            name = step.service.partition("#")[2]
            if name in {"Field", "Sync"}:
                assert calls[step.id] <= 1, "a call that must not be repeated was"
            if name == "Tarry":
                assert begun[step.id] == 1
                assert step.attempt == 1
