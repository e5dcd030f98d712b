"""A SOAP service that answers whatever a test tells it to, over real HTTP."""

from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web

ENVELOPE = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">'
    "<e:Body>{body}</e:Body></e:Envelope>"
)


def envelope(body: str) -> bytes:
    """Wrap a body."""
    return ENVELOPE.replace("{body}", body).encode()


@dataclass
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class SoapPeer:
    """Serves `documents` (by path with query; `{base}` becomes its URL) and gives `answer`."""

    documents: dict[str, bytes] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    answer: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/xml"})
    received: list[Received] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    url: str = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._get)
        app.router.add_post("/{path:.*}", self._post)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    async def _get(self, request: web.Request) -> web.Response:
        self.fetched.append(request.path_qs)
        if request.path_qs in self.redirects:
            place = self.redirects[request.path_qs]
            return web.Response(status=302, headers={"Location": place})
        found = self.documents.get(request.path_qs)
        if found is None:
            return web.Response(status=404)
        body = found.replace(b"{base}", self.url.encode())
        return web.Response(body=body, content_type="text/xml")

    async def _post(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append(Received(request.path_qs, headers, await request.read()))
        return web.Response(status=self.status, body=self.answer, headers=self.headers)
