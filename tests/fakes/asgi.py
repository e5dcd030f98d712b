"""Calls an ASGI application without a network."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

App = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass
class AsgiAnswer:
    """What the application sent."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


async def request(
    app: App,
    method: str,
    path: str,
    *,
    body: bytes | list[bytes] = b"",
    headers: dict[str, str] | None = None,
    client: tuple[str, int] = ("127.0.0.1", 50000),
    scheme: str = "http",
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]] | None = None,
) -> AsgiAnswer:
    """Send one request; a list of pieces arrives in as many messages, or as `receive` has it."""
    bare, _, query = path.partition("?")
    given = {"host": "testing:8000"} | (headers or {})
    pieces = body if isinstance(body, list) else [body]
    scope = {
        "type": "http",
        "method": method,
        "scheme": scheme,
        "path": bare,
        "query_string": query.encode(),
        "headers": [(k.lower().encode(), v.encode()) for k, v in given.items()],
        "client": client,
        "server": ("10.9.8.7", 8000),
    }
    messages = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
        for number, piece in enumerate(pieces, 1)
    ]
    answer = AsgiAnswer()

    async def messages_in_turn() -> MutableMapping[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    await app(scope, receive or messages_in_turn, send)
    return answer
