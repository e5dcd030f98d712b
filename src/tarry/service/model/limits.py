"""How much a run may take, and what is done when its machine went down."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tarry.jobs.model import Usage
from tarry.service.errors import (
    MemoryLimitReached,
    OutputLimitReached,
    RunEnded,
    TimeLimitReached,
)
from tarry.service.model.command import Argument

_UNITS = ("B", "kB", "MB", "GB", "TB")


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How much each run of an operation may take; `None` is no limit.

    Attributes:
        wall_time: from the program's beginning to its end.
        memory: bytes, of all processes of a run together.
        output_size: bytes on the disk, of the working folder, the log and the reports together.
        runs_at_once: how many programs may run at an instant; other runs wait in a queue.
        free_disk: bytes that must be free before a program starts.
    """

    wall_time: timedelta | None = None
    memory: int | None = None
    output_size: int | None = None
    runs_at_once: int | None = None
    free_disk: int = 64 * 1024 * 1024

    @property
    def bound(self) -> bool:
        """Whether a run has to be looked after while it goes on."""
        return (self.wall_time, self.memory, self.output_size) != (None, None, None)

    def exceeded(self, usage: Usage, size: Callable[[], int]) -> RunEnded | None:
        """Say which limit a run has passed, if one.

        Args:
            usage: what its program uses.
            size: tells how many bytes it has written; asked last, as it takes long.
        """
        if self.wall_time is not None and usage.elapsed > self.wall_time:
            limit = self.wall_time.total_seconds()
            return TimeLimitReached(
                reason=f"The program took longer than the {limit:g} s that a run may take, "
                "and was ended"
            )
        if self.memory is not None and usage.memory > self.memory:
            return MemoryLimitReached(
                reason=f"The program took {size_words(usage.memory)} of memory, more than the "
                f"{size_words(self.memory)} that a run may take, and was ended"
            )
        return self.oversized(size)

    def oversized(self, size: Callable[[], int]) -> RunEnded | None:
        """Say whether a run has written too much."""
        if self.output_size is None or (written := size()) <= self.output_size:
            return None
        return OutputLimitReached(
            reason=f"The program wrote {size_words(written)}, more than the "
            f"{size_words(self.output_size)} that a run may write, and was ended"
        )


NO_LIMITS = Limits()
"""What holds if a program file says nothing."""


@dataclass(frozen=True, slots=True)
class Fail:
    """A run whose machine went down has failed."""


@dataclass(frozen=True, slots=True)
class Again:
    """It is run once more from the start, in an empty folder."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Another command carries on in the folder as it was left."""

    command: tuple[Argument, ...]


AfterRestart = Fail | Again | Resume
"""What an operation does with a run whose machine went down."""

FAIL = Fail()

MOST_RESTARTS = 5
"""A program that brings its machine down is not begun again for ever."""


def size_words(size: int) -> str:
    """Write a number of bytes as people read it: `999 B`, `1.5 kB`, `20 GB`."""
    value, unit = float(size), _UNITS[0]
    for larger in _UNITS[1:]:
        if value < 999.5:
            break
        value, unit = value / 1000, larger
    return f"{value:.3g} {unit}" if value < 999.5 else f"{value:.0f} {unit}"
