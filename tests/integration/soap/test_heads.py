"""A client that sends the head of a request for ever is sent away; honest ones notice nothing."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.fakes.uvicorn_server import serving

from tarry.soap.heads import HEAD_LIMIT, BoundedHttp

START = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
ANSWER_IN = 20.0
"""Seconds after which an answer is taken never to come."""


class Impatient(BoundedHttp):
    """Waits half a second for a head."""

    head_time = timedelta(seconds=0.5)


async def counting(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the number of bytes of the body; at `/slow` after a while."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    if scope["path"] == "/slow":
        await asyncio.sleep(1.5)
    body = str(size).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected(protocol: type[BoundedHttp] = Impatient) -> AsyncIterator[Streams]:
    """A raw connection to a serving process."""
    with serving(counting, http=protocol) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
        try:
            yield reader, writer
        finally:
            writer.close()


async def until_closed(reader: asyncio.StreamReader) -> bytes:
    """All that comes before the server closes; fails if it does not."""
    try:
        return await asyncio.wait_for(reader.read(), ANSWER_IN)
    except ConnectionError:
        return b""


async def pour(streams: Streams, piece: Callable[[int], bytes], *, pause: float = 0.0) -> int:
    """Send pieces until the server closes; gives the number of bytes."""
    _, writer = streams
    sent = number = 0
    give_up = time.monotonic() + ANSWER_IN
    try:
        while not writer.is_closing():
            assert time.monotonic() < give_up, "it goes on taking them"
            writer.write(piece(number))
            sent, number = sent + len(piece(number)), number + 1
            await writer.drain()
            await asyncio.sleep(pause)
    except ConnectionError:
        pass
    return sent


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"GET /", lambda _: b"a" * 8_192),
        (START + b"X: ", lambda _: b"a" * 8_192),
        (START, lambda number: b"X-%d: y\r\n" % number * 500),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n",
            lambda number: b"X-%d: y\r\n" % number * 500,
        ),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;",
            lambda _: b"a" * 8_192,
        ),
    ],
    ids=["address", "one header", "many headers", "trailers", "chunk extension"],
)
async def test_endless_heads_are_cut_off_near_the_limit(
    start: bytes, piece: Callable[[int], bytes]
) -> None:
    async with connected(BoundedHttp) as streams:
        streams[1].write(start)
        sent = await pour(streams, piece)
    # what the two systems' buffers hold is sent, but not kept
    assert sent < HEAD_LIMIT + 16_000_000


async def test_a_head_that_is_too_large_is_told_so() -> None:
    async with connected(BoundedHttp) as (reader, writer):
        start = START + b"X: "
        writer.write(start + b"a" * (HEAD_LIMIT + 1 - len(start)))
        assert (await until_closed(reader)).startswith(b"HTTP/1.1 431 ")


async def test_a_head_as_large_as_any_honest_one_is_taken() -> None:
    async with connected(BoundedHttp) as (reader, writer):
        writer.write(START + b"Cookie: " + b"a" * (HEAD_LIMIT - 1_000) + b"\r\n\r\n")
        assert b"200 OK" in await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), ANSWER_IN)


async def test_a_head_that_trickles_is_ended_when_its_time_is_over() -> None:
    async with connected() as streams:
        reader, writer = streams
        writer.write(START)
        begun = time.monotonic()
        for number in range(5):
            writer.write(b"X-%d: y\r\n" % number)
            await asyncio.sleep(0.05)
        assert (await until_closed(reader)).startswith(b"HTTP/1.1 408 ")
        assert time.monotonic() - begun >= 0.4


async def test_going_on_to_send_does_not_prolong_the_time() -> None:
    async with connected() as streams:
        streams[1].write(START)
        await pour(streams, lambda number: b"X-%d: y\r\n" % number, pause=0.05)


async def test_empty_lines_do_not_keep_a_connection() -> None:
    async with connected() as streams:
        await pour(streams, lambda _: b"\r\n", pause=0.05)
        await until_closed(streams[0])


async def test_a_connection_on_which_nothing_comes_is_closed_without_a_word() -> None:
    async with connected() as (reader, _):
        assert await until_closed(reader) == b""


async def test_the_next_head_on_a_connection_has_a_limit_too() -> None:
    async with connected() as streams:
        reader, writer = streams
        for _ in range(3):
            writer.write(START + b"\r\n")
            assert b"200 OK" in await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), ANSWER_IN)
            await reader.readexactly(1)
        writer.write(START)
        await pour(streams, lambda number: b"X-%d: y\r\n" % number, pause=0.05)
        await until_closed(reader)


async def test_slow_answers_and_slow_bodies_are_no_business_of_this_limit() -> None:
    async with connected() as (reader, writer):
        writer.write(b"POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n")
        for _ in range(8):
            writer.write(b"a")
            await asyncio.sleep(0.15)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), ANSWER_IN)
        assert b"200 OK" in head
        assert await reader.readexactly(1) == b"8"


async def test_requests_sent_before_the_answers_are_all_answered() -> None:
    async with connected() as (reader, writer):
        writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n" + (START + b"\r\n") * 3)
        for _ in range(4):
            assert b"200 OK" in await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), ANSWER_IN)
            await reader.readexactly(1)


async def test_a_body_may_be_larger_than_any_head() -> None:
    async with connected(BoundedHttp) as (reader, writer):
        size = 20 * HEAD_LIMIT
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size)
        writer.write(b"a" * size)
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), ANSWER_IN)
        assert int(await reader.readexactly(7)) == size
