"""Telling whoever watches over this process whether it can be given work."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tarry.contract.errors import TarryError
from tarry.service.api.calls import App
from tarry.service.api.metrics import CONTENT_TYPE
from tarry.service.errors import TokenRefused
from tarry.service.interfaces import Authentication
from tarry.soap.server import Receive, Scope, Send

_REMEMBERED = 5.0
"""Seconds: anybody may ask, and must not keep the disk and the manager busy."""
_PROBE = "readiness-probe"
"""Nobody's token. A manager that refuses it is one that works."""
_TEXT = "text/plain; charset=utf-8"


class Readiness:
    """Whether runs can be started: the data folder takes files, and callers can be told apart."""

    def __init__(
        self,
        data: Path,
        authentication: Authentication,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._data = data
        self._authentication = authentication
        self._monotonic = monotonic
        self._known: tuple[float, str] | None = None
        self._asking = asyncio.Lock()

    async def problem(self) -> str:
        """Say what is in the way; empty if nothing is."""
        async with self._asking:
            if self._known is None or self._monotonic() >= self._known[0]:
                found = await asyncio.to_thread(self._disk) or await self._manager()
                self._known = (self._monotonic() + _REMEMBERED, found)
            return self._known[1]

    def _disk(self) -> str:
        probe = self._data / "readiness-probe"
        try:
            probe.write_bytes(b"ready\n")
            probe.unlink()
        except OSError as error:
            with suppress(OSError):
                probe.unlink(missing_ok=True)
            return f"The data folder cannot be written: {error.strerror}"
        return ""

    async def _manager(self) -> str:
        try:
            await self._authentication.owner_of(_PROBE)
        except TokenRefused:
            return ""
        except TarryError as error:
            return str(error)
        return ""


def readiness(ready: Readiness) -> App:
    """Make `/readyz`."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        problem = await ready.problem()
        text = problem.replace("\n", " ") or "ready"
        await respond(scope, send, 503 if problem else 200, _TEXT, f"{text}\n".encode())

    return answer


def measured(measure: Callable[[], bytes], *, kind: str = CONTENT_TYPE) -> App:
    """Make `/metrics`, or another document that anybody may read."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        await respond(scope, send, 200, kind, measure())

    return answer


async def respond(scope: Scope, send: Send, status: int, kind: str, body: bytes) -> None:
    """Answer a request that only reads."""
    if scope["method"] not in {"GET", "HEAD"}:
        status, kind, body = 405, _TEXT, b"There is only GET here\n"
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
