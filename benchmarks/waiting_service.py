"""A service whose runs wait until they are told to end; it counts who asks how often.

It answers with bytes that are ready, so that next to none of the time is its own:
python -m benchmarks.waiting_service TCP_PORT [PLATFORM_URL]. With a platform's address it pushes
once for each run, as a Tarry service does when a page changes.

    GET  /…?wsdl    its description
    POST /…         start and status calls
    POST /mark      count anew
    GET  /figures   what was counted since, as JSON
"""

import asyncio
import json
import re
import sys
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

import aiohttp
import uvicorn

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.contract.status import UNCHANGED
from tarry.soap.describe import wsdl
from tarry.soap.schema import Interface, Operation, elements

PATH = "/waiting/Waiting"
NAMESPACE = "urn:tarry:benchmark:waiting"
_WHO = elements(
    Port(name="serviceID", type=PortType.STRING), Port(name="sessionToken", type=PortType.STRING)
)
_STATUS = elements(
    Port(name="status_base64", type=PortType.STRING), Port(name="result", type=PortType.STRING)
)
INTERFACE = Interface(
    name="Waiting",
    namespace=NAMESPACE,
    operations=(
        Operation(
            name="wait",
            inputs=(*_WHO, *elements(Port(name="after", type=PortType.STRING))),
            outputs=_STATUS,
            kind=Kind.ASYNCHRONOUS,
            repeatable=True,
            at_most_once=True,
        ),
        Operation(name="getServiceStatus", inputs=_WHO, outputs=_STATUS),
    ),
)
PAGE = b"<!DOCTYPE html><title>Waits</title><p>It waits." + b" " * 500
TAG = "0123456789abcdef0123456789abcdef"
_START = re.compile(rb"[:<]wait[ />]")
_ID = re.compile(rb"serviceID>([^<]*)<")
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


class Waiting:
    """The service as an ASGI app."""

    def __init__(self, tcp_port: int, platform: str) -> None:
        self._wsdl = wsdl(INTERFACE, f"http://127.0.0.1:{tcp_port}{PATH}")
        self._platform = platform
        self._started = _answer("wait", b64encode(PAGE).decode())
        self._unchanged = _answer("getServiceStatus", UNCHANGED)
        self._last: dict[bytes, float] = {}
        self._seen: dict[bytes, float] = {}
        self._gaps: list[float] = []
        self._pushes: asyncio.Queue[bytes] = asyncio.Queue()
        self._pushing: asyncio.Task[None] | None = None

    async def __call__(self, scope: Message, receive: Callable[[], Any], send: Send) -> None:
        """Answer."""
        if scope["type"] != "http":
            return
        pieces = [await receive()]
        while pieces[-1].get("more_body"):
            pieces.append(await receive())
        body = b"".join(piece.get("body", b"") for piece in pieces)
        match scope["path"]:
            case "/mark":
                self._gaps, self._seen = [], {}
                await _send(send, b"")
            case "/figures":
                await _send(send, self._figures())
            case _ if scope["method"] == "GET":
                await _send(send, self._wsdl)
            case _ if _START.search(body):
                self._note_push(scope)
                await _send(send, self._started)
            case _:
                self._asked(body)
                await _send(send, self._unchanged)

    def _asked(self, body: bytes) -> None:
        found = _ID.search(body)
        name, now = found.group(1) if found else b"", time.time()
        before = self._last.get(name)
        if before is not None:
            self._gaps.append(now - before)
        self._last[name] = now
        self._seen.setdefault(name, now)

    def _figures(self) -> bytes:
        gaps = sorted(self._gaps)
        percentiles = {
            str(n): gaps[min(len(gaps) - 1, n * len(gaps) // 100)] for n in _PERCENTS if gaps
        }
        found = {
            "polls": len(gaps),
            "runs": len(self._last),
            "seen": len(self._seen),
            "last_seen": max(self._seen.values(), default=0.0),
            "gaps": percentiles,
        }
        return json.dumps(found).encode()

    def _note_push(self, scope: Message) -> None:
        capability = next((v for k, v in scope["headers"] if k == b"tarry-push"), None)
        if self._platform and capability:
            self._pushes.put_nowait(capability)
            if self._pushing is None:
                self._pushing = asyncio.create_task(self._push())

    async def _push(self) -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                capability = await self._pushes.get()
                await asyncio.sleep(0.002)  # its start call is answered first
                with suppress(aiohttp.ClientError):
                    headers = {"Tarry-Push": capability.decode()}
                    await (await session.post(f"{self._platform}/push", headers=headers)).read()


_PERCENTS = (0, 1, 50, 99, 100)


def _answer(operation: str, status: str) -> bytes:
    return (
        '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>'
        f'<w:{operation}Response xmlns:w="{NAMESPACE}"><w:status_base64>{status}</w:status_base64>'
        f"<w:result>UNSET</w:result></w:{operation}Response></S:Body></S:Envelope>"
    ).encode()


async def _send(send: Send, body: bytes) -> None:
    headers = [
        (b"content-type", b"text/xml; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"tarry-page", TAG.encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def main() -> None:
    """Serve until terminated."""
    tcp_port, platform = int(sys.argv[1]), "".join(sys.argv[2:3])
    uvicorn.run(
        Waiting(tcp_port, platform),
        port=tcp_port,
        log_level="error",
        access_log=False,
        lifespan="off",
        loop="uvloop",
        http="httptools",
    )


if __name__ == "__main__":
    main()
