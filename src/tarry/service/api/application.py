"""The ASGI application: the endpoints of all services behind one check of who is addressed."""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from ipaddress import ip_address

from tarry.service.api.calls import App
from tarry.service.api.handlers import CLIENT
from tarry.soap.server import Receive, Scope, Send

_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^\s:/\[\]]+))(?::[0-9]{1,5})?", re.IGNORECASE)
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class HostCheck:
    """Which host names a request may be addressed to.

    A page of another site can make a browser on this machine call us under a name of its own (DNS
    rebinding). It cannot make it send a name that is ours, nor an address instead of a name.
    """

    def __init__(self, names: Collection[str], *, loopback_only: bool) -> None:
        self._names = frozenset(name.lower() for name in names) | _LOOPBACK_NAMES
        self._loopback_only = loopback_only

    def allows(self, host: str) -> bool:
        """Whether a `Host` header names us."""
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        name = (found[1] or found[2]).lower().rstrip(".")
        if name in self._names:
            return True
        try:
            address = ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or not self._loopback_only


class Application:
    """Sends each request to the endpoint of its exact path."""

    def __init__(
        self,
        endpoints: Mapping[str, App],
        *,
        hosts: HostCheck,
        start: Callable[[], Awaitable[None]],
        stop: Callable[[], Awaitable[None]],
        below: Mapping[str, App] | None = None,
    ) -> None:
        """Set up.

        Args:
            endpoints: by their exact path.
            hosts: the names under which requests are taken.
            start: called before the first request.
            stop: called after the last.
            below: those that answer for all that lies beneath a path, if nobody else does.
        """
        self._endpoints = {
            spelled: endpoint
            for path, endpoint in endpoints.items()
            for spelled in (path, f"{path.rstrip('/')}/")
        }
        self._below = tuple((f"{path}/", endpoint) for path, endpoint in (below or {}).items())
        self._hosts = hosts
        self._start = start
        self._stop = stop
        self._seen_hosts: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or follow the server's life."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        if not self._is_ours(scope):
            await _answer(send, 403, b"This host name is not served here\n")
            return
        endpoint = self._endpoints.get(scope["path"]) or self._beneath(scope["path"])
        if endpoint is not None:
            CLIENT.set(receive)
            await endpoint(scope, receive, send)
        elif scope["path"] == "/healthz" and scope["method"] in {"GET", "HEAD"}:
            await _answer(send, 200, b"ok\n")
        else:
            await _answer(send, 404, b"There is nothing here\n")

    def _beneath(self, path: str) -> App | None:
        return next((app for start, app in self._below if path.startswith(start)), None)

    def _is_ours(self, scope: Scope) -> bool:
        host = b""
        for name, value in scope["headers"]:
            if name == b"host":
                host = value
                break
        if host in self._seen_hosts:
            return True
        if not self._hosts.allows(host.decode("latin-1")):
            return False
        if len(self._seen_hosts) < 100:
            self._seen_hosts.add(host)
        return True

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self._stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


async def _answer(send: Send, status: int, text: bytes) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
