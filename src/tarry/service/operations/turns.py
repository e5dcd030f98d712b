"""Whose turn it is: no more programs of an operation run at an instant than it allows.

Owners take turns: each has a queue, in the order in which the runs were claimed, and the next run
is taken from the queue of the owner who waits for longest since the last one. So who asks for a
thousand runs keeps nobody waiting for more than the one before theirs. Who comes new to the ring of
owners stands at its end, and so does whoever comes back to it: nobody gains by leaving.

Clocks play no part: the number that orders a queue is kept with the record of the id, and the ring
is told to whoever keeps it (`rings`), so that a restart costs nobody their place.
"""

import asyncio
from bisect import bisect
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tarry.service.model.run import NO_QUEUE, OwnerKey, Rings, RunName

Key = tuple[str, str]
"""Names of the service and of the operation."""


@dataclass(eq=False)
class Ticket:
    """A run that waits.

    Attributes:
        number: the lower, the sooner among those of its owner.
        moved: is told the place, the first being 1.
        called: set when it is its turn.
        place: that was told last.
    """

    number: int
    name: RunName
    owner: OwnerKey
    moved: Callable[[int], None]
    called: asyncio.Event = field(default_factory=asyncio.Event)
    place: int = 0


@dataclass(eq=False)
class Line:
    """Those who run and those who wait, of one operation.

    Attributes:
        limit: how many may run; `None` for any number.
        queues: the waiting runs of each owner; in the order of the ring, the next owner first.
        remembered: the ring as it was before a restart.
    """

    limit: int | None = None
    inside: set[RunName] = field(default_factory=set)
    queues: dict[OwnerKey, list[Ticket]] = field(default_factory=dict)
    remembered: Sequence[OwnerKey] = ()

    @property
    def has_room(self) -> bool:
        """Whether one more may run."""
        return self.limit is None or len(self.inside) < self.limit

    def add(self, ticket: Ticket) -> None:
        """Let a run wait behind those of its owner who were first."""
        queue = self.queues.setdefault(ticket.owner, [])
        queue.insert(bisect(queue, ticket.number, key=lambda waiting: waiting.number), ticket)

    def remove(self, name: RunName) -> None:
        """Let a run wait no longer."""
        for owner, queue in self.queues.items():
            kept = [ticket for ticket in queue if ticket.name != name]
            if len(kept) != len(queue):
                self.queues[owner] = kept
                if not kept:
                    del self.queues[owner]
                return

    def take(self) -> Ticket:
        """Take the next one; its owner goes to the end of the ring."""
        owner = next(iter(self.queues))
        queue = self.queues.pop(owner)
        ticket = queue.pop(0)
        if queue:
            self.queues[owner] = queue
        return ticket

    def in_order(self) -> Iterator[Ticket]:
        """Give those who wait as they would be taken if nobody else came."""
        queues, number = list(self.queues.values()), 0
        while queues:
            for queue in queues:
                yield queue[number]
            number += 1
            queues = [queue for queue in queues if len(queue) > number]

    def restore(self) -> None:
        """Put the ring as it was remembered; the others follow, who asked first before."""
        places = {owner: place for place, owner in enumerate(self.remembered)}
        ring = sorted(
            self.queues.items(),
            key=lambda each: (places.get(each[0], len(places)), each[1][0].number),
        )
        self.queues, self.remembered = dict(ring), ()


class Turns:
    """The lines of all operations of a process. Nobody is called while it is closed."""

    def __init__(self) -> None:
        self._lines: defaultdict[Key, Line] = defaultdict(Line)
        self._closed = False

    def set_limit(self, key: Key, limit: int | None) -> None:
        """Say how many programs of an operation may run, as its newest program file has it."""
        self._lines[key].limit = limit

    def close(self, remembered: Rings | None = None) -> None:
        """Call nobody until it is known who runs already; restore these rings then."""
        self._closed = True
        for key, ring in (remembered or {}).items():
            self._lines[key].remembered = ring

    def open(self) -> None:
        """Call those whose turn it is."""
        self._closed = False
        for line in self._lines.values():
            line.restore()
            self._call(line)

    def occupy(self, key: Key, name: RunName) -> None:
        """Count a program that runs already, whether there is room or not."""
        self._lines[key].inside.add(name)

    def join(
        self,
        key: Key,
        name: RunName,
        *,
        number: int,
        moved: Callable[[int], None],
        owner: OwnerKey = NO_QUEUE,
    ) -> Ticket:
        """Take a place; who does must leave in the end, whether called or not."""
        line = self._lines[key]
        ticket = Ticket(number, name, owner, moved)
        line.add(ticket)
        self._call(line)
        return ticket

    def leave(self, key: Key, name: RunName) -> None:
        """Make room for the next."""
        line = self._lines[key]
        line.inside.discard(name)
        line.remove(name)
        self._call(line)

    def rings(self) -> dict[Key, tuple[OwnerKey, ...]]:
        """Give the order of the owners wherever several wait."""
        return {
            key: tuple(line.queues) for key, line in self._lines.items() if len(line.queues) > 1
        }

    def _call(self, line: Line) -> None:
        while line.queues and line.has_room and not self._closed:
            ticket = line.take()
            line.inside.add(ticket.name)
            ticket.called.set()
        for place, ticket in enumerate(line.in_order(), start=1):
            if ticket.place != place:
                ticket.place = place
                ticket.moved(place)
