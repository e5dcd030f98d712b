"""A small HTTP load generator: the same bytes, or a few in turn, on keep-alive connections.

It speaks to loopback only and stops by itself. One request is in flight per connection; a
response is complete after as many bytes as its Content-Length says. Either each connection sends
its next request as soon as it has its answer, or requests are sent at a pace: then a latency
counts from the time when the request was due, so that a server cannot hide a pause in it.
"""

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LIMIT_SECONDS = 60.0
"""A run may not be longer than this, whatever it is asked for."""


@dataclass(kw_only=True)
class Load:
    """What a run of load measured; latencies in seconds, one for each call."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        """How many calls were answered."""
        return len(self.latencies)

    @property
    def per_second(self) -> float:
        """Calls answered in a second, over the whole run."""
        return self.calls / self.seconds

    def percentile(self, part: float) -> float:
        """Give the latency that `part` (0 to 1) of the calls stayed within, in seconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


class _Connection(asyncio.Protocol):
    """Sends one request after another; with a pace, the next is due so many seconds later."""

    def __init__(
        self,
        requests: Iterator[bytes],
        load: Load,
        until: float,
        done: asyncio.Future[None],
        *,
        pause: float = 0.0,
        first: float = 0.0,
    ) -> None:
        self._requests, self._load, self._until, self._done = requests, load, until, done
        self._pause, self._first = pause, first
        self._buffer = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._sent = time.perf_counter() + self._first - self._pause
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        lowered = head.lower()
        at = lowered.find(b"content-length:")
        length = int(lowered[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(body) < length:
            return
        now = time.perf_counter()
        status = int(head[9:12])
        self._load.statuses[status] = self._load.statuses.get(status, 0) + 1
        self._load.latencies.append(now - self._sent)
        self._buffer = b""
        if now < self._until:
            self._next()
            return
        self._done.set_result(None)
        self._transport.close()

    def _next(self) -> None:
        if not self._pause:
            self._sent = time.perf_counter()
            self._transport.write(next(self._requests))
            return
        self._sent += self._pause
        wait = max(0.0, self._sent - time.perf_counter())
        asyncio.get_running_loop().call_later(wait, self._transport.write, next(self._requests))


Requests = bytes | Sequence[bytes]
"""One request, or several that are sent in turn."""


async def load(tcp_port: int, request: Requests, *, seconds: float, connections: int) -> Load:
    """Send `request` to a loopback TCP port for some seconds, as often as it is answered.

    Raises:
        ConnectionError: the server closed a connection in the middle.
    """
    return await _load(tcp_port, request, seconds, connections, pause=0.0)


async def paced_load(
    tcp_port: int, request: Requests, *, seconds: float, connections: int, per_second: float
) -> Load:
    """Send `request` so many times a second, in turn over some connections.

    Raises:
        ConnectionError: the server closed a connection in the middle.
    """
    return await _load(tcp_port, request, seconds, connections, pause=connections / per_second)


async def _load(
    tcp_port: int, request: Requests, seconds: float, connections: int, *, pause: float
) -> Load:
    seconds = min(seconds, LIMIT_SECONDS)
    loop = asyncio.get_running_loop()
    result = Load()
    requests = itertools.cycle([request] if isinstance(request, bytes) else request)
    started = time.perf_counter()
    waiting: list[asyncio.Future[None]] = []
    for number in range(connections):
        done: asyncio.Future[None] = loop.create_future()
        waiting.append(done)
        connection = _Connection(
            requests,
            result,
            started + seconds,
            done,
            pause=pause,
            first=pause * number / connections,
        )
        await loop.create_connection(lambda it=connection: it, "127.0.0.1", tcp_port)  # type: ignore[misc]
    await asyncio.gather(*waiting)
    result.seconds = time.perf_counter() - started
    return result


def post(path: str, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    """Make the bytes of an HTTP POST of XML."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: text/xml; charset=utf-8",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def get(path: str) -> bytes:
    """Make the bytes of an HTTP GET."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
