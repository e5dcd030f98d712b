"""Places at services that take only so many runs at once.

A step run that finds no place has not been called, and its journal says so: it is withheld. When a
place is free it is kept for whose turn it is, until that step run has been renewed in the journal
and comes for it.
"""

from collections import defaultdict
from collections.abc import Callable

from tarry.platform.executions.api.turns import Turns
from tarry.platform.executions.model.calls import StepCall
from tarry.platform.kernel.model import ProjectId, StepRunId


class Places:
    """Hands out places, to projects in turn."""

    def __init__(self, free: Callable[[StepRunId], bool]) -> None:
        """Prepare; `free` tells a step run that it has a place, and says whether it comes."""
        self._free = free
        self._inside: defaultdict[str, set[StepRunId]] = defaultdict(set)
        self._waiting: defaultdict[str, Turns[ProjectId, StepRunId]] = defaultdict(Turns)
        self._width: dict[str, int] = {}

    def take(self, call: StepCall) -> bool:
        """Take a place, or wait for one; tells whether there was one."""
        if call.terms.most_runs is None:
            return True
        service = call.terms.uri
        self._width[service] = call.terms.most_runs
        inside = self._inside[service]
        if call.step in inside:
            return True
        if len(inside) < call.terms.most_runs and not self._waiting[service]:
            inside.add(call.step)
            return True
        self._waiting[service].add(call.project, call.step)
        return False

    def occupy(self, call: StepCall) -> None:
        """Note that a step run is at its service already, place or not."""
        if call.terms.most_runs is not None:
            self._width[call.terms.uri] = call.terms.most_runs
            self._inside[call.terms.uri].add(call.step)

    def leave(self, call: StepCall) -> None:
        """Let the next one in."""
        service = call.terms.uri
        inside = self._inside.get(service)
        if inside is None or call.step not in inside:
            return
        inside.discard(call.step)
        waiting = self._waiting[service]
        while waiting and len(inside) < self._width[service]:
            step = waiting.pop()
            if self._free(step):
                inside.add(step)
        if not inside and not waiting:
            del self._inside[service], self._waiting[service]
