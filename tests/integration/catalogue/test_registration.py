"""Services are registered over HTTP from the WSDLs that the field has."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.fakes.catalogue import MemoryCatalogue
from tests.fakes.soap_peer import SoapPeer
from tests.fakes.transactions import MemoryTransactions
from tests.fakes.uvicorn_server import serving

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.platform.accounts.model.roles import RIGHTS, Role
from tarry.platform.catalogue.adapters.wsdl import SoapWsdls
from tarry.platform.catalogue.errors import ContractBroken
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.operations import (
    Registered,
    ServiceRequest,
    list_services,
    register_service,
)
from tarry.platform.kernel.model import Caller, ProjectId, UserId
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.client import SoapClient
from tarry.soap.errors import AddressRefused, WsdlUnreadable
from tarry.soap.schema import Interface, Operation, WireValue, elements
from tarry.soap.server import Call, Endpoint
from tarry.soap.wsdl import RemoteService

WSDLS = Path(__file__).parents[1] / "soap" / "wsdl"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
ANNA = Caller(
    user=UserId("u1"),
    user_name="anna",
    project=ProjectId("p1"),
    project_name="one",
    rights=RIGHTS[Role.DEVELOPER],
)

SIZE = Port(
    name="size",
    type=PortType.DECIMAL,
    title="Element size",
    unit="mm",
    minimum=Decimal("0.1"),
    maximum=Decimal(10),
    default="0.5",
)
PART = Port(name="part", type=PortType.FILE, accept=(".step",))
COMPANION = elements(Port(name="serviceID"), Port(name="sessionToken"))
RESULTS = elements(Port(name="status_base64"), Port(name="mesh", type=PortType.FILE))
MESH = Operation(
    name="mesh",
    inputs=COMPANION + elements(PART, SIZE),
    outputs=RESULTS,
    documentation="Meshes a part.",
    kind=Kind.ASYNCHRONOUS,
    repeatable=True,
    at_most_once=True,
)
STATUS = Operation(name="getServiceStatus", inputs=COMPANION, outputs=RESULTS)
ABORT = Operation(
    name="abortService",
    inputs=COMPANION,
    outputs=elements(Port(name="success", type=PortType.BOOLEAN)),
)


@pytest.fixture
async def client() -> AsyncIterator[SoapClient]:
    async with SoapClient(AllowedAddresses.parse(["loopback"])) as ready:
        yield ready


@pytest.fixture
def catalogue() -> MemoryTransactions[Catalogue]:
    return MemoryTransactions[Catalogue](MemoryCatalogue())


async def register(
    catalogue: MemoryTransactions[Catalogue],
    client: SoapClient,
    url: str,
    operation: str,
    kind: Kind | None = None,
) -> Registered:
    request = ServiceRequest(wsdl_url=url, operation=operation, kind=kind)
    return await register_service(catalogue, SoapWsdls(client), ANNA, request, clock=lambda: NOW)


def served(*operations: Operation) -> Endpoint:
    async def never(call: Call) -> Mapping[str, WireValue]:
        raise AssertionError(call)

    interface = Interface(name="Mesher", namespace="urn:mesher", operations=operations)
    return Endpoint(interface, {one.name: never for one in operations}, path="/mesher")


async def test_everything_that_a_tarry_service_says_of_itself_arrives(
    catalogue: MemoryTransactions[Catalogue], client: SoapClient
) -> None:
    with serving(served(MESH, STATUS, ABORT)) as base:
        registered = await register(catalogue, client, f"{base}/mesher?wsdl", "mesh")

    entry = registered.entry
    assert registered.notices == ()
    assert (entry.name, entry.kind) == ("Mesher.mesh", Kind.ASYNCHRONOUS)
    assert entry.uri == "http://tarry/async/Mesher.owl#mesh_Service"
    assert entry.description == "Meshes a part."
    assert (entry.repeatable, entry.at_most_once) == (True, True)
    assert entry.inputs == (PART, SIZE)
    assert entry.outputs == (Port(name="mesh", type=PortType.FILE),)
    stored = RemoteService.from_json(json.loads(json.dumps(entry.remote)))
    assert set(stored.operations) == {"mesh", "getServiceStatus", "abortService"}


async def test_registering_the_same_service_again_adds_no_version(
    catalogue: MemoryTransactions[Catalogue], client: SoapClient
) -> None:
    with serving(served(MESH, STATUS, ABORT)) as base:
        await register(catalogue, client, f"{base}/mesher?wsdl", "mesh")
        again = await register(catalogue, client, f"{base}/mesher?wsdl", "mesh")

    assert not again.is_new


async def test_a_new_address_is_a_new_version_of_the_same_service(
    catalogue: MemoryTransactions[Catalogue], client: SoapClient
) -> None:
    with serving(served(MESH, STATUS, ABORT)) as base:
        await register(catalogue, client, f"{base}/mesher?wsdl", "mesh")
    with serving(served(MESH, STATUS, ABORT)) as base:
        registered = await register(catalogue, client, f"{base}/mesher?wsdl", "mesh")

    assert registered.entry.version == 2
    assert [service.name for service in await list_services(catalogue, ANNA)] == ["Mesher.mesh"]


async def test_a_service_of_ours_without_a_status_operation_is_refused(
    catalogue: MemoryTransactions[Catalogue], client: SoapClient
) -> None:
    with (
        serving(served(MESH)) as base,
        pytest.raises(ContractBroken, match="the WSDL has no getServiceStatus"),
    ):
        await register(catalogue, client, f"{base}/mesher?wsdl", "mesh")


@pytest.fixture
async def field() -> AsyncIterator[SoapPeer]:
    """Services of the field, as far as their WSDLs go."""
    documents = {f"/{path.stem}?wsdl": path.read_bytes() for path in WSDLS.glob("*.wsdl")}
    documents["/jaxws?xsd=1"] = (WSDLS / "jaxws.xsd").read_bytes()
    async with SoapPeer(documents=documents) as running:
        yield running


async def test_the_tutorials_waiter_on_spyne_is_registered(
    catalogue: MemoryTransactions[Catalogue], client: SoapClient, field: SoapPeer
) -> None:
    registered = await register(
        catalogue, client, f"{field.url}/spyne?wsdl", "startWaiter", Kind.ASYNCHRONOUS
    )

    entry = registered.entry
    assert (entry.name, entry.kind) == ("Waiter.startWaiter", Kind.ASYNCHRONOUS)
    [seconds] = entry.inputs
    assert (seconds.name, seconds.type, seconds.default) == (
        "secondsToWait",
        PortType.INTEGER,
        "300",
    )
    assert [port.name for port in entry.outputs] == ["result"]
    assert (entry.repeatable, entry.at_most_once) == (False, False)
    assert "no abortService" in registered.notices[0]


async def test_a_service_on_rpc_literal_is_registered_with_its_ranges(
    catalogue: MemoryTransactions[Catalogue], client: SoapClient, field: SoapPeer
) -> None:
    entry = (await register(catalogue, client, f"{field.url}/rpc_literal?wsdl", "add")).entry

    assert entry.kind == Kind.SYNCHRONOUS
    assert [port.name for port in entry.inputs] == ["a", "b", "share"]
    assert (entry.inputs[2].minimum, entry.inputs[2].maximum) == (Decimal(0), Decimal(100))


async def test_structures_of_a_jax_ws_service_are_noticed(
    catalogue: MemoryTransactions[Catalogue], client: SoapClient, field: SoapPeer
) -> None:
    registered = await register(catalogue, client, f"{field.url}/jaxws?wsdl", "getTokenInfo")

    assert [port.name for port in registered.entry.inputs] == ["verbose"]
    assert registered.entry.outputs == ()
    assert registered.notices == ("the output return is a structure and cannot be wired",)


async def test_a_wsdl_at_an_address_that_is_not_allowed_is_not_read(
    catalogue: MemoryTransactions[Catalogue], field: SoapPeer
) -> None:
    async with SoapClient(AllowedAddresses.parse(["services.example.org"])) as client:
        with pytest.raises(AddressRefused):
            await register(catalogue, client, f"{field.url}/spyne?wsdl", "startWaiter")


async def test_what_is_no_wsdl_is_told(
    catalogue: MemoryTransactions[Catalogue], client: SoapClient, field: SoapPeer
) -> None:
    with pytest.raises(WsdlUnreadable):
        await register(catalogue, client, f"{field.url}/nothing?wsdl", "startWaiter")
