"""HTTP as the SOAP client needs it: limits on everything, and the truth about what was sent.

Whether a failed call may be repeated hangs on one fact: was anything of it sent? The pool notes
for each request the moment a connection is handed to it. What fails before is `NotSent`; what fails
after is `AnswerLost`, even if in truth no byte left, as nobody can tell.
"""

import asyncio
import errno
import os
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from weakref import WeakSet

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from yarl import URL

from tarry.contract.errors import TarryError
from tarry.soap.addresses import AllowedAddresses, CheckingResolver
from tarry.soap.errors import AnswerLost, BadAnswer, NotSent, WsdlUnreachable, WsdlUnreadable

MAX_ANSWER = 32 * 1024 * 1024
"""The largest answer or document that is read, in bytes."""

# uvicorn, like many, closes a connection after 5 s of silence. We give it up earlier, so that a
# request rarely meets a closing one; a call that must not be repeated takes only one that was in
# use a moment ago.
_KEEP_ALIVE = 3.0
_KEEP_ALIVE_SURE = 0.5
_CONNECT = 10.0
_REDIRECTS = 5
_CONNECTIONS = 256
_NOBODY_BEHIND = {502, 503, 504}  # a proxy says that what it stands before is away
_NO_CONNECTION = {errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ETIMEDOUT}
_CLOSED = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)


@dataclass(slots=True)
class _Sent:
    """What is known of one request."""

    connected: bool = False
    reused: bool = False


_under_way: ContextVar[_Sent | None] = ContextVar("_under_way", default=None)
"""Of the task that makes a request: what is known of it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """As the peer wrote it; empty if it did not."""
        return self.headers.get("Content-Type", "")


class Transport:
    """Two pools of connections in one event loop, to allowed addresses only."""

    def __init__(self, allowed: AllowedAddresses, *, max_answer: int = MAX_ANSWER) -> None:
        self._allowed = allowed
        self._max_answer = max_answer
        self._patient: aiohttp.ClientSession | None = None
        self._sure: aiohttp.ClientSession | None = None
        self._checked: dict[str, URL] = {}

    async def close(self) -> None:
        """Close all connections."""
        for session in (self._patient, self._sure):
            if session is not None:
                await session.close()
        self._patient = self._sure = None

    async def post(
        self,
        url: str,
        body: bytes,
        *,
        operation: str,
        headers: Mapping[str, str],
        timeout: timedelta,
        retry_closed: bool,
    ) -> Reply:
        """Post once; no redirect is followed.

        Args:
            url: where to.
            body: the request.
            operation: its name, for messages.
            headers: of the request.
            timeout: for all of it.
            retry_closed: it may be sent again if the connection turns out to be closed.

        Raises:
            AddressRefused, NotSent, AnswerLost, BadAnswer: as they say.
        """
        target = self.check(url)
        session = self._session(sure=not retry_closed)
        while True:
            sent = _Sent()
            try:
                async with asyncio.timeout(timeout.total_seconds()):
                    reply = await self._post(session, target, body, headers, sent)
                    return self._usable(reply, operation, url)
            except TimeoutError:
                seconds = f"{timeout.total_seconds():g} s"
                raise _failure(sent, operation, url, f"no answer within {seconds}") from None
            except aiohttp.ClientResponseError as error:
                what = f"no HTTP: {error.message}"
                raise BadAnswer(operation=operation, url=url, what=what) from error
            except (aiohttp.ClientError, OSError) as error:
                if retry_closed and sent.reused and isinstance(error, _CLOSED):
                    retry_closed = False
                    continue
                raise _failure(sent, operation, url, _reason(error)) from error

    async def _post(
        self,
        session: aiohttp.ClientSession,
        target: URL,
        body: bytes,
        headers: Mapping[str, str],
        sent: _Sent,
    ) -> Reply:
        mark = _under_way.set(sent)
        try:
            async with session.post(
                target, data=body, headers=headers, allow_redirects=False
            ) as response:
                raw = await self._read(response)
                return Reply(response.status, response.headers, raw)
        finally:
            _under_way.reset(mark)  # else each timer that this task sets afterwards keeps it

    def _usable(self, reply: Reply, operation: str, url: str) -> Reply:
        what = f"HTTP {reply.status}"
        if 300 <= reply.status < 400:
            place = reply.headers.get("Location", "nowhere")
            what += f", a redirect to {place}, which a call does not follow"
        elif len(reply.body) > self._max_answer:
            what += f" with more than {self._max_answer:,} bytes"
        else:
            return reply
        raise BadAnswer(operation=operation, url=url, what=what)

    async def fetch(self, url: str, *, timeout: timedelta) -> bytes:
        """Get a document; each redirect is checked as the first address is.

        Raises:
            AddressRefused: it, or where it redirects to, is not allowed.
            WsdlUnreachable: nothing answered.
            WsdlUnreadable: what answered did not give it.
        """
        place = url
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                for _ in range(_REDIRECTS + 1):
                    found = await self._fetch(place)
                    if isinstance(found, bytes):
                        return found
                    place = found
        except TimeoutError:
            seconds = f"{timeout.total_seconds():g} s"
            raise WsdlUnreachable(url=place, reason=f"no answer within {seconds}") from None
        except (aiohttp.ClientError, OSError) as error:
            raise WsdlUnreachable(url=place, reason=_reason(error)) from error
        raise WsdlUnreadable(url=url, reason=f"more than {_REDIRECTS} redirects")

    async def _fetch(self, url: str) -> bytes | str:
        """Give the document, or where a redirect leads to."""
        target = self.check(url)
        session = self._session(sure=False)
        async with session.get(target, allow_redirects=False) as response:
            if response.status in {301, 302, 303, 307, 308}:
                place = response.headers.get("Location", "")
                return str(target.join(URL(place)))
            if response.status in _NOBODY_BEHIND:
                raise WsdlUnreachable(url=url, reason=f"HTTP {response.status}")
            if response.status != 200:
                raise WsdlUnreadable(url=url, reason=f"HTTP {response.status}")
            raw = await self._read(response)
            if len(raw) > self._max_answer:
                raise WsdlUnreadable(url=url, reason=f"more than {self._max_answer:,} bytes")
            return raw

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        """Read a body, but stop soon after the limit."""
        pieces: list[bytes] = []
        size = 0
        async for piece in response.content.iter_any():
            pieces.append(piece)
            size += len(piece)
            if size > self._max_answer:
                response.close()
                break
        return b"".join(pieces)

    def check(self, url: str) -> URL:
        """Check what can be known of an address before it is used.

        Raises:
            AddressRefused: see `AllowedAddresses.check`.
        """
        checked = self._checked.get(url)
        if checked is None:
            checked = self._allowed.check(url)
            if len(self._checked) >= 1_000:
                self._checked.clear()
            self._checked[url] = checked
        return checked

    def _session(self, *, sure: bool) -> aiohttp.ClientSession:
        if sure:
            self._sure = self._sure or self._new_session(_KEEP_ALIVE_SURE)
            return self._sure
        self._patient = self._patient or self._new_session(_KEEP_ALIVE)
        return self._patient

    def _new_session(self, keep_alive: float) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=_NotingPool(CheckingResolver(self._allowed), keep_alive),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT),
            headers={"Accept-Encoding": "identity", "User-Agent": "tarry"},
        )


class _NotingPool(aiohttp.TCPConnector):
    """Connections that note which request they were handed to.

    aiohttp's traces tell the same, at a tenth of what a call costs.
    """

    def __init__(self, resolver: AbstractResolver, keep_alive: float) -> None:
        super().__init__(resolver=resolver, keepalive_timeout=keep_alive, limit=_CONNECTIONS)
        self._used: WeakSet[ResponseHandler] = WeakSet()

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,
    ) -> Connection:
        connection = await super().connect(req, traces, timeout)
        sent = _under_way.get()
        protocol = connection.protocol
        if sent is not None and protocol is not None:
            sent.connected = True
            sent.reused = protocol in self._used
            self._used.add(protocol)
        return connection


def _failure(sent: _Sent, operation: str, url: str, reason: str) -> TarryError:
    kind = AnswerLost if sent.connected else NotSent
    return kind(operation=operation, url=url, reason=reason)


def _reason(error: BaseException) -> str:
    """Put a failure into words: the library's own are for who knows the library."""
    if isinstance(error, aiohttp.ClientConnectorError) and error.errno in _NO_CONNECTION:
        return f"{error.host}:{error.port}: {os.strerror(error.errno).lower()}"
    return str(error) or type(error).__name__
