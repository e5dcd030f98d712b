"""What is noted of every call: for `/metrics` and for the access log. Never a token or a value."""

import time
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

import structlog

from tarry.contract.errors import TarryError
from tarry.service.api.metrics import Tally
from tarry.soap.schema import WireValue
from tarry.soap.server import Call, Handler, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)

App = Callable[[Scope, Receive, Send], Awaitable[None]]
"""An ASGI application."""

_Found = TypeVar("_Found")
_REFUSED, _OK, _INTERNAL = "refused", "ok", "internal"
_FIRST_BAD = 400
_LONGEST_PATH = 200
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked for every few seconds by machines; nobody looks for it in a log."""


@dataclass(slots=True)
class Note:
    """What is known of the call that is being answered.

    Attributes:
        door: through which it came; empty if it called nothing.
        outcome: `ok`, or the code of the error; empty if it is not known.
    """

    door: str = ""
    service: str = ""
    operation: str = ""
    run: str = ""
    outcome: str = ""


_NOTE: ContextVar[Note | None] = ContextVar("note", default=None)


def note(**known: str) -> None:
    """Add to what is known of the call that is being answered."""
    current = _NOTE.get()
    if current is not None:
        for name, value in known.items():
            setattr(current, name, value)


async def noted(work: Awaitable[_Found], *, door: str, service: str, operation: str) -> _Found:
    """Do the work of a call, and note what it was and how it ended."""
    note(door=door, service=service, operation=operation)
    try:
        found = await work
    except TarryError as error:
        note(outcome=error.code)
        raise
    except Exception:
        note(outcome=_INTERNAL)
        raise
    note(outcome=_OK)
    return found


def noting(handlers: Mapping[str, Handler], *, service: str) -> dict[str, Handler]:
    """Make the handlers of SOAP operations note their calls."""
    return {name: _noting(service, name, handler) for name, handler in handlers.items()}


def _noting(service: str, operation: str, handler: Handler) -> Handler:
    async def handle(call: Call) -> Mapping[str, WireValue]:
        return await noted(handler(call), door="soap", service=service, operation=operation)

    return handle


class Watched:
    """An application whose calls are counted, and logged if that is wanted."""

    def __init__(self, app: App, tally: Tally, *, access_log: bool) -> None:
        self._app = app
        self._tally = tally
        self._access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, and note how long it took and what came of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        current, status, begun = Note(), 0, time.monotonic()

        async def noticed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        before = _NOTE.set(current)
        try:
            await self._app(scope, receive, noticed)
        finally:
            _NOTE.reset(before)
            self._end(scope, current, status, time.monotonic() - begun)

    def _end(self, scope: Scope, current: Note, status: int, seconds: float) -> None:
        if not current.outcome and status >= _FIRST_BAD:
            current.outcome = _REFUSED
        if current.door or (scope["method"] == "POST" and current.outcome):
            self._tally.add(
                door=current.door,
                service=current.service,
                operation=current.operation,
                outcome=current.outcome or _INTERNAL,
                seconds=seconds,
            )
        if self._access_log and scope["path"] not in _QUIET:
            log.info(
                "call.answered",
                method=scope["method"],
                path=scope["path"][:_LONGEST_PATH],
                status=status,
                ms=round(seconds * 1_000, 1),
                door=current.door,
                service=current.service,
                operation=current.operation,
                run=current.run,
                outcome=current.outcome,
            )
