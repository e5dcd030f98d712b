"""Each kind of WSDL met in the field is read, called as it says, and its answer understood."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from tests.fakes.soap_peer import SoapPeer, envelope

from tarry.contract.ports import Port, PortType
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.client import SoapClient
from tarry.soap.errors import BadArgument
from tarry.soap.schema import Element, WireValue
from tarry.soap.wsdl import RemoteService

WSDLS = Path(__file__).parent / "wsdl"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"


@pytest.fixture
async def peer() -> AsyncIterator[SoapPeer]:
    documents = {f"/{path.stem}?wsdl": path.read_bytes() for path in WSDLS.glob("*.wsdl")} | {
        "/jaxws?xsd=1": (WSDLS / "jaxws.xsd").read_bytes()
    }
    documents |= {
        f"/{path.relative_to(WSDLS)}": path.read_bytes()
        for path in (WSDLS / "relative").rglob("*")
        if path.is_file()
    }
    async with SoapPeer(documents=documents) as running:
        yield running


@pytest.fixture
async def client() -> AsyncIterator[SoapClient]:
    async with SoapClient(AllowedAddresses.parse(["loopback"])) as ready:
        yield ready


async def read(client: SoapClient, url: str) -> RemoteService:
    """Read a WSDL, and hand out what is left of it after a stay in a database."""
    service = await client.read_wsdl(url)
    stored = RemoteService.from_json(json.loads(json.dumps(service.to_json())))
    assert stored == service
    return stored


def tree(raw: bytes | str) -> Any:
    """XML without the choice of prefixes: tag, attributes, text, children."""

    def walk(node: etree._Element) -> Any:
        attributes = {str(name): str(value) for name, value in node.items()}
        for name, value in attributes.items():
            if name.endswith("}type"):
                prefix, _, local = value.rpartition(":")
                attributes[name] = f"{{{node.nsmap.get(prefix or None)}}}{local}"
        return node.tag, attributes, (node.text or "").strip(), [walk(child) for child in node]

    return walk(etree.fromstring(raw))


def body_of(raw: bytes, space: str = SOAP11) -> Any:
    tag, _, _, children = tree(raw)
    assert tag == f"{{{space}}}Envelope"
    assert [child[0] for child in children] == [f"{{{space}}}Body"]
    (only,) = children[0][3]
    return only


def ports(elements: tuple[Element, ...]) -> dict[str, tuple[PortType, bool]]:
    return {e.name: (e.port.type, e.port.must_be_given) for e in elements}


async def test_spyne(peer: SoapPeer, client: SoapClient) -> None:
    service = await read(client, f"{peer.url}/spyne?wsdl")
    assert service.name == "Waiter"
    assert service.namespace == "sintef.docker_services.waiter"
    start = service.operation("startWaiter")
    assert start.documentation == "Starts the waiter."
    assert list(ports(start.inputs)) == ["serviceID", "sessionToken", "secondsToWait"]
    assert start.inputs[2].port == Port(
        name="secondsToWait", type=PortType.INTEGER, default="300", required=True
    )
    peer.answer = envelope(
        '<ns0:startWaiterResponse xmlns:ns0="sintef.docker_services.waiter">'
        "<ns0:status_base64>PGh0bWw+</ns0:status_base64><ns0:result>UNSET</ns0:result>"
        "</ns0:startWaiterResponse>"
    )
    answer = await client.call(start, {"serviceID": "a & b", "sessionToken": "t"})
    assert answer.outputs == {"status_base64": "PGh0bWw+", "result": "UNSET"}
    got = peer.received[0]
    assert got.headers["soapaction"] == '"startWaiter"'
    assert got.headers["content-type"] == "text/xml; charset=utf-8"
    assert body_of(got.body) == tree(
        '<startWaiter xmlns="sintef.docker_services.waiter"><serviceID>a &amp; b</serviceID>'
        "<sessionToken>t</sessionToken><secondsToWait>300</secondsToWait></startWaiter>"
    )


async def test_jax_ws_with_types_elsewhere_and_mixed_forms(
    peer: SoapPeer, client: SoapClient
) -> None:
    service = await read(client, f"{peer.url}/jaxws?wsdl")
    operation = service.operation("getTokenInfo")
    assert ports(operation.inputs) == {
        "sessionToken": (PortType.STRING, False),
        "verbose": (PortType.BOOLEAN, False),
    }
    info = operation.outputs[0].record
    assert info is not None
    assert [(field.name, field.repeated) for field in info.fields] == [
        ("project", False),
        ("roles", True),
        ("user", False),
    ]
    user = info.fields[2].record
    assert user is not None
    assert [field.name for field in user.fields] == ["id", "name", "email"]
    peer.answer = envelope(
        '<a:getTokenInfoResponse xmlns:a="http://authmanager.sintef.no/"><return>'
        "<user><email>e@x</email><id>7</id><name>u</name></user>"
        "<roles><id>1</id><name>admin</name></roles><roles><id>2</id></roles>"
        '<roles xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>'
        "<later>unknown</later></return></a:getTokenInfoResponse>"
    )
    answer = await client.call(operation, {"sessionToken": "t", "verbose": "true"})
    assert answer.outputs == {
        "return": {
            "user": {"email": "e@x", "id": "7", "name": "u"},
            "roles": [{"id": "1", "name": "admin"}, {"id": "2"}],
        }
    }
    assert body_of(peer.received[0].body) == tree(
        '<a:getTokenInfo xmlns:a="http://authmanager.sintef.no/">'
        "<a:sessionToken>t</a:sessionToken><verbose>true</verbose></a:getTokenInfo>"
    )


async def test_rpc_literal(peer: SoapPeer, client: SoapClient) -> None:
    service = await read(client, f"{peer.url}/rpc_literal?wsdl")
    operation = service.operation("add")
    assert ports(operation.inputs) == {
        "a": (PortType.DECIMAL, True),
        "b": (PortType.DECIMAL, True),
        "share": (PortType.INTEGER, True),
    }
    share = operation.inputs[2].port
    assert (share.minimum, share.maximum) == (Decimal(0), Decimal(100))
    peer.answer = envelope(
        '<w:addResponse xmlns:w="urn:calc:wire"><sum> 3.5 </sum></w:addResponse>'
    )
    answer = await client.call(operation, {"b": "2.5", "a": "1", "share": "50"})
    assert answer.outputs == {"sum": "3.5"}
    assert peer.received[0].headers["soapaction"] == '"urn:calc#add"'
    assert body_of(peer.received[0].body) == tree(
        '<w:add xmlns:w="urn:calc:wire"><a>1</a><b>2.5</b><share>50</share></w:add>'
    )


async def test_rpc_encoded_with_pointers_and_arrays(peer: SoapPeer, client: SoapClient) -> None:
    service = await read(client, f"{peer.url}/rpc_encoded?wsdl")
    operation = service.operation("mirror")
    assert operation.encoded
    assert not operation.needs_serialiser
    assert operation.outputs[1].repeated
    peer.answer = envelope(
        '<m:mirrorResponse xmlns:m="urn:old"><title href="#id0"/>'
        '<points><item href="#id1"/><item><x>3</x><y>4</y></item></points></m:mirrorResponse>'
        '<multiRef id="id0">hello</multiRef><multiRef id="id1"><x>1</x><y>2</y></multiRef>'
    )
    answer = await client.call(operation, {"title": "t", "point": {"y": "2", "x": "1"}})
    assert answer.outputs == {
        "title": "hello",
        "points": [{"x": "1", "y": "2"}, {"x": "3", "y": "4"}],
    }
    assert body_of(peer.received[0].body) == tree(
        '<o:mirror xmlns:o="urn:old" xmlns:x="http://www.w3.org/2001/XMLSchema"'
        ' xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
        f' xmlns:e="{SOAP11}" e:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
        '<title i:type="x:string">t</title><point i:type="o:Point">'
        '<x i:type="x:double">1</x><y i:type="x:double">2</y></point></o:mirror>'
    )


async def test_soap_12(peer: SoapPeer, client: SoapClient) -> None:
    service = await read(client, f"{peer.url}/soap12?wsdl")
    operation = service.operation("greet")
    peer.headers = {"Content-Type": "application/soap+xml; charset=utf-8"}
    peer.answer = envelope(
        '<t:greetResponse xmlns:t="urn:twelve"><t:greeting>hi</t:greeting></t:greetResponse>'
    ).replace(SOAP11.encode(), SOAP12.encode())
    answer = await client.call(operation, {"who": "me"})
    assert answer.outputs == {"greeting": "hi"}
    got = peer.received[0]
    assert got.headers["content-type"] == (
        'application/soap+xml; charset=utf-8; action="urn:twelve/greet"'
    )
    assert "soapaction" not in got.headers
    assert body_of(got.body, SOAP12) == tree('<greet xmlns="urn:twelve"><who>me</who></greet>')


async def test_document_literal_bare(peer: SoapPeer, client: SoapClient) -> None:
    service = await read(client, f"{peer.url}/bare?wsdl")
    convert = service.operation("convert")
    assert ports(convert.inputs) == {"celsius": (PortType.DECIMAL, True)}
    peer.answer = envelope('<b:fahrenheit xmlns:b="urn:bare">212</b:fahrenheit>')
    answer = await client.call(convert, {"celsius": "100"})
    assert answer.outputs == {"fahrenheit": "212"}
    assert body_of(peer.received[0].body) == tree('<celsius xmlns="urn:bare">100</celsius>')

    normalise = service.operation("normalise")
    assert ports(normalise.inputs) == {
        "value": (PortType.DECIMAL, True),
        "unit": (PortType.STRING, True),
    }
    peer.answer = envelope(
        '<b:reading xmlns:b="urn:bare"><value>1</value><unit>m</unit></b:reading>'
    )
    answer = await client.call(normalise, {"value": "1000", "unit": "mm"})
    assert answer.outputs == {"value": "1", "unit": "m"}
    assert body_of(peer.received[1].body) == tree(
        '<b:reading xmlns:b="urn:bare"><value>1000</value><unit>mm</unit></b:reading>'
    )


async def test_relative_imports_and_other_peoples_facets(
    peer: SoapPeer, client: SoapClient
) -> None:
    service = await read(client, f"{peer.url}/relative/service.wsdl")
    operation = service.operation("mesh")
    size, element, note = (item.port for item in operation.inputs)
    assert (size.type, size.minimum, size.maximum) == (
        PortType.DECIMAL,
        Decimal("0.1"),
        Decimal(50),
    )
    assert (element.type, element.choices) == (PortType.CHOICE, ("tetra", "hexa"))
    assert (note.required, note.description) == (False, "For the log.")
    peer.answer = envelope('<meshResponse xmlns="urn:relative"><nodes>7</nodes></meshResponse>')
    answer = await client.call(operation, {"size": "1", "element": "hexa", "note": "n"})
    assert answer.outputs == {"nodes": "7"}
    assert body_of(peer.received[0].body) == tree(
        '<r:mesh xmlns:r="urn:relative" xmlns:u="urn:units"><r:size>1</r:size>'
        "<r:element>hexa</r:element><u:note>n</u:note></r:mesh>"
    )


async def test_what_a_plan_cannot_say_goes_through_zeeps_serialiser(
    peer: SoapPeer, client: SoapClient
) -> None:
    service = await read(client, f"{peer.url}/exotic?wsdl")
    operation = service.operation("pick")
    assert operation.needs_serialiser
    peer.answer = envelope(
        '<pickResponse xmlns="urn:exotic"><tree><label>a</label><branch><label>b</label></branch>'
        "<branch><label>c</label></branch></tree><more>1</more></pickResponse>"
    )
    arguments: dict[str, WireValue] = {"title": "t", "count": "7"}
    answer = await client.call(operation, arguments | {"box": {"side": "2.5", "unit": "mm"}})
    branches = [{"label": "b"}, {"label": "c"}]
    tree_found = answer.outputs["tree"]
    assert isinstance(tree_found, dict)
    assert tree_found["label"] == "a"
    assert tree_found["branch"] == branches
    assert body_of(peer.received[0].body) == tree(
        '<pick xmlns="urn:exotic"><title>t</title><count>7</count>'
        '<box unit="mm"><side>2.5</side></box></pick>'
    )


async def test_arguments_that_zeep_refuses_are_an_error_of_the_caller(
    peer: SoapPeer, client: SoapClient
) -> None:
    service = await read(client, f"{peer.url}/exotic?wsdl")
    with pytest.raises(BadArgument, match="pick"):
        await client.call(service.operation("pick"), {"title": "t", "box": {"wrong": "1"}})
    assert peer.received == []
