"""Mangled HTTP and SOAP at a serving process: an answer or a closed connection, never a hang."""

import asyncio
import contextlib
import random
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from tests.fakes.interfaces import WAITER, WAITER_HANDLERS
from tests.fakes.mutations import SOAP, call, mutated
from tests.fakes.tarry_service import (
    Caller,
    ServiceProcess,
    end_programs,
    shell_service,
)
from tests.fakes.uvicorn_server import serving

from tarry.soap.server import Endpoint

NAMESPACE = "urn:tarry:service:Shell"
PROGRAM = shell_service(
    "echo done >result",
    """
    inputs.words = { type = "text", required = false }
    inputs.number = { type = "integer", minimum = 0, default = 3 }
    outputs.result = { from = { text = "result" } }
    """,
)
# Few of them start a program, which costs a hundred times what the others do.
CORPUS = (
    *[
        call("getServiceStatus", NAMESPACE, serviceID=service_id, sessionToken="t")
        for service_id in ("known", "unknown", "\u2603" * 100, "../../x", "k" * 10_000)
    ]
    * 2,
    call("abortService", NAMESPACE, serviceID="known", sessionToken="t"),
    call("run", NAMESPACE, serviceID="known", sessionToken="t", words="other words"),
    call("run", NAMESPACE, serviceID="", sessionToken="t"),
    call("run", NAMESPACE, serviceID="1", sessionToken="t", number="-1"),
)
ANSWER_IN = 60.0
"""Seconds after which an answer is taken never to come."""


def heads(chance: random.Random, path: str, length: int) -> bytes:
    """A request's head, about half of them true."""
    lie = chance.choice((0, 0, 0, 0, 0, 1, -1, 1_000, -length, 10**7, 10**30))
    lines = [
        chance.choice((f"POST {path} HTTP/1.1",) * 30 + ODD_LINES).replace("PATH", path),
        chance.choice(("Host: localhost",) * 20 + ("Host: evil.example", "Host:", "X: y")),
        chance.choice(
            (f"Content-Length: {length + lie}",) * 25
            + (
                f"Content-Length: {length}\r\nContent-Length: {length + 1}",
                "Content-Length: x",
                "Content-Length: -5",
                "Transfer-Encoding: chunked",
                f"Transfer-Encoding: chunked\r\nContent-Length: {length}",
                "Expect: 100-continue",
                "Connection: upgrade\r\nUpgrade: h2c",
            )
        ),
        *chance.sample(ODD_HEADERS, chance.choice((0, 0, 0, 1, 2))),
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


ODD_LINES = (
    "POST PATH HTTP/1.0",
    "POST PATH?wsdl HTTP/1.1",
    "GET PATH?wsdl HTTP/1.1",
    "PUT PATH HTTP/1.1",
    "POST http://evil.example PATH HTTP/1.1",
    "POST /../..PATH HTTP/1.1",
    "POST PATH%00 HTTP/1.1",
    "BREW PATH HTTP/9.9",
    "\x00\xff",
)
ODD_HEADERS = (
    'Content-Type: text/xml; charset="utf-16"',
    "Content-Encoding: gzip",
    'SOAPAction: "' + "x" * 5_000 + '"',
    "Tarry-Page: \xff\xfe",
    "Tarry-Push: " + "y" * 3_000,
    "Tarry-Last-Page: wanted",
    "Origin: http://evil.example",
    "Cookie: " + "z" * 8_000,
    "Bad Header: 1",
    ": no name",
    "X-Forwarded-Host: evil.example\r\n folded: yes",
)


def exchange(address: tuple[str, int], sent: bytes) -> bytes:
    """Send all and say that no more will come; give all that came until the other side closed."""
    with socket.create_connection(address, timeout=ANSWER_IN) as connection:
        with contextlib.suppress(OSError):  # it may have closed before it had all
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
        received = bytearray()
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(65_536):
                received += piece
        return bytes(received)


def check(received: bytes) -> int:
    """Hold the first answer against what may be relied on; gives its status, 0 if none came."""
    received = received.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
    if not received:
        return 0  # the request was not whole: nobody waits for an answer
    head, _, rest = received.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    assert status in {200, 400, 403, 404, 405, 500, 501, 505}, head
    if status == 500:
        assert b"\r\ncontent-type: text/xml" in head.lower(), received[:500]
        length = int(head.lower().partition(b"content-length:")[2].split()[0])
        (fault,) = ET.fromstring(rest[:length])[0]
        assert fault.tag == f"{{{SOAP}}}Fault"
        assert fault.findtext("faultstring")
        assert fault.findtext("detail/{*}ServiceFault/{*}code") != "internal-error"
    assert b"Traceback" not in received
    return status


@pytest.fixture
def service(tmp_path: Path) -> Iterator[ServiceProcess]:
    """A serving process, which must be well at the end."""
    program = tmp_path / "shell.toml"
    program.write_text(PROGRAM)
    process = ServiceProcess(tmp_path / "data", program)
    process.start()
    yield process
    assert process.stop() == 0
    asyncio.run(end_programs(tmp_path))


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def attack(service: ServiceProcess, number: int, seed: int) -> dict[int, int]:
    url = urlsplit(service.addresses[0])
    address = (url.hostname or "", url.port or 0)
    chance = random.Random(seed)
    counts: dict[int, int] = {}
    for _ in range(number):
        body = mutated(chance, CORPUS)
        sent = heads(chance, url.path, len(body)) + body
        try:
            status = check(exchange(address, sent))
        except BaseException:
            print(f"seed {seed}: {sent[:600]!r} … {sent[-600:]!r}")
            raise
        counts[status] = counts.get(status, 0) + 1
    return counts


def hold_out(service: ServiceProcess, number: int, seed: int) -> None:
    attack(service, number // 3, seed)
    before = resident(service.pid)
    counts = attack(service, number, seed + 1)
    assert resident(service.pid) - before < 40_000_000
    assert {200, 400, 403, 500} <= counts.keys()
    assert counts[200] + counts[500] > number / 5, counts

    async def is_well() -> None:
        async with Caller(service.addresses[0]) as caller:
            await caller.call("run", serviceID="after", words="all is well")
            assert (await caller.completed("after"))["result"] == "done"

    asyncio.run(is_well())


def test_a_thousand_mangled_http_requests_are_answered_or_closed(service: ServiceProcess) -> None:
    hold_out(service, 1_000, 1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5))
def test_thousands_of_mangled_http_requests_are_answered_or_closed(
    service: ServiceProcess, seed: int
) -> None:
    hold_out(service, 4_000, 100 * (seed + 1))


def test_a_trickling_body_is_answered_with_a_fault_and_its_connection_closed() -> None:
    """The head promises more than ever comes, and the line stays open."""
    app = Endpoint(WAITER, WAITER_HANDLERS, path="/Waiter", patience=timedelta(seconds=0.3))
    with serving(app) as url:
        address = ("127.0.0.1", int(url.rpartition(":")[2]))
        with socket.create_connection(address, timeout=ANSWER_IN) as connection:
            connection.sendall(
                b"POST /Waiter HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n<a>"
            )
            received = b""
            while piece := connection.recv(65_536):
                received += piece
    assert check(received) == 500
    assert b"did not arrive within 0.3 s" in received
    assert b"connection: close" in received
