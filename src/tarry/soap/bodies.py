"""Reading the body of a request, within limits."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from tarry.soap.errors import RequestTooLarge, RequestTooSlow
from tarry.soap.patience import Patience


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
    if length.isdecimal() and int(length[:20]) > limit:
        raise RequestTooLarge(limit=limit)
    try:
        # else somebody who sends a byte a minute keeps a connection for ever
        return await patience.wait(_read(receive, limit))
    except TimeoutError as error:
        raise RequestTooSlow(limit=f"{patience.limit.total_seconds():g}") from error


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
            raise RequestTooLarge(limit=limit)
        if not message.get("more_body"):
            return b"".join((*pieces, piece)) if pieces else piece
        pieces.append(piece)
