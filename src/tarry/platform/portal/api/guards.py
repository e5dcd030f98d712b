"""What every request passes before anybody looks at what it wants: its host, its size, its origin.

Plain ASGI, so that they hold for everything that stands behind the same address.
"""

import ipaddress
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tarry.contract.errors import HTTP_STATUS, TarryError
from tarry.platform.portal.api.problems import problem_answer
from tarry.platform.portal.errors import ForeignRequest, TooMuch, UnknownHost

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
MOST_OF_A_BODY = 4 * 1024 * 1024
"""Bytes that a request may carry where no file is expected."""

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""What an answer carries unless it says something more exact itself."""

FOREIGN_CONTENT = {
    "Content-Security-Policy": (
        "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
}
"""What somebody's file or picture goes out with: whatever is in it, nothing of it acts here."""


class HostCheck:
    """Refuses requests for hosts that this platform is not: what a rebound DNS name would send."""

    def __init__(self, app: ASGIApp, host_names: Iterable[str] = ()) -> None:
        self._app = app
        self._names = LOOPBACK_NAMES | {name.lower().strip("[]") for name in host_names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is meant for us."""
        if scope["type"] == "http":
            host = Headers(scope=scope).get("host", "")
            if not self._is_ours(host):
                await _refuse(UnknownHost(host=host[:100] or "nothing"), scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self._names or is_loopback(name)


class BodyLimit:
    """Refuses bodies that are too large, before and while they arrive."""

    def __init__(self, app: ASGIApp, *, files: tuple[str, ...], file_limit: int) -> None:
        self._app = app
        self._files = files
        self._file_limit = file_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is small enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._file_limit if scope["path"] in self._files else MOST_OF_A_BODY
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdecimal() or int(announced) > limit:
            await _refuse(TooMuch(limit=limit), scope, receive, send)
            return
        arrived = 0

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > limit:
                raise TooMuch(limit=limit)
            return message

        await self._app(scope, counted, send)


class SecurityHeaders:
    """Adds the headers that make browsers careful."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str] = SECURITY_HEADERS) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the answer pass with its headers completed."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    found.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


async def same_origin(request: Request) -> None:
    """Refuse what a page of another site made a visitor's browser send.

    A program that names its token in a header is no browser that was tricked; a browser always
    says where an unsafe request comes from, so one that says nothing and sends a cookie is refused.

    Raises:
        ForeignRequest: it came from elsewhere.
    """
    if request.method in SAFE_METHODS or names_its_token(request):
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site not in {"same-origin", "none"}:
        raise ForeignRequest(why=f"Sec-Fetch-Site: {site[:20]}")
    if origin is not None and urlsplit(origin).netloc.lower() != request.headers["host"].lower():
        raise ForeignRequest(why=f"Origin: {origin[:100]}")
    if site is None and origin is None and request.headers.get("cookie"):
        raise ForeignRequest(why="it names no origin")


def names_its_token(request: Request) -> bool:
    """Tell whether a request carries its token in a header, which no other site can set."""
    return "x-auth-token" in request.headers or "authorization" in request.headers


def is_loopback(name: str) -> bool:
    """Tell whether a name or address means this machine only, wherever it is used."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


async def _refuse(error: TarryError, scope: Scope, receive: Receive, send: Send) -> None:
    status = 421 if isinstance(error, UnknownHost) else HTTP_STATUS[error.sort]
    await problem_answer(error, status=status)(scope, receive, send)
