"""The demo workflows fit the example services that they use."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.fakes.catalogue import MemoryCatalogue
from tests.fakes.soap_peer import SoapPeer
from tests.fakes.transactions import MemoryTransactions

from tarry.contract.ports import Port, PortType
from tarry.platform.accounts.model.roles import RIGHTS, Role
from tarry.platform.catalogue.adapters.wsdl import SoapWsdls
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.operations import (
    ServiceRequest,
    import_workflow,
    publish_workflow,
    published,
    register_service,
)
from tarry.platform.kernel.model import Caller, ProjectId, UserId
from tarry.platform.workflows.model import numbered
from tarry.platform.workflows.xml import read, write
from tarry.service.model import program_file
from tarry.service.model.interface import doors
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.client import SoapClient
from tarry.soap.describe import wsdl

EXAMPLES = Path(__file__).parents[3] / "examples"
WORKFLOWS = sorted((EXAMPLES / "workflows").glob("*.xml"))
NOW = datetime(2026, 11, 24, tzinfo=UTC)
ANNA = Caller(
    user=UserId("u1"),
    user_name="anna",
    project=ProjectId("p1"),
    project_name="one",
    rights=RIGHTS[Role.DEVELOPER],
)


@pytest.fixture
async def catalogue() -> MemoryTransactions[Catalogue]:
    """A catalogue in which the services of all example program files are registered."""
    catalogue = MemoryTransactions[Catalogue](MemoryCatalogue())
    found = [
        door
        for file in sorted(EXAMPLES.glob("*/*.toml"))
        for door in doors(program_file.read(file.read_text(encoding="utf-8"), file=str(file)))
    ]
    async with SoapPeer() as peer, SoapClient(AllowedAddresses.parse(["loopback"])) as client:
        for door in found:
            address = f"{peer.url}/{door.path}"
            peer.documents[f"/{door.path}?wsdl"] = wsdl(door.interface, address)
            for operation in door.operations:
                request = ServiceRequest(wsdl_url=f"{address}?wsdl", operation=operation.name)
                await register_service(
                    catalogue, SoapWsdls(client), ANNA, request, clock=lambda: NOW
                )
    return catalogue


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: str(file.stem))
async def test_a_demo_workflow_can_be_published(
    catalogue: MemoryTransactions[Catalogue], file: Path
) -> None:
    report = await import_workflow(catalogue, ANNA, file.read_bytes(), clock=lambda: NOW)
    await publish_workflow(catalogue, ANNA, report.entry.name)

    assert report.entry.name == file.stem
    assert report.notices == ()
    assert (await published(catalogue, ANNA, file.stem)).services


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: str(file.stem))
def test_a_demo_workflow_is_written_as_our_writer_writes_it(file: Path) -> None:
    document = read(file.read_bytes())

    assert numbered(document) == document
    assert write(document) == file.read_bytes()


async def ports_of(
    catalogue: MemoryTransactions[Catalogue], name: str
) -> tuple[dict[str, Port], list[str]]:
    data = (EXAMPLES / "workflows" / f"{name}.xml").read_bytes()
    entry = (await import_workflow(catalogue, ANNA, data, clock=lambda: NOW)).entry
    return {port.name: port for port in entry.inputs}, [port.name for port in entry.outputs]


async def test_the_waiting_workflow_asks_for_seconds(
    catalogue: MemoryTransactions[Catalogue],
) -> None:
    inputs, outputs = await ports_of(catalogue, "Demo_Waiter")

    assert (inputs["seconds"].minimum, inputs["seconds"].maximum) == (Decimal(1), Decimal(604_800))
    assert (list(inputs), outputs) == (["seconds"], ["result"])


async def test_the_calculating_workflow_asks_for_two_numbers(
    catalogue: MemoryTransactions[Catalogue],
) -> None:
    inputs, outputs = await ports_of(catalogue, "Demo_Calculator")

    assert all(port.must_be_given for port in inputs.values())
    assert list(inputs) == ["a", "b"]
    assert outputs == ["sum", "difference", "product", "quotient"]


async def test_the_meshing_workflow_asks_for_a_geometry_and_little_else(
    catalogue: MemoryTransactions[Catalogue],
) -> None:
    inputs, outputs = await ports_of(catalogue, "Demo_Mesh")

    assert [name for name, port in inputs.items() if port.must_be_given] == ["geometry"]
    assert inputs["geometry"].type == PortType.FILE
    assert inputs["geometry"].accept == (".step", ".stp")
    assert (inputs["size"].type, inputs["size"].unit) == (PortType.DECIMAL, "mm")
    assert list(inputs) == ["geometry", "size", "dimension"]
    assert outputs[:3] == ["mesh", "nodes", "elements"]
