"""Holds back calls to a service that has enough of them already.

So a service that hangs keeps a few calls waiting and not ten thousand, and others do not suffer.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Generic, TypeVar

from tarry.platform.executions.api.turns import Turns
from tarry.platform.kernel.model import ProjectId

Lane = TypeVar("Lane")


class Lanes(Generic[Lane]):
    """Lets a number of calls into each lane, and the others later, projects in turn."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._inside: Counter[Lane] = Counter()
        self._waiting: defaultdict[Lane, Turns[ProjectId, Callable[[], bool]]] = defaultdict(Turns)

    def enter(self, lane: Lane, project: ProjectId, go: Callable[[], bool]) -> None:
        """Call `go` as soon as there is room; it tells whether it has entered."""
        if self._inside[lane] >= self._width:
            self._waiting[lane].add(project, go)
        elif go():
            self._inside[lane] += 1

    def leave(self, lane: Lane) -> None:
        """Make room for the next."""
        self._inside[lane] -= 1
        waiting = self._waiting[lane]
        while waiting and self._inside[lane] < self._width:
            if waiting.pop()():
                self._inside[lane] += 1
        if not waiting:
            del self._waiting[lane]
        if not self._inside[lane]:
            del self._inside[lane]
