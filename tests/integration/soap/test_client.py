"""The client tells exactly what happened, whatever the peer does."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from tests.fakes.raw_server import raw_server, read_request, response
from tests.fakes.soap_peer import SoapPeer, envelope

from tarry.contract.errors import MissingValue, UnknownPort
from tarry.contract.ports import Port, PortType
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.client import SoapClient
from tarry.soap.errors import (
    AddressRefused,
    AnswerLost,
    BadAnswer,
    NotSent,
    SoapFault,
    UnwritableText,
    WsdlUnreadable,
)
from tarry.soap.layout import Layout
from tarry.soap.plan import RemoteOperation
from tarry.soap.schema import elements

GOOD = envelope('<t:askResponse xmlns:t="urn:t"><t:said>yes</t:said></t:askResponse>')


def ask(address: str) -> RemoteOperation:
    return RemoteOperation(
        name="ask",
        inputs=elements(Port(name="what")),
        outputs=elements(
            Port(name="said"), Port(name="number", type=PortType.INTEGER, required=False)
        ),
        address=f"{address}/service",
        request_tag="{urn:t}ask",
        request=(Layout(tag="{urn:t}what"),),
    )


@pytest.fixture
async def client() -> AsyncIterator[SoapClient]:
    allowed = AllowedAddresses.parse(["loopback"])
    async with SoapClient(allowed, timeout=timedelta(seconds=20), max_answer=100_000) as ready:
        yield ready


@pytest.fixture
async def peer() -> AsyncIterator[SoapPeer]:
    async with SoapPeer(answer=GOOD) as running:
        yield running


async def test_outputs_in_any_order_with_unknown_ones_among_them(
    peer: SoapPeer, client: SoapClient
) -> None:
    peer.answer = envelope(
        '<t:askResponse xmlns:t="urn:t"><t:new/><number> 7 </number><x:said xmlns:x="urn:other"/>'
        "</t:askResponse>"
    )
    answer = await client.call(ask(peer.url), {"what": "?"})
    assert answer.outputs == {"said": "", "number": "7"}


LIES = {
    "a crash page": (500, "text/html", b"<html><h1>Oops</h1></html>", "HTTP 500 with text/html"),
    "nothing": (200, "text/xml", b"", "HTTP 200 with an empty body"),
    "a JSON": (200, "application/json", b"{}", "HTTP 200 with application/json"),
    "half an XML": (200, "text/xml", GOOD[:-9], "malformed XML"),
    "a DOCTYPE": (200, "text/xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + GOOD, "DOCTYPE"),
    "another document": (200, "text/xml", b"<hello/>", "<hello>, which is no SOAP envelope"),
    "no body": (200, "text/xml", envelope("").replace(b"Body", b"Bode"), "has no body"),
    "an empty body": (200, "text/xml", envelope(""), "empty body"),
    "a missing output": (
        200,
        "text/xml",
        envelope('<t:askResponse xmlns:t="urn:t"/>'),
        "the output said is missing",
    ),
    "an output twice": (
        200,
        "text/xml",
        GOOD.replace(b"<t:said>yes</t:said>", b"<said>a</said><said>b</said>"),
        "the output said came twice",
    ),
    "an error without a fault": (500, "text/xml", GOOD, "HTTP 500 with an envelope"),
    "a flood": (200, "text/xml", b" " * 200_000, "more than 100,000 bytes"),
    "a log-in page": (200, "text/html; charset=utf-8", b"<html>", "text/html"),
}


@pytest.mark.parametrize("lie", LIES)
async def test_an_answer_that_is_none_names_url_operation_and_what_came(
    lie: str, peer: SoapPeer, client: SoapClient
) -> None:
    peer.status, content_type, peer.answer, what = LIES[lie]
    peer.headers = {"Content-Type": content_type}
    with pytest.raises(BadAnswer) as caught:
        await client.call(ask(peer.url), {"what": "?"})
    assert what in str(caught.value)
    assert f"{peer.url}/service" in str(caught.value)
    assert "ask" in str(caught.value)


async def test_a_large_answer_comes_whole(peer: SoapPeer) -> None:
    page = "QUJD" * 250_000
    peer.answer = GOOD.replace(b"yes", page.encode())
    async with SoapClient(AllowedAddresses.parse(["loopback"])) as client:
        answer = await client.call(ask(peer.url), {"what": "?"})
    assert answer.outputs == {"said": page}


async def test_a_redirect_of_a_call_is_not_followed(peer: SoapPeer, client: SoapClient) -> None:
    peer.status, peer.headers = 307, {"Location": f"{peer.url}/elsewhere"}
    with pytest.raises(BadAnswer, match=r"redirect to .*elsewhere"):
        await client.call(ask(peer.url), {"what": "?"})
    assert len(peer.received) == 1


async def test_what_is_not_http_is_a_bad_answer(client: SoapClient) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
        await writer.drain()

    async with raw_server(script) as url:
        with pytest.raises(BadAnswer, match="no HTTP"):
            await client.call(ask(url), {"what": "?"})


@pytest.mark.parametrize("status", [500, 200, 400])
async def test_a_fault_is_a_fault_under_any_http_status(
    status: int, peer: SoapPeer, client: SoapClient
) -> None:
    peer.status = status
    peer.answer = envelope(
        "<e:Fault><faultcode>e:Client</faultcode><faultstring>what: no</faultstring><detail>"
        '<t:ServiceFault xmlns:t="urn:t"><code>invalid-value</code><message>m</message>'
        "</t:ServiceFault></detail></e:Fault>"
    )
    with pytest.raises(SoapFault) as caught:
        await client.call(ask(peer.url), {"what": "?"})
    assert (caught.value.fault_code, caught.value.fault_string) == ("Client", "what: no")
    assert caught.value.detail_code == "invalid-value"
    assert "what: no" in str(caught.value)


async def test_a_fault_of_soap_12_is_understood(peer: SoapPeer, client: SoapClient) -> None:
    peer.status = 500
    peer.answer = (
        b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><e:Fault>'
        b"<e:Code><e:Value>e:Receiver</e:Value></e:Code><e:Reason><e:Text>down</e:Text></e:Reason>"
        b"</e:Fault></e:Body></e:Envelope>"
    )
    with pytest.raises(SoapFault) as caught:
        await client.call(ask(peer.url), {"what": "?"})
    assert (caught.value.fault_code, caught.value.fault_string) == ("Receiver", "down")


async def test_wrong_arguments_are_refused_before_anything_is_sent(
    peer: SoapPeer, client: SoapClient
) -> None:
    operation = ask(peer.url)
    with pytest.raises(UnknownPort, match="when"):
        await client.call(operation, {"what": "?", "when": "now"})
    with pytest.raises(MissingValue, match="what"):
        await client.call(operation, {})
    with pytest.raises(UnwritableText, match="what"):
        await client.call(operation, {"what": "bell: \x07"})
    assert peer.received == []


async def test_nobody_listens_is_not_sent(client: SoapClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        tcp_port = listener.getsockname()[1]
    with pytest.raises(NotSent, match=r"ask did not reach .*: \S+:[0-9]+: connection refused$"):
        await client.call(ask(f"http://127.0.0.1:{tcp_port}"), {"what": "?"})


async def test_a_name_that_nobody_knows_is_not_sent() -> None:
    async with SoapClient(AllowedAddresses.parse(["nowhere.invalid"])) as client:
        with pytest.raises(NotSent):
            await client.call(ask("http://nowhere.invalid"), {"what": "?"})


async def test_a_queue_that_never_accepts_is_not_sent(client: SoapClient) -> None:
    # a full backlog: the kernel answers no more handshakes
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        fillers = []
        for _ in range(8):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(address)
            fillers.append(filler)
        with pytest.raises(NotSent):
            await client.call(
                ask(f"http://127.0.0.1:{address[1]}"),
                {"what": "?"},
                timeout=timedelta(seconds=0.5),
            )
        for filler in fillers:
            filler.close()


async def test_no_answer_in_time_is_answer_lost(client: SoapClient) -> None:
    got = asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        got.set()
        await asyncio.sleep(60)

    async with raw_server(script) as url:
        with pytest.raises(AnswerLost, match="no answer within"):
            await client.call(ask(url), {"what": "?"}, timeout=timedelta(seconds=1))
        assert got.is_set()


async def test_an_answer_that_trickles_is_given_up_in_time(client: SoapClient) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(600):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.1)

    async with raw_server(script) as url:
        with pytest.raises(AnswerLost, match="no answer within"):
            await client.call(ask(url), {"what": "?"}, timeout=timedelta(seconds=1))


async def test_a_connection_that_dies_after_the_request_is_answer_lost(client: SoapClient) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)

    async with raw_server(script) as url:
        with pytest.raises(AnswerLost):
            await client.call(ask(url), {"what": "?"})


async def test_a_connection_that_dies_in_the_answer_is_answer_lost(client: SoapClient) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(response(GOOD)[:-10])
        await writer.drain()

    async with raw_server(script) as url:
        with pytest.raises(AnswerLost):
            await client.call(ask(url), {"what": "?"})


class OneAnswerPerConnection:
    """Answers the first request of a connection, and dies at the second one."""

    def __init__(self) -> None:
        self.connections = 0
        self.requests = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await read_request(reader)
        self.requests += 1
        writer.write(response(GOOD))
        await writer.drain()
        await read_request(reader)
        self.requests += 1


async def test_a_poll_that_meets_a_closing_connection_is_sent_once_more(
    client: SoapClient,
) -> None:
    server = OneAnswerPerConnection()
    async with raw_server(server) as url:
        for _ in range(2):
            answer = await client.call(ask(url), {"what": "?"}, retry_closed=True)
            assert answer.outputs == {"said": "yes"}
    assert (server.connections, server.requests) == (2, 3)


async def test_any_other_call_that_meets_one_is_never_sent_again(client: SoapClient) -> None:
    server = OneAnswerPerConnection()
    async with raw_server(server) as url:
        await client.call(ask(url), {"what": "?"})
        with pytest.raises(AnswerLost):
            await client.call(ask(url), {"what": "?"})
    assert server.requests == 2


async def test_a_fresh_connection_that_dies_is_not_tried_again_even_for_a_poll(
    client: SoapClient,
) -> None:
    requests = 0

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        await read_request(reader)
        requests += 1

    async with raw_server(script) as url:
        with pytest.raises(AnswerLost):
            await client.call(ask(url), {"what": "?"}, retry_closed=True)
    assert requests == 1


async def test_calls_go_only_to_allowed_addresses(peer: SoapPeer) -> None:
    tcp_port = peer.url.rpartition(":")[2]
    async with SoapClient(AllowedAddresses.parse(["10.0.0.0/8"])) as client:
        for host in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"):
            with pytest.raises(AddressRefused):
                await client.call(ask(f"http://{host}:{tcp_port}"), {"what": "?"})
            with pytest.raises(AddressRefused):
                await client.read_wsdl(f"http://{host}:{tcp_port}/x?wsdl")
    assert peer.received == []


async def test_a_wsdl_may_not_import_from_where_the_operator_does_not_allow(
    peer: SoapPeer, client: SoapClient
) -> None:
    for place in ("http://10.1.2.3/secret.xsd", "file:///etc/passwd", "ftp://127.0.0.1/x.xsd"):
        peer.documents["/a?wsdl"] = (
            '<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/"'
            ' xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:a"><w:types>'
            f'<xs:schema><xs:import namespace="urn:b" schemaLocation="{place}"/></xs:schema>'
            "</w:types></w:definitions>"
        ).encode()
        with pytest.raises(AddressRefused):
            await client.read_wsdl(f"{peer.url}/a?wsdl")


async def test_a_redirect_of_a_wsdl_is_followed_only_to_allowed_addresses(
    peer: SoapPeer, client: SoapClient
) -> None:
    peer.redirects["/a?wsdl"] = "http://169.254.169.254/latest"
    with pytest.raises(AddressRefused):
        await client.read_wsdl(f"{peer.url}/a?wsdl")
    peer.redirects["/a?wsdl"] = "/b?wsdl"
    peer.redirects["/b?wsdl"] = "/a?wsdl"
    with pytest.raises(WsdlUnreadable, match="redirects"):
        await client.read_wsdl(f"{peer.url}/a?wsdl")


UNREADABLE = {
    "nothing there": (None, "HTTP 404"),
    "a page": (b"<html><body>hello</body></html>", "SOAP"),
    "no XML": (b"hello", "malformed"),
    "a DOCTYPE": (b"<!DOCTYPE a><definitions/>", "DOCTYPE"),
    "a flood": (b"<a>" + b" " * 200_000 + b"</a>", "more than"),
    "no service": (
        b'<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:a"/>',
        "no SOAP operation",
    ),
    "nonsense": (
        (
            b"<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'><service name='x'>"
            b"<port name='y' binding='z:missing'/></service></definitions>"
        ),
        "",
    ),
}


@pytest.mark.parametrize("case", UNREADABLE)
async def test_what_is_no_wsdl_is_said_with_its_url(
    case: str, peer: SoapPeer, client: SoapClient
) -> None:
    document, reason = UNREADABLE[case]
    if document is not None:
        peer.documents["/a?wsdl"] = document
    with pytest.raises(WsdlUnreadable) as caught:
        await client.read_wsdl(f"{peer.url}/a?wsdl")
    assert f"{peer.url}/a?wsdl" in str(caught.value)
    assert reason in str(caught.value)
