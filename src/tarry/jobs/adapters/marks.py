"""How a job stands, told from its folder.

The order of looking matters. The lock is looked at before the marks that its holder writes: once it
is free, all that the shim will ever write is there.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tarry.jobs.adapters.processes import Process, bears, life_id, look_at, may_live
from tarry.jobs.folder import JobFolder, read_line, write_durably
from tarry.jobs.model import End, JobReport, JobState, ProcessMark, Word


def report_of(job: JobFolder) -> JobReport:
    """Tell how a job stands; an end that nobody has written down yet is written down."""
    if (end := End.read(read_line(job.exit))) is not None:
        return _report(job, end.state, end)
    life = birth_of(job).life
    # In another container of this machine, its shim holds the lock for as long as it lives.
    if life not in ("", life_id()) and not (may_live(life) and _is_locked(job)):
        return settle(job, Word.REBOOTED)
    if _is_locked(job):
        return _report(job, JobState.RUNNING if _has_begun(job) else JobState.STARTING)
    if (end := End.read(read_line(job.exit))) is not None:
        return _report(job, end.state, end)
    if not job.started.exists():
        if job.abort.exists():
            return settle(job, Word.ABORTED)
        return JobReport(state=JobState.NEW)
    if program_of(job) is not None:  # its shim was killed
        return _report(job, JobState.RUNNING)
    return settle(job, Word.LOST if _has_begun(job) else Word.UNBORN)


def is_told(job: JobFolder) -> bool:
    """Whether somebody has written down how it ended."""
    return End.read(read_line(job.exit)) is not None


class Birth(NamedTuple):
    """The life in which a job was started, and what marks its processes; empty if never."""

    life: str
    marker: str


def birth_of(job: JobFolder) -> Birth:
    """Read what was made durable before the shim was spawned."""
    line = read_line(job.lock)
    match line.split():
        case [life, marker] if line.endswith("\n"):
            return Birth(life, marker)
        case _:
            return Birth("", "")


def program_of(job: JobFolder) -> Process | None:
    """Find the program, if it lives."""
    mark = ProcessMark.read(read_line(job.pid))
    process = look_at(mark.pid) if mark else None
    return process if process and mark and process.start == mark.start else None


def shim_of(job: JobFolder) -> Process | None:
    """Find the shim, if it lives. It is a shell, which does not hide its environment."""
    pid = shim_number(job)
    process = look_at(pid) if pid else None
    return process if process and bears(process.pid, birth_of(job).marker) else None


def shim_number(job: JobFolder) -> int | None:
    """Give the number that the shim and its session have or had; `None` if it never came so far."""
    line = read_line(job.started)
    return int(line) if line.endswith("\n") and line.strip().isdigit() else None


@contextmanager
def locked(job: JobFolder) -> Iterator[int | None]:
    """Hold the job's lock, unless somebody else has it.

    Closing lets go of it, and a process that inherited the descriptor keeps it: that is how the
    shim gets it. Never unlock, which would take it from the shim as well.
    """
    descriptor = os.open(job.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield descriptor
    finally:
        os.close(descriptor)


def settle(job: JobFolder, word: Word) -> JobReport:
    """Write down, durably, an end that nobody else will write down, and tell it.

    An abort that was asked for counts more than the word. If somebody has written an end in the
    meantime, that one stands.
    """
    end = End(Word.ABORTED if job.abort.exists() else word)
    # If it cannot be written (a full disk), the same is found again at the next look.
    with suppress(OSError), locked(job) as lock:
        if lock is not None and not is_told(job):
            write_durably(job.exit, end.write())
    end = End.read(read_line(job.exit)) or end
    return _report(job, end.state, end)


def _has_begun(job: JobFolder) -> bool:
    return ProcessMark.read(read_line(job.pid)) is not None


def _is_locked(job: JobFolder) -> bool:
    try:
        descriptor = os.open(job.lock, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        # Shared: those who only look do not get into each other's way.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)


def _report(job: JobFolder, state: JobState, end: End | None = None) -> JobReport:
    return JobReport(
        state=state,
        exit_code=end.code if end else None,
        started_at=_written_at(job.pid) or _written_at(job.started),
        ended_at=_written_at(job.exit) if end else None,
        reason=end.reason if end else "",
        rebooted=end is not None and end.word is Word.REBOOTED,
        abort_asked=job.abort.exists(),
    )


def _written_at(file: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except FileNotFoundError:
        return None
