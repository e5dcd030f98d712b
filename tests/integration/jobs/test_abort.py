import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.jobs import exists, go, launch, pid_in, program_pid, sh, shim_pid, until

from tarry.jobs.adapters.local import LocalExecutor
from tarry.jobs.model import JobSpec, JobState

GRACE = timedelta(seconds=0.3)
LIMIT = timedelta(seconds=30)
IN_NO_TIME = timedelta(0)


@pytest.fixture
def executor() -> LocalExecutor:
    return LocalExecutor()


async def start(executor: LocalExecutor, folder: Path, script: str) -> None:
    """Start a program and wait until it says, by a file, that it is ready."""
    await executor.start(folder, sh(script))
    await until((folder / "work/ready").exists)


async def test_a_polite_program_gets_the_time_to_clean_up(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    tidy = "trap 'sleep 0.1; touch tidy; exit 0' TERM; touch ready; while :; do sleep 0.02; done"
    await start(executor, tmp_path, tidy)
    assert await executor.abort(tmp_path, grace=LIMIT, limit=LIMIT)
    report = executor.report(tmp_path)
    assert report.state is JobState.ABORTED  # although it ended with 0
    assert report.exit_code == 0
    assert (tmp_path / "work/tidy").exists()


async def test_a_deaf_program_is_killed_after_the_grace_time(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    await start(executor, tmp_path, "trap '' TERM; touch ready; while :; do sleep 0.02; done")
    assert await executor.abort(tmp_path, grace=GRACE, limit=LIMIT)
    report = executor.report(tmp_path)
    assert report.state is JobState.ABORTED
    assert report.exit_code == 137


async def test_a_stopped_program_hears_the_abort_too(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    await start(executor, tmp_path, "trap 'touch heard; exit 0' TERM; touch ready; kill -STOP $$")
    assert await executor.abort(tmp_path, grace=LIMIT, limit=LIMIT)
    assert (tmp_path / "work/heard").exists()


async def test_a_grandchild_with_a_session_of_its_own_does_not_escape(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    escape = "setsid sh -c \"trap '' TERM; echo \\$\\$ >escaped; while :; do sleep 0.05; done\" &"
    await start(executor, tmp_path, f"{escape} touch ready; sleep 600")
    await until(lambda: pid_in(tmp_path / "work/escaped"))
    assert await executor.abort(tmp_path, grace=GRACE, limit=LIMIT)
    assert not exists(pid_in(tmp_path / "work/escaped"))


async def test_a_grandchild_that_clears_its_environment_does_not_escape(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    hidden = "trap '' TERM; echo \\$\\$ >hidden; while :; do /bin/sleep 1; done"
    await start(executor, tmp_path, f'env -i /bin/sh -c "{hidden}" & touch ready; sleep 600')
    await until(lambda: pid_in(tmp_path / "work/hidden"))
    assert await executor.abort(tmp_path, grace=GRACE, limit=LIMIT)
    assert not exists(pid_in(tmp_path / "work/hidden"))


async def test_a_program_that_starts_others_all_the_time_is_ended(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    restless = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
give_up = time.monotonic() + 60  # if we fail, it does not go on for ever
if os.fork():
    time.sleep(60)
open("ready", "w").close()
while time.monotonic() < give_up:  # always one process, and never the same for long
    if os.fork():
        os._exit(0)
"""
    spec = JobSpec(command=(sys.executable, "-c", restless))
    await executor.start(tmp_path, spec)
    await until((tmp_path / "work/ready").exists)
    assert await executor.abort(tmp_path, grace=GRACE, limit=LIMIT)
    assert executor.report(tmp_path).state is JobState.ABORTED


async def test_an_abort_answers_false_when_its_time_is_up_and_may_be_repeated(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    await start(executor, tmp_path, "trap '' TERM; touch ready; while :; do sleep 0.02; done")
    assert not await executor.abort(tmp_path, grace=LIMIT, limit=timedelta(seconds=0.2))
    assert executor.report(tmp_path).state is JobState.RUNNING
    assert await executor.abort(tmp_path, grace=IN_NO_TIME, limit=LIMIT)
    assert await executor.abort(tmp_path, grace=IN_NO_TIME, limit=LIMIT)
    assert executor.report(tmp_path).state is JobState.ABORTED


async def test_two_aborts_at_once_agree(executor: LocalExecutor, tmp_path: Path) -> None:
    await start(executor, tmp_path, "trap '' TERM; touch ready; while :; do sleep 0.02; done")
    aborts = (executor.abort(tmp_path, grace=GRACE, limit=LIMIT) for _ in range(2))
    assert await asyncio.gather(*aborts) == [True, True]
    assert executor.report(tmp_path).state is JobState.ABORTED


async def test_waiting_ends_with_the_abort(executor: LocalExecutor, tmp_path: Path) -> None:
    await start(executor, tmp_path, "touch ready; sleep 600")
    waiting = asyncio.create_task(executor.wait(tmp_path))
    assert await executor.abort(tmp_path, grace=GRACE, limit=LIMIT)
    assert (await waiting).state is JobState.ABORTED


async def test_the_state_of_a_finished_job_stays(executor: LocalExecutor, tmp_path: Path) -> None:
    await executor.start(tmp_path, sh("exit 3"))
    before = await executor.wait(tmp_path)
    assert await executor.abort(tmp_path, grace=GRACE, limit=LIMIT)
    assert executor.report(tmp_path) == before
    assert before.state is JobState.FAILED


async def test_what_a_finished_job_left_running_is_ended(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    await executor.start(tmp_path, sh("setsid sleep 600 & echo $! >daemon"))
    await executor.wait(tmp_path)
    daemon = pid_in(tmp_path / "work/daemon")
    assert exists(daemon)
    assert await executor.abort(tmp_path, grace=GRACE, limit=LIMIT)
    assert not exists(daemon)
    assert executor.report(tmp_path).state is JobState.SUCCEEDED


async def test_a_job_that_was_aborted_before_its_start_never_starts(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    assert await executor.abort(tmp_path, grace=GRACE, limit=LIMIT)
    await executor.start(tmp_path, sh("touch ran"))
    assert (await executor.wait(tmp_path)).state is JobState.ABORTED
    assert not (tmp_path / "work/ran").exists()


@pytest.mark.parametrize("turns", range(0, 40, 4))
async def test_an_abort_in_the_middle_of_a_start_is_an_abort(
    executor: LocalExecutor, tmp_path: Path, turns: int
) -> None:
    starting = asyncio.create_task(executor.start(tmp_path, sh("sleep 600")))
    for _ in range(turns):  # some 0.2 ms each: later and later in the start
        await asyncio.to_thread(os.stat, "/")
    assert await executor.abort(tmp_path, grace=GRACE, limit=LIMIT)
    await starting
    # The start may have come through after the first abort had found nothing to end.
    assert await executor.abort(tmp_path, grace=GRACE, limit=LIMIT)
    assert executor.report(tmp_path).state is JobState.ABORTED
    assert not exists(program_pid(tmp_path))


async def test_another_process_aborts_what_a_killed_one_has_started(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    web = launch(tmp_path, 1, seconds=600)
    with web:
        go(web)
        folder = tmp_path / "job000"
        await until(lambda: program_pid(folder))
        web.kill()
    assert await executor.abort(folder, grace=GRACE, limit=LIMIT)
    assert (await executor.wait(folder)).state is JobState.ABORTED
    assert not exists(program_pid(folder))
    assert not exists(shim_pid(folder))


async def test_a_wish_to_abort_outlives_the_process_that_had_it(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    """Whoever wanted it died before it was done; then the program ended by itself, with 0."""
    await start(
        executor, tmp_path, "trap '' TERM; touch ready; until [ -e go ]; do sleep 0.02; done"
    )
    assert not await executor.abort(tmp_path, grace=LIMIT, limit=IN_NO_TIME)
    (tmp_path / "work/go").touch()
    report = await LocalExecutor().wait(tmp_path)
    assert report.state is JobState.ABORTED
    assert report.exit_code == 0


async def test_an_aborted_job_whose_shim_was_killed_is_aborted_and_not_lost(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    await start(executor, tmp_path, "touch ready; sleep 600")
    os.kill(shim_pid(tmp_path), signal.SIGKILL)
    assert await executor.abort(tmp_path, grace=GRACE, limit=LIMIT)
    assert executor.report(tmp_path).state is JobState.ABORTED


async def test_an_abort_leaves_other_jobs_alone(executor: LocalExecutor, tmp_path: Path) -> None:
    await start(executor, tmp_path / "this", "touch ready; sleep 600")
    await start(executor, tmp_path / "other", "touch ready; sleep 600")
    assert await executor.abort(tmp_path / "this", grace=GRACE, limit=LIMIT)
    assert executor.report(tmp_path / "other").state is JobState.RUNNING
    assert exists(program_pid(tmp_path / "other"))
    assert await executor.abort(tmp_path / "other", grace=GRACE, limit=LIMIT)
