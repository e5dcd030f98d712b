"""A limit for many short waits."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, TypeVar

Result = TypeVar("Result")


class Patience:
    """Ends what takes longer than a limit, with one timer for all of it.

    A timer for each costs more than most requests take to be read, as nearly all have arrived when
    they are asked for. For one event loop.

    Attributes:
        limit: how long anything may take.
    """

    def __init__(self, limit: timedelta) -> None:
        self.limit = limit
        self._seconds = limit.total_seconds()
        self._due: dict[asyncio.Task[Any], float] = {}
        self._late: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def wait(self, work: Awaitable[Result]) -> Result:
        """Wait for something.

        Raises:
            TimeoutError: it took too long.
        """
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        assert task is not None  # noqa: S101 - a coroutine runs in one
        self._due[task] = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._look)
        try:
            return await work
        except asyncio.CancelledError as cancelled:
            if task in self._late and task.uncancel() == 0:
                raise TimeoutError from cancelled
            raise  # somebody else ends it, too
        finally:
            del self._due[task]
            self._late.discard(task)

    def _look(self) -> None:
        """End what is late, and look again when the next one would be."""
        loop = asyncio.get_running_loop()
        self._timer = None
        for task, due in self._due.items():  # in the order in which they become due
            if task in self._late:
                continue
            if due > loop.time():
                self._timer = loop.call_at(due, self._look)
                break
            self._late.add(task)
            task.cancel()
