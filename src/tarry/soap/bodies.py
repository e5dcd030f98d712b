"""Reading the body of a request, within limits."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from tarry.soap.errors import RequestTooLarge, RequestTooSlow
from tarry.soap.patience import Patience

_THROWN_AWAY = 4
"""So many times its limit is read of a body that is too large, for its sender to hear of it."""


async def read_body(
    headers: Mapping[str, str],
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    *,
    limit: int,
    patience: Patience,
) -> bytes | None:
    """Give the whole body; `None` if the caller has gone.

    Raises:
        RequestTooLarge: it has more bytes than the limit.
        RequestTooSlow: it took longer to arrive.
    """
    length = headers.get("content-length", "")
    refused = length.isdecimal() and int(length[:20]) > limit
    try:
        # else somebody who sends a byte a minute keeps a connection for ever
        return await patience.wait(_refuse(receive, limit) if refused else _read(receive, limit))
    except TimeoutError as error:
        raise RequestTooSlow(limit=f"{patience.limit.total_seconds():g}") from error


async def _refuse(
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]], limit: int
) -> bytes | None:
    """Refuse a body, once the caller has sent it or has sent far too much.

    A connection that is closed while its other end still sends is reset, and the answer that says
    why is lost with it. So what comes is thrown away for a while before the answer goes out.
    """
    size = 0
    while size <= _THROWN_AWAY * limit:
        message = await receive()
        if message["type"] != "http.request":
            return None
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    raise RequestTooLarge(limit=limit)


async def _read(
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]], limit: int
) -> bytes | None:
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > limit:
            if message.get("more_body"):
                await _refuse(receive, limit)
            raise RequestTooLarge(limit=limit)
        if not message.get("more_body"):
            return b"".join((*pieces, piece)) if pieces else piece
        pieces.append(piece)
