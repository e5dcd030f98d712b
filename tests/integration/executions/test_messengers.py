"""Announcements reach a web server and a mail server as these expect them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime

import pytest
from tests.fakes.executions import NOON

from tarry.platform.executions.adapters.mail import Mail, MailServer
from tarry.platform.executions.adapters.webhooks import Webhooks
from tarry.platform.executions.interfaces import NotDelivered
from tarry.platform.executions.model import ExecutionState, Failure
from tarry.platform.executions.model.announcing import Announcement, Occasion
from tarry.platform.kernel.errors import InvalidSetting
from tarry.platform.kernel.model import ExecutionId
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.transport import Transport

ENDED = Announcement(
    key="ended",
    occasion=Occasion.ENDED,
    execution=ExecutionId("ab" * 16),
    workflow="Mesh",
    title="Mesh\r\nBcc: all@example.org",
    state=ExecutionState.FAILED,
    at=NOON,
    failure=Failure(code="fault", message="Größe is too small"),
    link="https://tarry.example/runs/x",
)


@dataclass
class Heard:
    text: list[bytes] = field(default_factory=list)
    tcp_port: int = 0


@asynccontextmanager
async def web_server(answer: str) -> AsyncIterator[Heard]:
    heard = Heard()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        heard.text.append(head + await reader.readexactly(length))
        writer.write(
            f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    heard.tcp_port = server.sockets[0].getsockname()[1]
    async with server:
        yield heard


@asynccontextmanager
async def mail_server(refuse: bytes = b"") -> AsyncIterator[Heard]:
    """Speaks just enough SMTP."""
    heard = Heard()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        data = False
        while line := await reader.readline():
            if data:
                heard.text.append(line)
                if line == b".\r\n":
                    data = False
                    writer.write(b"250 taken\r\n")
            elif refuse and line.upper().startswith(b"RCPT"):
                writer.write(refuse)
            elif line.upper().startswith(b"DATA"):
                data = True
                writer.write(b"354 go on\r\n")
            elif line.upper().startswith(b"QUIT"):
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 yes\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    heard.tcp_port = server.sockets[0].getsockname()[1]
    async with server:
        yield heard


@pytest.fixture
async def hooks() -> AsyncIterator[Webhooks]:
    transport = Transport(AllowedAddresses.parse(("loopback",)))
    yield Webhooks(transport)
    await transport.close()


async def test_a_webhook_gets_json_that_names_the_delivery_and_no_values(hooks: Webhooks) -> None:
    async with web_server("204 No Content") as heard:
        await hooks.deliver(f"http://127.0.0.1:{heard.tcp_port}/hook", ENDED)
    head, _, body = heard.text[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook ")
    assert f"Tarry-Delivery: {ENDED.execution}:ended".encode() in head
    assert json.loads(body) == ENDED.as_json()


@pytest.mark.parametrize("answer", ["500 Oh", "404 Not Found", "302 Found"])
async def test_an_answer_that_is_no_success_was_not_heard(hooks: Webhooks, answer: str) -> None:
    async with web_server(answer) as heard:
        with pytest.raises(NotDelivered, match=answer[:3]):
            await hooks.deliver(f"http://127.0.0.1:{heard.tcp_port}/hook", ENDED)


@pytest.mark.parametrize("address", ["http://192.0.2.1/", "file:///etc/passwd", "http://[::2]/"])
async def test_addresses_that_the_operator_does_not_allow_are_not_called(
    hooks: Webhooks, address: str
) -> None:
    with pytest.raises(NotDelivered, match=r"only http|does not allow"):
        await hooks.deliver(address, ENDED)


async def test_mail_says_in_words_what_happened_and_where_to_look() -> None:
    async with mail_server() as heard:
        server = MailServer.parse(f"smtp://127.0.0.1:{heard.tcp_port}")
        await Mail(server, sender="Tarry <tarry@example.org>").deliver("ada@example.org", ENDED)
    got = message_from_bytes(b"".join(heard.text[:-1]), policy=policy.default)
    assert parsedate_to_datetime(got["Date"]) == ENDED.at
    assert got["Subject"] == "Mesh Bcc: all@example.org: the run has failed"
    assert (got["To"], got["From"]) == ("ada@example.org", "Tarry <tarry@example.org>")
    assert got["Bcc"] is None
    assert got["Auto-Submitted"] == "auto-generated"
    text = got.get_content()
    assert "Größe is too small" in text
    assert ENDED.link in text


async def test_the_same_announcement_has_the_same_message_id() -> None:
    mail = Mail(MailServer.parse("smtp://localhost"), sender="tarry@example.org")
    first, second = (mail.message("ada@example.org", ENDED)["Message-ID"] for _ in range(2))
    assert first == second


async def test_a_mail_server_that_refuses_or_is_away_is_told_apart_from_success() -> None:
    async with mail_server(refuse=b"550 no such user\r\n") as heard:
        server = MailServer.parse(f"smtp://127.0.0.1:{heard.tcp_port}")
        with pytest.raises(NotDelivered, match="no such user"):
            await Mail(server, sender="t@example.org").deliver("ada@example.org", ENDED)
    with pytest.raises(NotDelivered, match="mail server"):
        await Mail(server, sender="t@example.org").deliver("ada@example.org", ENDED)


async def test_a_password_is_not_sent_in_the_clear() -> None:
    async with mail_server() as heard:
        server = MailServer.parse(f"smtp://me:hunter2@127.0.0.1:{heard.tcp_port}")
        with pytest.raises(NotDelivered, match="STARTTLS"):
            await Mail(server, sender="t@example.org").deliver("ada@example.org", ENDED)
    assert b"hunter2" not in b"".join(heard.text)


def test_mail_servers_are_written_as_urls() -> None:
    server = MailServer.parse("smtps://me%40x:p%2Fw@mail.example.org")
    assert (server.host, server.tcp_port, server.encrypted) == ("mail.example.org", 465, True)
    assert (server.user, server.password) == ("me@x", "p/w")
    assert MailServer.parse("smtp://h").tcp_port == 25
    for wrong in ("", "mail.example.org", "http://h", "smtp://:25", "smtp://h:x", "smtp://h/p"):
        with pytest.raises(InvalidSetting, match="mail_server"):
            MailServer.parse(wrong)
