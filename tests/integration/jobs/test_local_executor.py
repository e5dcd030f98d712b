import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes.jobs import exists, go, launch, program_pid, sh, shim_pid, until

import tarry.jobs
from tarry.jobs.adapters.local import LocalExecutor
from tarry.jobs.errors import JobNotStarted, NoJob
from tarry.jobs.folder import JobFolder
from tarry.jobs.model import JobReport, JobSpec, JobState

SHIM = Path(tarry.jobs.__file__).parent / "shim.sh"


@pytest.fixture
def executor() -> LocalExecutor:
    return LocalExecutor()


def descriptors() -> int:
    """How many descriptors we have open."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def run(executor: LocalExecutor, folder: Path, spec: JobSpec) -> JobReport:
    await executor.start(folder, spec)
    return await executor.wait(folder)


async def test_a_program_runs_in_its_work_folder_and_all_it_says_is_in_the_log(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    spec = sh("cat; echo to the log; echo and this >&2; echo 42 >answer.txt")
    report = await run(executor, tmp_path / "job", spec)
    assert report.state is JobState.SUCCEEDED
    assert report.exit_code == 0
    assert report.reason == ""
    assert (tmp_path / "job/log").read_text() == "to the log\nand this\n"
    assert (tmp_path / "job/work/answer.txt").read_text() == "42\n"
    assert report.started_at is not None
    assert report.ended_at is not None
    assert report.started_at <= report.ended_at


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        (("sh", "-c", "exit 3"), 3, "exit code 3"),
        (("sh", "-c", "kill -9 $$"), 137, "signal 9 (SIGKILL)"),
        (("sh", "-c", "kill -TERM 0; sleep 60"), 143, "signal 15 (SIGTERM)"),
        (("there-is-no-such-program",), 127, "was not found"),
        (("/there/is/no/such/program",), 127, "was not found"),
        (("sh", "-c", "there-is-no-such-program"), 127, "something that it runs"),
        (("/etc/passwd",), 126, "may not be executed"),
        (("/etc",), 126, "exit code 126"),
    ],
)
async def test_a_failure_says_what_happened(
    executor: LocalExecutor, tmp_path: Path, command: tuple[str, ...], code: int, words: str
) -> None:
    report = await run(executor, tmp_path / "job", JobSpec(command=command))
    assert report.state is JobState.FAILED
    assert report.exit_code == code
    assert words in report.reason


async def test_arguments_arrive_as_they_are(executor: LocalExecutor, tmp_path: Path) -> None:
    arguments = ["", " ", "a b", "*", "$HOME", "`id`", "'", '"', "\\", "x\ny", "日本", "-n", "--"]
    print_them = "import json, sys; print(json.dumps(sys.argv[1:]))"
    await run(
        executor,
        tmp_path / "job",
        JobSpec(command=(sys.executable, "-c", print_them, *arguments)),
    )
    assert json.loads((tmp_path / "job/log").read_text()) == arguments


async def test_a_program_gets_the_stated_environment_and_no_secret_of_ours(tmp_path: Path) -> None:
    executor = LocalExecutor(
        environment={"PATH": os.environ["PATH"], "TARRY_DATABASE": "secret"},
        new_marker=lambda: "the-marker",
    )
    await run(executor, tmp_path / "job", sh("env", OMP_NUM_THREADS="2"))
    lines = set((tmp_path / "job/log").read_text().splitlines())
    assert {"OMP_NUM_THREADS=2", "TARRY_JOB=the-marker"} <= lines
    assert "secret" not in str(lines)


async def test_a_program_gets_no_descriptor_of_ours(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    # Inheritable on purpose, as one may be that came from whoever started us.
    with open(tmp_path / "ours", "w") as ours:  # noqa: PTH123
        os.set_inheritable(ours.fileno(), True)
        await run(executor, tmp_path / "job", sh("for fd in /proc/$$/fd/*; do readlink $fd; done"))
    log = str(tmp_path / "job/log")
    assert set((tmp_path / "job/log").read_text().splitlines()) <= {"/dev/null", log}


async def test_nobody_else_may_look_into_a_jobs_folder(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    folder = tmp_path / "job"
    await run(executor, folder, sh("true"))
    assert {oct(path.stat().st_mode & 0o777) for path in (folder, folder / "work")} == {"0o700"}


async def test_a_program_starts_once_however_often_it_is_asked_for(tmp_path: Path) -> None:
    executors = [LocalExecutor() for _ in range(4)]
    folder = tmp_path / "job"
    spec = sh("echo start >>starts")
    await asyncio.gather(*(executor.start(folder, spec) for executor in executors * 6))
    for executor in executors:
        assert (await executor.wait(folder)).state is JobState.SUCCEEDED
        await executor.start(folder, spec)
        assert executor.report(folder).state is JobState.SUCCEEDED
    assert (folder / "work/starts").read_text() == "start\n"


async def test_looking_at_jobs_does_not_keep_them_from_starting(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    """Whoever looks at a lock holds it for an instant."""
    folder = JobFolder(tmp_path / "job")
    folder.make()
    folder.lock.touch()
    looking = True

    def look() -> None:
        while looking:
            LocalExecutor().report(folder.root)

    watcher = asyncio.create_task(asyncio.to_thread(look))
    try:
        await executor.start(folder.root, sh("true"))
        assert (await executor.wait(folder.root)).state is JobState.SUCCEEDED
    finally:
        looking = False
        await watcher


async def test_a_second_shim_starts_nothing(executor: LocalExecutor, tmp_path: Path) -> None:
    """A batch system may start the same shim again on its own account."""
    folder = JobFolder(tmp_path / "job")
    await run(executor, folder.root, sh("echo start >>starts; exit 3"))
    ready, go = os.pipe()
    os.write(go, b"go\n")
    again = subprocess.run(
        ["/bin/sh", str(SHIM), str(folder.control), "/bin/sh", "-c", "echo start >>starts"],
        cwd=folder.work,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=ready,
        timeout=60,
        check=False,
    )
    os.close(ready)
    os.close(go)
    assert again.returncode != 0
    assert (folder.work / "starts").read_text() == "start\n"
    assert executor.report(folder.root).exit_code == 3


async def test_before_the_start_there_is_no_job(executor: LocalExecutor, tmp_path: Path) -> None:
    assert executor.report(tmp_path / "job").state is JobState.NEW
    with pytest.raises(NoJob):
        await executor.wait(tmp_path / "job")


async def test_a_running_job_is_running(executor: LocalExecutor, tmp_path: Path) -> None:
    folder = tmp_path / "job"
    await executor.start(folder, sh("until [ -e go ]; do sleep 0.02; done"))
    await until(lambda: executor.report(folder).state is JobState.RUNNING)
    waiting = asyncio.create_task(executor.wait(folder))
    (folder / "work/go").touch()
    assert (await waiting).state is JobState.SUCCEEDED


async def test_a_cancelled_wait_harms_nothing(executor: LocalExecutor, tmp_path: Path) -> None:
    folder = tmp_path / "job"
    await executor.start(folder, sh("until [ -e go ]; do sleep 0.02; done"))
    before = descriptors()
    waiting = [asyncio.create_task(executor.wait(folder)) for _ in range(10)]
    await until(lambda: descriptors() > before)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert descriptors() <= before + 1  # the reaper's may have come since
    (folder / "work/go").touch()
    assert (await executor.wait(folder)).state is JobState.SUCCEEDED


async def test_nothing_is_left_behind_of_a_job_that_is_over(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    before = descriptors()
    for number in range(5):
        await run(executor, tmp_path / f"job{number}", sh("exit 1"))
    shims = [shim_pid(tmp_path / f"job{number}") for number in range(5)]
    # Not even a zombie: those have a folder in /proc.
    await until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in shims))
    await until(lambda: descriptors() <= before)


async def test_a_daemon_that_outlives_its_program_does_not_keep_the_job_from_ending(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    folder = tmp_path / "job"
    report = await run(executor, folder, sh("setsid sleep 600 & echo $! >daemon"))
    daemon = int((folder / "work/daemon").read_text())
    try:
        assert report.state is JobState.SUCCEEDED
        assert exists(daemon)
    finally:
        os.kill(daemon, signal.SIGKILL)


async def test_a_job_is_taken_over_from_a_process_that_was_killed(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    web = launch(tmp_path, 1)
    with web:
        go(web)
        folder = tmp_path / "job000"
        await until(lambda: program_pid(folder))
        web.kill()
    report = await executor.wait(folder)
    assert report.state is JobState.SUCCEEDED
    assert (folder / "work/result").read_text() == "done\n"


async def test_after_a_power_loss_a_job_is_lost_and_never_started_again(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    folder = JobFolder(tmp_path / "job")
    folder.make()
    # What is durable at the least: the lock. A later mark may be there, cut, or not.
    folder.lock.write_text("11111111-2222-3333-4444-555555555555 marker\n")
    await executor.start(folder.root, sh("echo start >>starts"))
    report = await executor.wait(folder.root)
    assert report.state is JobState.LOST
    assert "restarted" in report.reason
    assert not (folder.work / "starts").exists()


async def test_a_start_that_died_before_anything_was_durable_is_made_again(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    folder = JobFolder(tmp_path / "job")
    folder.make()
    folder.lock.write_text("11111111-2222-3333-4444-5555")  # cut short by the power loss
    assert executor.report(folder.root).state is JobState.NEW
    assert (await run(executor, folder.root, sh("true"))).state is JobState.SUCCEEDED


async def test_marks_that_were_cut_short_count_as_absent(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    folder = JobFolder(tmp_path / "job")
    await run(executor, folder.root, sh("true"))
    for mark in (folder.exit, folder.pid):
        mark.write_text(mark.read_text().rstrip("\n"))
    report = executor.report(folder.root)
    assert report.state is JobState.LOST
    assert executor.report(folder.root) == report


async def test_what_cannot_be_started_says_why_and_may_be_tried_again(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    folder = tmp_path / "job"
    with pytest.raises(JobNotStarted, match="Argument list too long"):
        await executor.start(folder, sh("true", "x" * 200_000))
    assert executor.report(folder).state is JobState.NEW
    assert (await run(executor, folder, sh("true"))).state is JobState.SUCCEEDED


async def test_a_folder_that_cannot_be_made_says_so(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JobNotStarted, match="Not a directory"):
        await executor.start(tmp_path / "file/job", sh("true"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 80 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=80k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small disk takes root and the right to mount")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(disk: Path) -> None:
    """Leave not one byte on a disk."""
    with open(disk / "filling", "ab", buffering=0) as filling:  # noqa: PTH123
        for size in (4096, 1):
            try:
                while filling.write(b"x" * size):
                    pass
            except OSError:
                continue
    assert shutil.disk_usage(disk).free == 0


async def test_on_a_full_disk_nothing_starts_and_the_error_says_so(
    executor: LocalExecutor, small_disk: Path
) -> None:
    fill(small_disk)
    with pytest.raises(JobNotStarted, match="No space left"):
        await executor.start(small_disk / "job", sh("true"))
    (small_disk / "filling").unlink()
    assert (await run(executor, small_disk / "job", sh("true"))).state is JobState.SUCCEEDED


async def test_a_program_whose_mark_does_not_fit_on_the_disk_never_runs(
    executor: LocalExecutor, small_disk: Path, tmp_path: Path
) -> None:
    """The disk takes names but no bytes by the time that the shim writes."""
    folder = JobFolder(small_disk / "job")
    folder.make()
    for place in (folder.lock, folder.exit):  # what the starter needs, and nothing else, has room
        place.write_text("x" * 200)
    fill(small_disk)
    ran = tmp_path / "ran"
    await executor.start(folder.root, sh('touch "$1"', str(ran)))
    report = await executor.wait(folder.root)
    assert report.state is JobState.LOST
    assert not ran.exists()


async def test_there_is_room_for_the_end_of_a_job_on_a_disk_that_it_has_filled(
    executor: LocalExecutor, small_disk: Path
) -> None:
    folder = small_disk / "job"
    await executor.start(folder, sh("touch begun; until [ -e go ]; do sleep 0.02; done; exit 3"))
    await until((folder / "work/begun").exists)
    waiting = asyncio.create_task(executor.wait(folder))
    (folder / "work/go").touch()
    fill(small_disk)
    report = await waiting
    assert (report.state, report.exit_code) == (JobState.FAILED, 3)
    assert LocalExecutor().report(folder) == report


async def test_a_program_that_reports_has_a_file_for_it_on_descriptor_3(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    script = 'echo one >&"$TARRY_PROGRESS_FD"; sh -c "echo two >&3"; ls -l /proc/self/fd'
    report = await run(executor, tmp_path / "job", replace(sh(script), reports=True))
    assert report.state is JobState.SUCCEEDED
    assert (tmp_path / "job/reports").read_text() == "one\ntwo\n"
    assert (tmp_path / "job/reports").stat().st_mode & 0o777 == 0o600
    assert "control/" not in (tmp_path / "job/log").read_text()  # neither lock nor mark


async def test_what_was_reported_before_a_resume_is_kept(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    job = JobFolder(tmp_path / "job")
    job.make()
    job.reports.write_text("before\n")
    await run(executor, job.root, replace(sh("echo after >&3"), reports=True))
    assert job.reports.read_text() == "before\nafter\n"


async def test_no_other_program_has_that_descriptor(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    script = 'echo "[$TARRY_PROGRESS_FD]"; test ! -e /proc/$$/fd/3'
    report = await run(executor, tmp_path / "job", sh(script))
    assert report.state is JobState.SUCCEEDED
    assert (tmp_path / "job/log").read_text() == "[]\n"
    assert not (tmp_path / "job/reports").exists()
