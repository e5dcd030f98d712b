"""The worker that watches the health of the registered services.

Only one process of a platform needs to run it: whoever leads.
"""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from tarry.contract.errors import TarryError
from tarry.platform.catalogue.operations.shelf import Shelf
from tarry.platform.catalogue.operations.watching import Looked, Pace, look, timetable

log = structlog.get_logger()

MOST_AT_ONCE = 4
LONGEST_NAP = timedelta(minutes=5)
"""At least so often it is seen whether services have come or gone."""
SHORTEST_NAP = timedelta(seconds=30)
"""What becomes due meanwhile is looked at together: the timetable itself costs something."""
SPREAD = 0.2
"""By so much of the pace a look may come later, so that they don't all come at once."""


class HealthWatch:
    """Reads the WSDL of each registered service now and then, gently."""

    def __init__(
        self,
        shelf: Shelf,
        *,
        pace: Pace | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Prepare; nothing is read yet.

        Args:
            shelf: what to work with.
            pace: how often services are looked at.
            chance: gives a number from 0 to 1, for the spread.
        """
        self._shelf = shelf
        self._pace = pace or Pace()
        self._chance = chance
        self._late: dict[tuple[str, datetime], timedelta] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch, in a task of its own."""
        if self._task is None:
            self._task = asyncio.create_task(self.run(), name="health-watch")

    async def stop(self) -> None:
        """Watch no more; a look that is going on is given up."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            try:
                pause = await self.round()
            except TarryError as error:  # the database is away: there is time
                log.warning("health.round-failed", reason=str(error))
                pause = LONGEST_NAP
            except Exception:
                log.exception("health.round-failed")
                pause = LONGEST_NAP
            await asyncio.sleep(pause.total_seconds())

    async def round(self) -> timedelta:
        """Look at all that is due, a few at once, and tell after which pause to come again."""
        table = await timetable(self._shelf, self._pace)
        now = self._shelf.clock()
        late = {(one.url, one.due): self._late_for(one) for one in table}
        self._late = late
        times = [(one.due + late[one.url, one.due], one) for one in table]
        gate = asyncio.Semaphore(MOST_AT_ONCE)

        async def look_at(one: Looked) -> None:
            async with gate:
                await look(self._shelf, one)

        async with asyncio.TaskGroup() as group:
            for due, one in times:
                if due <= now:
                    group.create_task(look_at(one))
        coming = [due - now for due, _ in times if due > now]
        return max(min([*coming, LONGEST_NAP]), SHORTEST_NAP)

    def _late_for(self, one: Looked) -> timedelta:
        """Draw once for each look by how much it comes later."""
        known = self._late.get((one.url, one.due))
        return self._pace.used * SPREAD * self._chance() if known is None else known
