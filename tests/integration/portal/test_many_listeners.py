"""Event streams under strain: many listeners, ones that never read, runs of many steps."""

import asyncio
import socket
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from tests.fakes.portal_rooms import FakeRooms, run_view, step_view

from tarry.client import AsyncPlatform, Event
from tarry.platform.executions.model.states import ExecutionState, StepState

RUN = run_view().id


async def test_hundreds_of_listeners_all_hear_the_end(url: str, fake: FakeRooms) -> None:
    fake.runs.change(run_view())
    async with AsyncPlatform(url, "token-of-ada") as platform:
        heard = [0]

        async def follow() -> Event:
            last = None
            async for event in platform.events(RUN):
                heard[0] += last is None
                last = event
            assert last is not None
            return last

        following = [asyncio.create_task(follow()) for _ in range(300)]
        while heard[0] < 300:
            await asyncio.sleep(0.02)
        fake.runs.change(run_view(state=ExecutionState.SUCCEEDED))
        ends = await asyncio.gather(*following)
        assert {event.run.state for event in ends if event.run} == {"succeeded"}
        assert (await platform.run(RUN)).succeeded  # and others are served beside them


def test_a_listener_that_never_reads_is_cut_off(url: str, fake: FakeRooms) -> None:
    fake.runs.change(run_view(inputs={"big": "x" * 8_000_000}))
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port)) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        request = f"GET /api/v1/runs/{RUN}/events HTTP/1.1\r\nHost: localhost\r\n"
        deaf.sendall(f"{request}X-Auth-Token: token-of-ada\r\n\r\n".encode())
        _until(lambda: len(fake.runs.listeners) == 1)
        _until(lambda: not fake.runs.listeners)


async def test_a_run_of_many_steps_is_told_at_leisure(url: str, fake: FakeRooms) -> None:
    """While it changes all the time, its listeners hear how it stands, and others are served."""
    steps = tuple(step_view(RUN, number, state=StepState.SUCCEEDED) for number in range(1, 2_001))
    fake.runs.change(run_view(steps=steps))
    async with AsyncPlatform(url, "token-of-ada") as platform:
        events = platform.events(RUN)
        first = await anext(events)
        assert first.run is not None
        assert len(first.run.steps) == 2_000
        for _ in range(50):
            fake.runs.change(run_view(steps=steps))
            await platform.me()
        fake.runs.change(run_view(steps=steps, state=ExecutionState.SUCCEEDED))
        later = [event async for event in events]
    assert later[-1].run is not None
    assert later[-1].run.succeeded
    assert len(later) < 50  # what comes fast is told together


def _until(true: Callable[[], bool], limit: float = 60.0) -> None:
    end = time.monotonic() + limit
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
