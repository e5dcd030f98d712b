"""kill -9 of a real manager process, again and again, while a hundred runs are in flight."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.chaos.executions.runs import (
    ROOT,
    add_runs,
    all_over,
    check_that_all_ended_right,
    wait_for,
)
from tests.fakes.databases import KINDS, Databases

from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.kernel.adapters.database import Database, SqlTransactions

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


async def _killed_again_and_again(url: str, folder: Path, *, kills: int, runs: int) -> None:
    dice = random.Random(SEED)
    database = Database(url)
    store = SqlTransactions(database, SqlExecutions)
    manager = Process(url, folder)
    for _ in range(kills):
        await add_runs(store, dice, runs // kills)
        time.sleep(dice.uniform(0.0, 0.5))
        manager.kill()
        manager.begin()
        await all_over(store, runs, limit=0.0)  # somebody decides what is undecided
    ended = await all_over(store, runs, limit=120.0)
    manager.kill()
    database.close()
    check_that_all_ended_right(ended, folder, runs)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
async def test_killed_at_random_points_every_run_ends_right_and_nothing_is_started_twice(
    kind: str, databases: Databases, tmp_path: Path
) -> None:
    await _killed_again_and_again(databases.url(kind), tmp_path, kills=20, runs=100)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
async def test_killed_a_thousand_times_every_run_ends_right(
    kind: str, databases: Databases, tmp_path: Path
) -> None:
    await _killed_again_and_again(databases.url(kind), tmp_path, kills=1000, runs=2000)
