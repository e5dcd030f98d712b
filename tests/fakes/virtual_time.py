"""An event loop whose clock leaps to the next timer, so that days pass in a test's blink."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

Result = TypeVar("Result")


class _LeapingSelector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000.0

    def select(self, timeout: float | None = None) -> Any:
        found = super().select(0)
        if not found:
            if timeout is None:
                raise RuntimeError("everything waits, and nothing is due: a deadlock")
            self.now += max(0.0, timeout)
        return found


class VirtualLoop(asyncio.SelectorEventLoop):
    """Never waits. Only for code that uses no threads and no sockets."""

    def __init__(self) -> None:
        self._leaping = _LeapingSelector()
        super().__init__(self._leaping)

    def time(self) -> float:
        return self._leaping.now


def run_virtually(main: Coroutine[Any, Any, Result], *, limit: float = 10 * 24 * 3600) -> Result:
    """Run a coroutine in virtual time, for at most `limit` virtual seconds."""

    async def limited() -> Result:
        async with asyncio.timeout(limit):
            return await main

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(limited())


def clock_of_loop(start: datetime) -> Callable[[], datetime]:
    """Give a clock that goes with the running loop's."""

    def clock() -> datetime:
        return start + timedelta(seconds=asyncio.get_running_loop().time() - 1_000.0)

    return clock
