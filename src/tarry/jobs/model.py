"""A job: one run of a program. Pure: what its files mean, not how they are read.

The life of a job is told by small files, each written once. Every mark is one line; a mark without
its final newline was never written (the machine or the writer died in the middle).
"""

import re
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from tarry.jobs.errors import InvalidJob

MARKER = "TARRY_JOB"
"""The environment variable by which every process of a job is known."""

REPORT_VARIABLE = "TARRY_PROGRESS_FD"
"""The environment variable that names the descriptor on which a program may report."""
REPORT_DESCRIPTOR = 3
"""That descriptor. One digit, as a plain shell can write to no other."""

ROOM_FOR_END = "\n" * 16
"""What stands in the mark of the end while there is none. The end is written over it, in place, so
that a disk which the program has filled has room for it; what is left of it does no harm."""


_OURS = frozenset({MARKER, REPORT_VARIABLE})


class JobState(StrEnum):
    """Where a job stands."""

    NEW = "new"  # nothing was started; it may be
    STARTING = "starting"  # the shim is on its way, the program not yet
    RUNNING = "running"
    SUCCEEDED = "succeeded"  # the program ended with exit code 0
    FAILED = "failed"  # any other exit code, a signal, or it could not be run
    ABORTED = "aborted"  # it ended after an abort was asked for
    LOST = "lost"  # it is gone and nobody saw how it ended


NEXT: dict[JobState, frozenset[JobState]] = {
    JobState.NEW: frozenset({JobState.STARTING, JobState.ABORTED}),
    JobState.STARTING: frozenset(
        {JobState.RUNNING, JobState.SUCCEEDED, JobState.FAILED, JobState.ABORTED, JobState.LOST}
    ),
    JobState.RUNNING: frozenset(
        {JobState.SUCCEEDED, JobState.FAILED, JobState.ABORTED, JobState.LOST}
    ),
    JobState.SUCCEEDED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.ABORTED: frozenset(),
    JobState.LOST: frozenset(),
}
"""What may follow each state; a final state never changes.

STARTING may also fall back to NEW: when the web process died before it had spawned the shim.
"""

FINAL = frozenset(state for state, following in NEXT.items() if not following)


@dataclass(frozen=True, kw_only=True)
class JobSpec:
    """What to run.

    Attributes:
        command: the program and its arguments; never a shell's command line.
        environment: variables for the program, on top of the few that it inherits. May hold
            secrets, so it is not shown.
        reports: the program gets the job's file of reports, open to append to.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    reports: bool = False

    def __post_init__(self) -> None:
        if not self.command or not self.command[0]:
            raise InvalidJob(reason="there is no program to run")
        if any("\0" in text for text in (*self.command, *self.environment.values())):
            raise InvalidJob(reason="an argument or a variable holds a NUL character")
        for name in self.environment:
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name, re.ASCII) or name in _OURS:
                raise InvalidJob(reason=f"{name!r} cannot be set as an environment variable")


@dataclass(frozen=True, kw_only=True)
class JobReport:
    """What is known of a job at an instant.

    Attributes:
        exit_code: as a shell tells it (128 + n after signal n); `None` while unknown.
        reason: one sentence on why it ended as it did; empty if it succeeded or goes on.
        rebooted: the machine, or its container, was restarted under it.
        abort_asked: somebody wants it to end.
    """

    state: JobState
    exit_code: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str = ""
    rebooted: bool = False
    abort_asked: bool = False

    @property
    def is_over(self) -> bool:
        """Whether the state is final."""
        return self.state in FINAL


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """What the program of a job has used so far.

    Attributes:
        elapsed: since the program began; no change of the clock touches it.
        memory: bytes that all its processes take together; 0 if nobody asked for it.
    """

    elapsed: timedelta
    memory: int = 0


@dataclass(frozen=True, slots=True)
class ProcessMark:
    """One process of a boot for all times: its number, and when it started.

    Attributes:
        start: clock ticks since the boot, as `/proc/<pid>/stat` has them.
    """

    pid: int
    start: int

    @classmethod
    def read(cls, line: str) -> Self | None:
        """Read `<pid> <start>` and a newline; `None` if it is not whole."""
        match line.split():
            case [pid, start] if line.endswith("\n") and pid.isdigit() and start.isdigit():
                return cls(int(pid), int(start))
            case _:
                return None


class Word(StrEnum):
    """How an end came about, as the mark of the end says it."""

    ENDED = "ended"  # the program ended by itself
    ABORTED = "aborted"  # an abort had been asked for before it ended
    MISSING = "missing"  # there is no such program
    FORBIDDEN = "forbidden"  # there is, but it may not be executed
    LOST = "lost"  # it is gone; nobody saw its end
    REBOOTED = "rebooted"  # the machine or the container restarted under it
    UNBORN = "unborn"  # the shim ended before the program began


@dataclass(frozen=True, slots=True)
class End:
    """The mark of a job's end."""

    word: Word
    code: int | None = None

    @classmethod
    def read(cls, line: str) -> Self | None:
        """Read `<exit code or -> <word>` and a newline; `None` if it is not whole."""
        match line.split():
            case [code, word] if line.endswith("\n") and word in set(Word):
                return cls(Word(word), int(code) if code.isdigit() else None)
            case _:
                return None

    def write(self) -> str:
        """Give the line that `read` reads."""
        return f"{'-' if self.code is None else self.code} {self.word}\n"

    @property
    def state(self) -> JobState:
        """The final state that this end means."""
        match self.word:
            case Word.ABORTED:
                return JobState.ABORTED
            case Word.LOST | Word.REBOOTED | Word.UNBORN:
                return JobState.LOST
            case Word.ENDED | Word.MISSING | Word.FORBIDDEN:
                return JobState.SUCCEEDED if self.code == 0 else JobState.FAILED

    @property
    def reason(self) -> str:
        """Why it ended as it did, in a sentence; empty if it succeeded."""
        match self.word:
            case Word.ABORTED:
                return "It was aborted"
            case Word.LOST:
                return "It is gone, and what watched it was killed: nobody saw how it ended"
            case Word.REBOOTED:
                return "The machine was restarted while it ran, or the container that it ran in"
            case Word.UNBORN:
                return "It ended before the program began (is the disk full?)"
            case Word.MISSING:
                return "The program was not found (exit code 127)"
            case Word.FORBIDDEN:
                return "The program is there but may not be executed (exit code 126)"
            case Word.ENDED:
                return _reason_of(self.code)


def _reason_of(code: int | None) -> str:
    if code == 0:
        return ""
    if code is not None and code > 128:
        try:
            return f"It was killed by signal {code - 128} ({signal.Signals(code - 128).name})"
        except ValueError:
            pass
    if code == 127:
        return "It ended with exit code 127: something that it runs was not found"
    return f"It ended with exit code {code}"
