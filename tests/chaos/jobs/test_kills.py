"""Whoever is killed, with -9, at whatever moment: a program starts once and its end is told."""

import asyncio
import os
import random
import signal
from pathlib import Path

import pytest
from tests.fakes.jobs import (
    exists,
    go,
    job_folders,
    launch,
    program_pid,
    sh,
    shim_pid,
    until,
)

from tarry.jobs.adapters.local import LocalExecutor
from tarry.jobs.model import JobState

FOR_EVER = "touch ready; until [ -e go ]; do sleep 0.02; done"
JOBS = 60
GOING = {JobState.STARTING, JobState.RUNNING}


def kill(pid: int) -> bool:
    """Kill a process; tell whether it was still there."""
    if not pid:
        return False
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def executor() -> LocalExecutor:
    return LocalExecutor()


async def test_a_killed_program_has_failed_and_the_report_says_of_what(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    await executor.start(tmp_path, sh(FOR_EVER))
    await until((tmp_path / "work/ready").exists)
    kill(program_pid(tmp_path))
    report = await executor.wait(tmp_path)
    assert report.state is JobState.FAILED
    assert "killed by signal 9" in report.reason


async def test_without_its_shim_a_program_runs_on_and_is_lost_only_when_it_is_gone(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    await executor.start(tmp_path, sh(FOR_EVER))
    await until((tmp_path / "work/ready").exists)
    waiting = asyncio.create_task(executor.wait(tmp_path))
    shim = shim_pid(tmp_path)
    kill(shim)
    await until(lambda: not exists(shim))
    assert executor.report(tmp_path).state is JobState.RUNNING
    assert not waiting.done()
    (tmp_path / "work/go").touch()
    assert (await waiting).state is JobState.LOST
    await executor.start(tmp_path, sh("touch ran-again"))
    assert not (tmp_path / "work/ran-again").exists()


async def test_without_shim_and_program_a_job_is_lost(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    await executor.start(tmp_path, sh(FOR_EVER))
    await until((tmp_path / "work/ready").exists)
    kill(shim_pid(tmp_path))
    kill(program_pid(tmp_path))
    report = await executor.wait(tmp_path)
    assert report.state is JobState.LOST
    assert "nobody saw how it ended" in report.reason
    assert LocalExecutor().report(tmp_path).state is JobState.LOST


@pytest.mark.parametrize("seed", range(4))
async def test_kills_of_the_web_process_lose_nothing_and_start_nothing_twice(
    tmp_path: Path, seed: int
) -> None:
    """It is killed while it starts 60 short jobs, again and again, and starts them all again."""
    chance = random.Random(seed)
    folders = job_folders(tmp_path, JOBS)
    for _ in range(6):
        with launch(tmp_path, JOBS) as web:
            assert web.stdout is not None
            await asyncio.to_thread(web.stdout.readline)
            go(web)
            await asyncio.sleep(chance.uniform(0, 0.12))
            web.kill()
    with launch(tmp_path, JOBS) as web:
        go(web)
        said = await asyncio.to_thread(web.communicate)
        assert said[0].splitlines()[-1] == "over"
    executor = LocalExecutor()
    for number, folder in enumerate(folders):
        report = executor.report(folder)
        expected = JobState.FAILED if number % 3 else JobState.SUCCEEDED
        assert (report.state, report.exit_code) == (expected, number % 3)
        assert (folder / "work/starts").read_text() == "start\n"
        assert (folder / "work/result").read_text() == "done\n"


@pytest.mark.parametrize("seed", range(4))
async def test_kills_of_everybody_end_every_job_and_start_nothing_twice(
    executor: LocalExecutor, tmp_path: Path, seed: int
) -> None:
    """Web process, shims and programs are killed at random moments of 60 short jobs."""
    chance = random.Random(1000 + seed)
    folders = job_folders(tmp_path, JOBS)
    killed: dict[Path, set[str]] = {folder: set() for folder in folders}
    for _ in range(5):
        with launch(tmp_path, JOBS) as web:
            assert web.stdout is not None
            await asyncio.to_thread(web.stdout.readline)
            go(web)
            for _ in range(12):
                await asyncio.sleep(chance.uniform(0, 0.02))
                going = [one for one in folders if executor.report(one).state in GOING]
                victim, find = chance.choice([("shim", shim_pid), ("program", program_pid)])
                if going and kill(find(folder := chance.choice(going))):
                    killed[folder].add(victim)
            web.kill()
    for folder in folders:
        await executor.start(folder, sh("echo start >>starts"))
    for folder in folders:
        report = await executor.wait(folder)
        starts = folder / "work/starts"
        if killed[folder]:
            # A kill may have come too late to matter, or so early that nothing ran.
            assert report.is_over
            assert not starts.exists() or starts.read_text() in {"", "start\n"}
        else:
            assert report.state in {JobState.SUCCEEDED, JobState.FAILED}
            assert starts.read_text() == "start\n"
        if report.state is JobState.LOST:
            assert "shim" in killed[folder]
        assert not exists(program_pid(folder))
        assert LocalExecutor().report(folder) == report
    assert any(killed.values())
