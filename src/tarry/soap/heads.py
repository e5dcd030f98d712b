"""uvicorn's HTTP protocol, with limits for what it limits not: the heads of requests.

Bare uvicorn waits for ever for the rest of a head, and keeps whatever comes in memory. The limits
of bodies are the doors' own (`soap.bodies`): only they know how large and how slow one may be.
"""

import asyncio
from datetime import timedelta
from typing import ClassVar

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

log = structlog.get_logger(__name__)

HEAD_LIMIT = 65_536
"""Bytes of a head. It may be more by what came in one piece with its end."""

HEAD_TIME = timedelta(seconds=30)
"""From the connection, or from the first byte after an answer, to the end of the next head."""


class BoundedHttp(HttpToolsProtocol):
    """Closes connections whose next request's head is too large, or takes too long to come.

    What is counted is what was received since anything of use was: the end of a head, a piece
    of a body, the end of a message. So trailers after a body have the same limit.
    """

    head_limit: ClassVar[int] = HEAD_LIMIT
    head_time: ClassVar[timedelta] = HEAD_TIME

    _useless = 0
    _overdue: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._head_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, within the limits."""
        self._useless += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._useless > self.head_limit:
            self._refuse(b"431 Request Header Fields Too Large", "http.head_too_large")
        elif self._answers:
            self._head_came()
        elif self._overdue is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        """A head is whole."""
        self._useless = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of a body is there."""
        self._useless = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request is whole."""
        self._useless = 0
        super().on_message_complete()

    @property
    def _answers(self) -> bool:
        """Whether a request is being answered, so that no other head is waited for."""
        cycle: RequestResponseCycle | None = self.cycle  # none before the first request
        return cycle is not None and not cycle.response_complete

    def _await_head(self) -> None:
        self._overdue = self.loop.call_later(self.head_time.total_seconds(), self._late)

    def _head_came(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None

    def _late(self) -> None:
        self._overdue = None
        if self.transport.is_closing() or self._answers:
            return
        if self._useless:
            self._refuse(b"408 Request Timeout", "http.head_too_slow")
        else:  # nobody asked for anything, so nobody waits for an answer
            self.transport.close()

    def _refuse(self, status: bytes, event: str) -> None:
        self._head_came()
        log.warning(event, client=self.client[0] if self.client else "", received=self._useless)
        if not self._answers:  # else it would stand in the middle of another answer
            self.transport.write(
                b"HTTP/1.1 %b\r\nconnection: close\r\ncontent-length: 0\r\n\r\n" % status
            )
        self.transport.close()
