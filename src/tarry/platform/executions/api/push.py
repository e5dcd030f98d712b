"""The door where services say: look now. It takes a capability and tells nothing."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from tarry.contract.status import PUSH_HEADER
from tarry.platform.executions.errors import BadCapability
from tarry.platform.executions.operations.push import push
from tarry.platform.executions.operations.room import Room

Message = MutableMapping[str, Any]
_HEADER = PUSH_HEADER.lower().encode()
LONGEST = 500


class PushDoor:
    """An ASGI app for `POST /push`; the capability stands in a header, never in a URL or body."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer 204 if the capability is ours, 403 if not; the body is not even read."""
        if scope["method"] != "POST":
            await _answer(send, 405, (b"allow", b"POST"))
            return
        given = [value for name, value in scope["headers"] if name == _HEADER]
        if len(given) != 1 or len(given[0]) > LONGEST:
            await _answer(send, 403)
            return
        try:
            await push(self._room, given[0].decode("latin-1"))
        except BadCapability:
            await _answer(send, 403)
        else:
            await _answer(send, 204)


async def _answer(
    send: Callable[[Message], Awaitable[None]], status: int, *headers: tuple[bytes, bytes]
) -> None:
    length = [] if status == 204 else [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": [*length, *headers]})
    await send({"type": "http.response.body", "body": b""})
