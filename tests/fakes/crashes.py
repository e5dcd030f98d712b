"""A journal beside which the process dies: just before or just after one of its commits."""

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from tarry.platform.kernel.interfaces import Transactions

Result = TypeVar("Result")
Moment = Literal["before", "after"]


class Crash(BaseException):
    """The process is gone; nobody catches this."""


class CrashingTransactions:
    """Lets the process die at one write, and counts writes."""

    def __init__(
        self, inner: Transactions[Any], *, at: int | None = None, moment: Moment = "before"
    ) -> None:
        self._inner = inner
        self._at = at
        self._moment = moment
        self.writes = 0

    async def read(self, work: Callable[[Any], Result]) -> Result:
        return await self._inner.read(work)

    async def write(self, work: Callable[[Any], Result]) -> Result:
        self.writes += 1
        now = self.writes == self._at
        if now and self._moment == "before":
            raise Crash
        result = await self._inner.write(work)
        if now:
            raise Crash
        return result
