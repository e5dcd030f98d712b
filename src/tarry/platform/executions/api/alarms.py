"""Says when something is due that the journal names the time of."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from tarry.platform.kernel.interfaces import Clock
from tarry.platform.kernel.model import StepRunId

LONGEST = 24 * 3600.0
"""Seconds between two looks at the clock, which may have been set meanwhile."""


class Alarms:
    """One timer for each step run that waits to be tried again."""

    def __init__(self, ring: Callable[[StepRunId], None], clock: Clock) -> None:
        self._ring = ring
        self._clock = clock
        self._timers: dict[StepRunId, asyncio.TimerHandle] = {}
        self._loop = asyncio.get_running_loop()
        self._closed = False

    def set(self, step: StepRunId, due: datetime) -> None:
        """Ring for a step run when it is due; what is overdue rings soon."""
        if self._closed:
            return
        if (before := self._timers.pop(step, None)) is not None:
            before.cancel()
        left = (due - self._clock()).total_seconds()
        self._timers[step] = self._loop.call_later(
            min(max(0.0, left), LONGEST), self._look, step, due
        )

    def close(self) -> None:
        """Ring no more."""
        self._closed = True
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _look(self, step: StepRunId, due: datetime) -> None:
        del self._timers[step]
        if self._clock() < due:
            self.set(step, due)
        else:
            self._ring(step)
