"""Jobs as processes of this machine.

Between us and the program stands a shim of a few lines of shell (`shim.sh`) that outlives us. All
that is known of a job stands in its folder, so another process takes a job over by reading it.

What must be durable before what: the caller's record of the run, before `start` is called; then
`lock` with the id of this boot, before the shim is told to go. So after a power loss a folder whose
`lock` names another boot may have run its program and never runs it again; after anything less
nothing that was written is lost, and `started` decides. An end that we establish ourselves (lost,
rebooted, aborted before the start) is durable before it is told. The shim's own `exit` is not:
whoever acts on it makes a durable record of its own first, or finds the job rebooted.
"""

import asyncio
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import structlog

from tarry.jobs.adapters.again import begin_again, restarts_of
from tarry.jobs.adapters.ending import end_family
from tarry.jobs.adapters.environment import inherited
from tarry.jobs.adapters.marks import (
    birth_of,
    is_told,
    locked,
    program_of,
    report_of,
    settle,
    shim_of,
)
from tarry.jobs.adapters.metering import Meter
from tarry.jobs.adapters.processes import ended, life_id, reap
from tarry.jobs.errors import JobNotStarted, NoJob
from tarry.jobs.folder import JobFolder, closing_descriptor, sync_folder, write_durably
from tarry.jobs.model import (
    MARKER,
    REPORT_DESCRIPTOR,
    REPORT_VARIABLE,
    ROOM_FOR_END,
    JobReport,
    JobSpec,
    JobState,
    Usage,
    Word,
)

log = structlog.get_logger(__name__)

_SHIM = Path(__file__).parent.parent / "shim.sh"
_BRIEFLY = 0.003
"""Seconds between two looks while the shim is on its way, which takes about as long."""
_SYNCS = 8
_PATIENCE = 1000
"""How often a start looks for a lock that somebody holds without having started anything."""


class LocalExecutor:
    """Runs jobs on this machine, as this user.

    Args:
        environment: where a program's inherited variables come from; else from our own.
        new_marker: makes an unguessable text that tells a job's processes from all others.
    """

    def __init__(
        self,
        *,
        environment: Mapping[str, str] | None = None,
        new_marker: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self._inherited = inherited(os.environ if environment is None else environment)
        self._new_marker = new_marker
        self._syncing = ThreadPoolExecutor(_SYNCS, thread_name_prefix="sync")
        self._reapers: set[asyncio.Task[None]] = set()
        self._meter = Meter()

    async def start(self, folder: Path, spec: JobSpec) -> None:
        """Start the program, unless one was ever started in this folder; see `Executor`."""
        # Shielded, because a thread cannot be cancelled: its shim would be left without a reaper.
        await asyncio.shield(asyncio.ensure_future(self._start(JobFolder(folder), spec)))

    def report(self, folder: Path) -> JobReport:
        """Tell how the job stands; see `Executor`."""
        return report_of(JobFolder(folder))

    async def wait(self, folder: Path) -> JobReport:
        """Wait until the job is over; see `Executor`."""
        job = JobFolder(folder)
        while True:
            report = report_of(job)
            if report.is_over:
                return report
            if report.state is JobState.NEW:
                if not birth_of(job).life:
                    raise NoJob(folder=folder)
                return await asyncio.to_thread(settle, job, Word.UNBORN)
            # The shim first, as it writes the end; without it, the program itself.
            if process := shim_of(job) or program_of(job):
                await ended(process)
            else:
                await asyncio.sleep(_BRIEFLY)

    async def abort(self, folder: Path, *, grace: timedelta, limit: timedelta) -> bool:
        """End the job and all that it has started; see `Executor`."""
        job = JobFolder(folder)
        if not report_of(job).is_over:
            log.info("job.abort", folder=str(folder))
            # Before any signal, so that the shim, or we after a restart, tell the end as an abort.
            await asyncio.to_thread(self._want_abort, job)
        gone = await end_family(job, grace=grace, limit=limit)
        report_of(job)
        return gone

    def measure(self, jobs: Mapping[Path, int | None]) -> Mapping[Path, Usage]:
        """Tell what the programs of some jobs use; see `Executor`."""
        return self._meter.measure(jobs)

    def restarts(self, folder: Path) -> int:
        """Tell how often the job was let begin again; see `Executor`."""
        return restarts_of(JobFolder(folder))

    def begin_again(self, folder: Path, *, fresh: bool) -> bool:
        """Let a job that went down with its machine be started once more; see `Executor`."""
        return begin_again(JobFolder(folder), fresh=fresh)

    async def _start(self, job: JobFolder, spec: JobSpec) -> None:
        try:
            shim = await asyncio.to_thread(self._spawn, job, spec)
        except OSError as error:
            raise JobNotStarted(
                program=spec.command[0], reason=error.strerror or str(error)
            ) from error
        if shim is None:
            return
        log.info("job.started", folder=str(job.root), shim=shim)
        reaper = asyncio.create_task(reap(shim))
        self._reapers.add(reaper)
        reaper.add_done_callback(self._reapers.discard)

    def _want_abort(self, job: JobFolder) -> None:
        try:
            job.make()
            write_durably(job.abort, "wanted\n")
        except OSError as error:  # a full disk must not keep a program alive
            log.warning("job.abort-not-noted", folder=str(job.root), reason=str(error))

    def _spawn(self, job: JobFolder, spec: JobSpec) -> int | None:
        job.make()
        for _ in range(_PATIENCE):
            with locked(job) as lock:
                if job.started.exists() or is_told(job) or job.abort.exists():
                    return None
                if lock is not None:
                    return self._spawn_once(job, spec, lock)
            # Somebody looks at the lock for an instant, or another start is about to get going.
            time.sleep(_BRIEFLY)
        raise JobNotStarted(program=spec.command[0], reason=f"something else holds {job.lock}")

    def _spawn_once(self, job: JobFolder, spec: JobSpec, lock: int) -> int | None:
        if birth_of(job).life not in ("", life_id()):  # perhaps it ran before the power went
            return None
        marker = self._new_marker()
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{life_id()} {marker}\n".encode(), 0)
        job.exit.write_text(ROOM_FOR_END)
        environment = {**self._inherited, **spec.environment, MARKER: marker}
        if spec.reports:  # a file and no pipe: nobody need read it for the program to go on
            job.reports.touch(mode=0o600)
            environment[REPORT_VARIABLE] = str(REPORT_DESCRIPTOR)
        ready, go = os.pipe()
        with closing_descriptor(go):
            with closing_descriptor(ready):
                shim = _shim(job, spec.command, environment, lock, ready)
            try:
                # The shim gets ready meanwhile.
                self._make_durable(lock, job)
                os.write(go, b"go\n")
            except OSError:
                # It has not been told to go: nothing runs. An abort may have ended it before us.
                with suppress(ProcessLookupError, ChildProcessError):
                    os.kill(shim, signal.SIGKILL)
                    os.waitpid(shim, 0)
                if job.abort.exists():
                    return None
                raise
        return shim

    def _make_durable(self, lock: int, job: JobFolder) -> None:
        # At once, because each waits for the disk, and the disk can do them in one go.
        written = self._syncing.submit(os.fsync, lock)
        folders = (job.control, job.root, job.root.parent)
        named = [self._syncing.submit(sync_folder, folder) for folder in folders]
        for sync in (written, *named):
            sync.result()


def _shim(
    job: JobFolder, command: tuple[str, ...], environment: Mapping[str, str], lock: int, ready: int
) -> int:
    """Spawn the shim; it takes the lock over and gets no other descriptor of ours."""
    output = os.open(job.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with closing_descriptor(output):
        shim = subprocess.Popen(
            ["/bin/sh", str(_SHIM), str(job.control), *command],
            cwd=job.work,
            env=environment,
            stdin=lock,
            stdout=output,
            stderr=ready,
            start_new_session=True,
        )
    shim.returncode = 0  # a job outlives this object, which must not complain about it
    return shim.pid
