"""Wakes thousands at their times, with one timer of the event loop.

A timer of the loop's own takes several hundred bytes; an entry of a heap takes a quarter of that.
"""

import asyncio
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Generic, Protocol, TypeVar


class Sleeper(Protocol):
    """Who is woken."""

    wakes_at: float | None
    """On the loop's clock; `None`: it is left alone. Only the timetable writes it."""


Who = TypeVar("Who", bound=Sleeper)

_FEW = 64
"""So many entries that mean nothing any more are not worth clearing away."""


class Timetable(Generic[Who]):
    """A time for each that wants one."""

    def __init__(self, loop: asyncio.AbstractEventLoop, wake: Callable[[Who], None]) -> None:
        self._loop = loop
        self._wake = wake
        self._heap: list[tuple[float, int, Who]] = []
        self._order = count()
        self._set = 0
        self._timer: asyncio.TimerHandle | None = None

    def set(self, who: Who, when: float) -> None:
        """Wake it then, instead of whenever it was to be woken before."""
        self.clear(who)
        who.wakes_at = when
        self._set += 1
        heappush(self._heap, (when, next(self._order), who))
        if self._heap[0][2] is who:
            self._arm()

    def clear(self, who: Who) -> None:
        """Leave it alone. Its entry is passed over when it comes up."""
        if who.wakes_at is None:
            return
        who.wakes_at = None
        self._set -= 1
        if len(self._heap) > 2 * self._set + _FEW:
            self._heap = [entry for entry in self._heap if entry[2].wakes_at == entry[0]]
            heapify(self._heap)

    def close(self) -> None:
        """Wake nobody any more."""
        for entry in self._heap:
            entry[2].wakes_at = None
        self._heap.clear()
        self._set = 0
        self._disarm()

    def _ring(self) -> None:
        self._timer = None
        now = self._loop.time()
        try:
            while self._heap and self._heap[0][0] <= now:
                when, _, who = heappop(self._heap)
                if who.wakes_at == when:
                    who.wakes_at = None
                    self._set -= 1
                    self._wake(who)
        finally:  # what happens to one is nothing to the others
            self._arm()

    def _arm(self) -> None:
        self._disarm()
        if self._heap:
            self._timer = self._loop.call_at(self._heap[0][0], self._ring)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
