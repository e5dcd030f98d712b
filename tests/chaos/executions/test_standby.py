"""Managers on one PostgreSQL: whoever leads is killed, stopped or cut off, and another goes on."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.chaos.executions.runs import (
    ROOT,
    add_runs,
    all_over,
    check_that_all_ended_right,
    wait_for,
)
from tests.fakes.databases import Databases

from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.kernel.adapters.database import Database, SqlTransactions

SEED = 20261124
TAKEN_OVER_WITHIN = 10.0


class Managers:
    """Some managers, of which one leads."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._number = 0

    def begin(self) -> None:
        """Start one more."""
        self._number += 1
        name = str(self._number)
        command = [sys.executable, "-m", "tests.fakes.manager_process", self.url, str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen([*command, name], cwd=ROOT, stdout=log, stderr=log)
        self.processes[name] = process
        ready = self.folder / f"ready{name}"
        wait_for(lambda: ready.exists() or process.poll() is not None)
        assert process.poll() is None, (self.folder / "log").read_text()

    def leader(self) -> str:
        """Wait until one of those that live leads."""
        wait_for(lambda: bool(self._leading()), TAKEN_OVER_WITHIN)
        return self._leading()[0]

    def _leading(self) -> list[str]:
        return [name for name in self.processes if (self.folder / f"leads-{name}").exists()]

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()


@pytest.fixture
def managers(databases: Databases, tmp_path: Path) -> Iterator[Managers]:
    made = Managers(databases.url("postgresql"), tmp_path)
    yield made
    for name in list(made.processes):
        made.processes[name].send_signal(signal.SIGCONT)
        made.kill(name)


async def _killed_again_and_again(managers: Managers, *, kills: int, runs: int) -> None:
    dice = random.Random(SEED)
    database = Database(managers.url)
    store = SqlTransactions(database, SqlExecutions)
    managers.begin()
    managers.begin()
    for kill in range(kills):
        await add_runs(store, dice, runs // kills + (kill < runs % kills))
        time.sleep(dice.uniform(0.0, 0.4))
        managers.kill(managers.leader())
        managers.begin()  # it stands by
        await all_over(store, runs, limit=0.0)  # somebody decides what is undecided
    ended = await all_over(store, runs, limit=120.0)
    database.close()
    check_that_all_ended_right(ended, managers.folder, runs)


@pytest.mark.timeout(300)
async def test_killed_twenty_times_under_a_hundred_runs_another_one_ends_them_all(
    managers: Managers,
) -> None:
    await _killed_again_and_again(managers, kills=20, runs=100)


@pytest.mark.soak
async def test_killed_a_thousand_times_another_one_ends_all_runs(managers: Managers) -> None:
    await _killed_again_and_again(managers, kills=1000, runs=2000)


@pytest.mark.timeout(300)
async def test_stopped_past_its_leadership_and_continued_it_writes_nothing_and_stands_by(
    managers: Managers,
) -> None:
    dice = random.Random(SEED)
    database = Database(managers.url)
    store = SqlTransactions(database, SqlExecutions)
    managers.begin()
    stopped = managers.leader()
    managers.begin()
    await add_runs(store, dice, 20)
    time.sleep(0.3)
    managers.processes[stopped].send_signal(signal.SIGSTOP)
    (managers.folder / f"leads-{stopped}").unlink()  # it cannot say so itself
    wait_for(lambda: bool(managers._leading()), 60)
    (other,) = managers._leading()
    (managers.folder / f"leads-{stopped}").touch()
    managers.processes[stopped].send_signal(signal.SIGCONT)
    wait_for(lambda: not (managers.folder / f"leads-{stopped}").exists(), 60)
    ended = await all_over(store, 20, limit=120.0)
    check_that_all_ended_right(ended, managers.folder, 20)
    managers.kill(other)
    assert managers.leader() == stopped
    database.close()
