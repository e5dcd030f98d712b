"""One timer ends every wait that takes too long, and no other."""

import asyncio
from datetime import timedelta

import pytest
from tests.fakes.virtual_time import run_virtually

from tarry.soap.patience import Patience

MINUTE = timedelta(minutes=1)


async def after(seconds: float) -> float:
    await asyncio.sleep(seconds)
    return seconds


def test_each_wait_ends_at_its_own_limit_and_in_time_ones_are_answered() -> None:
    async def story() -> None:
        loop, patience = asyncio.get_running_loop(), Patience(MINUTE)
        ended: dict[str, float | str] = {}

        async def wait(name: str, begins: float, takes: float) -> None:
            await asyncio.sleep(begins)
            begun = loop.time()
            try:
                ended[name] = await patience.wait(after(takes))
            except TimeoutError:
                ended[name] = f"late after {loop.time() - begun:.3f}"

        await asyncio.gather(
            wait("at once", 0, 0),
            wait("for ever", 0, 1e6),
            wait("in time", 1, 59),
            wait("later, for ever", 45, 1e6),
            wait("after a pause", 300, 1e6),
        )
        assert ended == {
            "at once": 0,
            "for ever": "late after 60.000",
            "in time": 59,
            "later, for ever": "late after 60.000",
            "after a pause": "late after 60.000",
        }

    run_virtually(story())


def test_whoever_is_cancelled_is_not_said_to_be_late() -> None:
    async def story() -> None:
        patience = Patience(MINUTE)
        waiting = asyncio.create_task(patience.wait(after(1e6)))
        await asyncio.sleep(30)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    run_virtually(story())


def test_a_task_that_was_late_can_go_on() -> None:
    async def story() -> None:
        patience = Patience(MINUTE)
        for _ in range(2):
            with pytest.raises(TimeoutError):
                await patience.wait(after(1e6))
        assert await patience.wait(after(1)) == 1

    run_virtually(story())
