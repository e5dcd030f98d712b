"""A journal beside which the process dies: just before or just after one of its commits."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
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


class KillingTransactions:
    """Kills its own process with -9 at one write: in the transaction, when all is said but COMMIT,
    or as soon as the commit is durable.

    Which write from now on is said by a file while the process runs ("3 before"); with it goes
    the danger.
    """

    def __init__(self, inner: Transactions[Any], plan: Path) -> None:
        self._inner = inner
        self._plan = plan

    async def read(self, work: Callable[[Any], Result]) -> Result:
        return await self._inner.read(work)

    async def write(self, work: Callable[[Any], Result]) -> Result:
        moment = self._moment()
        if moment is None:
            return await self._inner.write(work)

        def last(store: Any) -> Result:
            result = work(store)
            if moment == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        await self._inner.write(last)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    def _moment(self) -> str | None:
        """Count down; the moment to die at, if it is this write."""
        if not self._plan.exists():
            return None
        at, moment = self._plan.read_text().split()
        if int(at) > 1:
            self._plan.write_text(f"{int(at) - 1} {moment}")
            return None
        self._plan.unlink()
        return moment
