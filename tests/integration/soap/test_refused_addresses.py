"""Nobody gets a platform to read or probe what its operator did not allow, by whatever way."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.fakes.catalogue import MemoryCatalogue
from tests.fakes.soap_peer import SoapPeer
from tests.fakes.transactions import MemoryTransactions

from tarry.contract.ports import Port
from tarry.platform.accounts.model.roles import RIGHTS, Role
from tarry.platform.catalogue.adapters.wsdl import SoapWsdls
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.operations import (
    ServiceRequest,
    Shelf,
    inspect_wsdl,
    list_services,
    register_service,
)
from tarry.platform.kernel.model import Caller, ProjectId, UserId
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.client import SoapClient
from tarry.soap.describe import wsdl
from tarry.soap.errors import AddressRefused, WsdlUnreachable
from tarry.soap.schema import Interface, Operation, elements

ANNA = Caller(
    user=UserId("u1"),
    user_name="anna",
    project=ProjectId("p1"),
    project_name="one",
    rights=RIGHTS[Role.DEVELOPER],
)
ECHO = Interface(
    name="Echo",
    namespace="urn:echo",
    operations=(Operation(name="echo", inputs=elements(Port(name="x")), outputs=()),),
)


@pytest.fixture
async def secret() -> AsyncIterator[SoapPeer]:
    """What must not be reached: a service on this machine, with a WSDL as good as any."""
    async with SoapPeer() as peer:
        peer.documents["/echo?wsdl"] = wsdl(ECHO, f"{peer.url}/echo")
        yield peer


@pytest.fixture
def elsewhere() -> AllowedAddresses:
    """Rules of an operator who allows some services, and this machine by no rule."""
    return AllowedAddresses.parse(["services.example.org", "localhost", "10.0.0.0/8"])


def ways_to(peer: SoapPeer) -> dict[str, str]:
    """Give addresses that all mean a peer on 127.0.0.1."""
    tcp_port = peer.url.rpartition(":")[2]
    hosts = {
        "as it is": "127.0.0.1",
        "another one of the same machine": "127.0.0.2",
        "one number": "2130706433",
        "hexadecimal": "0x7f000001",
        "octal": "0177.0.0.1",
        "short": "127.1",
        "nothing": "0.0.0.0",
        "in IPv6": "[::ffff:127.0.0.1]",
        "in IPv6, in hexadecimal": "[::ffff:7f00:1]",
        "a name that is allowed": "localhost",
    }
    return {way: f"http://{host}:{tcp_port}/echo?wsdl" for way, host in hosts.items()}


async def test_this_machine_is_not_reached_by_any_way_of_writing_it(
    secret: SoapPeer, elsewhere: AllowedAddresses
) -> None:
    async with SoapClient(elsewhere) as client:
        for way, url in ways_to(secret).items():
            # Some ways of writing it are no address to begin with.
            with pytest.raises((AddressRefused, WsdlUnreachable)):
                await client.read_wsdl(url)
            assert secret.fetched == [], way


async def test_a_chain_of_redirects_is_checked_at_each_of_its_links(secret: SoapPeer) -> None:
    async with SoapPeer() as open_:
        # Allowed by its address; the secret one is the same machine at one that is not.
        hidden = secret.url.replace("127.0.0.1", "127.0.0.2")
        open_.redirects["/a?wsdl"] = "/b?wsdl"
        for last in (hidden, "file:///etc/passwd", "//127.0.0.2/x", "gopher://127.0.0.1/x"):
            open_.redirects["/b?wsdl"] = last
            async with SoapClient(AllowedAddresses.parse(["127.0.0.1"])) as client:
                with pytest.raises(AddressRefused):
                    await client.read_wsdl(f"{open_.url}/a?wsdl")
        assert open_.fetched[-2:] == ["/a?wsdl", "/b?wsdl"]
    assert secret.fetched == []


async def test_what_an_import_imports_is_checked_too() -> None:
    async with SoapPeer() as peer:
        peer.documents["/a?wsdl"] = (
            '<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:a">'
            f'<w:import namespace="urn:b" location="{peer.url}/b.wsdl"/></w:definitions>'
        ).encode()
        peer.documents["/b.wsdl"] = (
            b'<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/"'
            b' xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:b"><w:types>'
            b'<xs:schema><xs:import namespace="urn:c" schemaLocation="c.xsd"/></xs:schema>'
            b"</w:types></w:definitions>"
        )
        peer.documents["/c.xsd"] = (
            b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:c">'
            b'<xs:include schemaLocation="http://169.254.169.254/latest/meta-data"/></xs:schema>'
        )
        async with SoapClient(AllowedAddresses.parse(["127.0.0.1"])) as client:
            with pytest.raises(AddressRefused, match=r"169\.254\.169\.254"):
                await client.read_wsdl(f"{peer.url}/a?wsdl")


@pytest.mark.parametrize(
    "place",
    [
        "file:///etc/passwd",
        "/etc/passwd",
        "etc/passwd",
        "ftp://127.0.0.1/x?wsdl",
        "http://anna:secret@127.0.0.1/x?wsdl",
        "http://169.254.169.254/latest/meta-data",
        "",
    ],
)
async def test_the_catalogue_neither_looks_nor_registers_there(place: str) -> None:
    catalogue = MemoryTransactions[Catalogue](MemoryCatalogue())
    async with SoapClient(AllowedAddresses.parse(["loopback"])) as client:
        wsdls = SoapWsdls(client)
        with pytest.raises(AddressRefused) as refused:
            await inspect_wsdl(Shelf(catalogue=catalogue, wsdls=wsdls), ANNA, place)
        request = ServiceRequest(wsdl_url=place, operation="echo")
        with pytest.raises(AddressRefused):
            await register_service(catalogue, wsdls, ANNA, request, clock=lambda: datetime.now(UTC))
    assert "secret@" not in str(refused.value)
    assert await list_services(catalogue, ANNA) == []


async def test_a_name_that_changes_its_mind_is_called_only_where_it_was_checked(
    secret: SoapPeer,
) -> None:
    loop = asyncio.get_running_loop()
    resolve = loop.getaddrinfo
    leads_to = ["127.0.0.1"]
    asked: list[str] = []

    async def fickle(host: str, port: int, **how: Any) -> Any:
        """Stand for a name server that gives another address each time."""
        if host != "fickle.example":
            return await resolve(host, port, **how)
        asked.append(host)
        return await resolve(leads_to.pop(0), port, **how)

    loop.getaddrinfo = fickle  # type: ignore[method-assign,assignment]
    url = secret.url.replace("127.0.0.1", "fickle.example") + "/echo?wsdl"
    rules = AllowedAddresses.parse(["127.0.0.1"])
    async with SoapClient(rules) as client:
        await client.read_wsdl(url)
    # It was asked once: what was checked is what was called.
    assert (asked, leads_to, len(secret.fetched)) == (["fickle.example"], [], 1)
    leads_to.append("127.0.0.2")
    async with SoapClient(rules) as client:
        with pytest.raises(AddressRefused):
            await client.read_wsdl(url)
    assert len(secret.fetched) == 1
