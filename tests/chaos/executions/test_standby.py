"""Managers on one PostgreSQL: whoever leads is killed, stopped or cut off, and another goes on."""

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from tests.chaos.executions.runs import (
    ROOT,
    add_runs,
    all_over,
    check_that_all_ended_right,
    wait_for,
)
from tests.fakes.constructs import RESULTS, WHOLE
from tests.fakes.crashes import Moment
from tests.fakes.databases import Databases
from tests.fakes.executions import NOON, new_run

from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.model import Choice, ExecutionState, RunView, StepState
from tarry.platform.executions.model.events import ChoiceMade
from tarry.platform.executions.model.letters import Letter
from tarry.platform.executions.model.states import OVER
from tarry.platform.kernel.adapters.database import Database, SqlTransactions

SEED = 20261124
TAKEN_OVER_WITHIN = 10.0


Store = SqlTransactions[SqlExecutions]


def start_unknown_again(store: SqlExecutions, run: RunView) -> None:
    """Be the person who has everything started again that is undecided."""
    newest = {step.key: step for step in run.steps}
    for step in newest.values():
        if step.state is StepState.UNKNOWN:
            store.post(Letter(run.id, ChoiceMade(step.number, Choice.AGAIN, "ada")))


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


async def _killed_at_write(managers: Managers, store: Store, at: int, moment: Moment) -> bool:
    """Let whoever leads die at a write of a run, and another go on; tells whether one died."""
    died = managers.leader()
    run = replace(new_run(WHOLE), created_at=NOON)
    death = managers.folder / "death"
    death.write_text(f"{at} {moment}")
    await store.write(lambda it: it.add(run))
    until = time.monotonic() + 60
    while True:
        view = await store.read(lambda it: it.run(run.id))
        assert view is not None
        if view.state in OVER:
            break
        assert time.monotonic() < until, f"died {moment} write {at}: {view.state}"
        if view.state is ExecutionState.UNDECIDED:
            await store.write(lambda it, view=view: start_unknown_again(it, view))  # type: ignore[misc]
        await asyncio.sleep(0.05)
    assert view.outputs == RESULTS, f"died {moment} write {at}: {view.failure}"
    calls = Counter((managers.folder / "calls").read_text().split())
    begun = Counter((managers.folder / "begun").read_text().split())
    assert set(begun.values()) == {1}
    for step in view.steps:
        name = step.service.partition("#")[2]
        assert name not in {"Field", "Sync"} or calls[step.id] <= 1, "a call was repeated"
        assert name != "Tarry" or step.attempt == 1
    if death.exists():
        death.unlink()
        return False
    assert managers.processes.pop(died).wait(10) == -signal.SIGKILL
    (managers.folder / f"leads-{died}").unlink(missing_ok=True)
    managers.begin()
    return True


async def _killed_at_writes(managers: Managers, step: int, *moments: Moment) -> None:
    database = Database(managers.url)
    store = SqlTransactions(database, SqlExecutions)
    managers.begin()
    managers.begin()
    at = 1
    while await _killed_at_write(managers, store, at, moments[at // step % len(moments)]):
        at += step
    database.close()
    assert at > 20


@pytest.mark.timeout(300)
async def test_killed_at_a_write_of_a_run_with_all_constructs_the_standby_goes_on_right(
    managers: Managers,
) -> None:
    await _killed_at_writes(managers, 7, "before", "after")


@pytest.mark.soak
@pytest.mark.parametrize("moment", get_args(Moment))
async def test_killed_at_every_write_the_standby_goes_on_right(
    managers: Managers, moment: Moment
) -> None:
    await _killed_at_writes(managers, 1, moment)


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
