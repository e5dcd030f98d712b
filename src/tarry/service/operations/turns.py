"""Whose turn it is: no more programs of an operation run at an instant than it allows.

The order is that in which the runs were claimed, by a number that is kept with the record of the
id: the clock may be set back, and the service may be restarted, without anybody losing their place.
"""

import asyncio
from bisect import bisect
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from tarry.service.model.run import RunName

Key = tuple[str, str]
"""Names of the service and of the operation."""


@dataclass(eq=False)
class Ticket:
    """A run that waits.

    Attributes:
        number: the lower, the sooner.
        moved: is told the place, the first being 1.
        called: set when it is its turn.
    """

    number: int
    name: RunName
    moved: Callable[[int], None]
    called: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(eq=False)
class Line:
    """Those who run and those who wait, of one operation.

    Attributes:
        limit: how many may run; `None` for any number.
    """

    limit: int | None = None
    inside: set[RunName] = field(default_factory=set)
    waiting: list[Ticket] = field(default_factory=list)

    @property
    def has_room(self) -> bool:
        """Whether one more may run."""
        return self.limit is None or len(self.inside) < self.limit


class Turns:
    """The lines of all operations of a process. Nobody is called while it is closed."""

    def __init__(self) -> None:
        self._lines: defaultdict[Key, Line] = defaultdict(Line)
        self._closed = False

    def set_limit(self, key: Key, limit: int | None) -> None:
        """Say how many programs of an operation may run, as its newest program file has it."""
        self._lines[key].limit = limit

    def close(self) -> None:
        """Call nobody until it is known who runs already."""
        self._closed = True

    def open(self) -> None:
        """Call those whose turn it is."""
        self._closed = False
        for line in self._lines.values():
            self._call(line)

    def occupy(self, key: Key, name: RunName) -> None:
        """Count a program that runs already, whether there is room or not."""
        self._lines[key].inside.add(name)

    def join(self, key: Key, name: RunName, *, number: int, moved: Callable[[int], None]) -> Ticket:
        """Take a place; who does must leave in the end, whether called or not."""
        line = self._lines[key]
        ticket = Ticket(number, name, moved)
        place = bisect(line.waiting, number, key=lambda waiting: waiting.number)
        line.waiting.insert(place, ticket)
        self._call(line, since=place)
        return ticket

    def leave(self, key: Key, name: RunName) -> None:
        """Make room for the next."""
        line = self._lines[key]
        line.inside.discard(name)
        line.waiting = [ticket for ticket in line.waiting if ticket.name != name]
        self._call(line)

    def _call(self, line: Line, *, since: int = 0) -> None:
        while line.waiting and line.has_room and not self._closed:
            ticket = line.waiting.pop(0)
            line.inside.add(ticket.name)
            ticket.called.set()
            since = 0
        for place in range(since, len(line.waiting)):
            line.waiting[place].moved(place + 1)
