"""Registering services and finding them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from tests.fakes.catalogue import MemoryCatalogue, MemoryWsdls
from tests.fakes.transactions import MemoryTransactions

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.platform.accounts.model.roles import OF_ADMINISTRATORS, RIGHTS, Role
from tarry.platform.catalogue.errors import (
    BadServiceAddress,
    ContractBroken,
    NameTaken,
    UnknownOperation,
)
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import SHARED, Polling, ServiceEntry
from tarry.platform.catalogue.model.offers import Offer, OfferedOperation, OfferedPort
from tarry.platform.catalogue.operations import (
    Registered,
    ServiceRequest,
    import_workflow,
    list_services,
    publish_workflow,
    register_service,
    show_service,
)
from tarry.platform.kernel.errors import NotAllowed, NotFound
from tarry.platform.kernel.model import Caller, ExecutionId, ProjectId, UserId
from tarry.platform.workflows.operations import one_step
from tarry.platform.workflows.xml import write
from tarry.soap.errors import WsdlUnreadable

URL = "http://127.0.0.1:1/calculator?wsdl"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
ANNA = Caller(
    user=UserId("u1"),
    user_name="anna",
    project=ProjectId("p1"),
    project_name="one",
    rights=RIGHTS[Role.DEVELOPER],
)
BERT = replace(ANNA, user=UserId("u2"), project=ProjectId("p2"), project_name="two")
ADMIN = replace(BERT, rights=OF_ADMINISTRATORS)


def number(name: str) -> OfferedPort:
    return OfferedPort(port=Port(name=name, type=PortType.DECIMAL))


ADD = OfferedOperation(
    name="add",
    inputs=(number("a"), number("b")),
    outputs=(number("sum"),),
    documentation="Adds two numbers.",
    repeatable=True,
)
OFFER = Offer(
    url=URL, service="Calculator", operations={"add": ADD}, remote={"format": 1, "url": URL}
)


class World:
    """A catalogue with WSDLs, and who acts in it."""

    def __init__(self) -> None:
        self.catalogue = MemoryTransactions[Catalogue](MemoryCatalogue())
        self.wsdls = MemoryWsdls(OFFER)

    async def register(
        self, caller: Caller = ANNA, operation: str = "add", **said: object
    ) -> Registered:
        request = ServiceRequest(wsdl_url=URL, operation=operation, **said)  # type: ignore[arg-type]
        return await register_service(
            self.catalogue, self.wsdls, caller, request, clock=lambda: NOW
        )

    async def show(self, caller: Caller, name: str) -> ServiceEntry:
        return await show_service(self.catalogue, caller, name)


@pytest.fixture
def world() -> World:
    return World()


def with_port(offer: Offer, *inputs: OfferedPort) -> Offer:
    return replace(offer, operations={"add": replace(ADD, inputs=inputs)})


async def test_a_service_is_described_by_its_wsdl(world: World) -> None:
    registered = await world.register()

    entry = registered.entry
    assert registered.is_new
    assert entry == ServiceEntry(
        name="Calculator.add",
        uri="http://tarry/sync/Calculator.owl#add_Service",
        wsdl_url=URL,
        operation="add",
        kind=Kind.SYNCHRONOUS,
        project=ProjectId("p1"),
        title="add",
        description="Adds two numbers.",
        inputs=(number("a").port, number("b").port),
        outputs=(number("sum").port,),
        remote={"format": 1, "url": URL},
        repeatable=True,
        at_most_once=False,
        version=1,
        registered_by=UserId("u1"),
        registered_at=NOW,
    )
    assert await world.show(ANNA, "Calculator.add") == entry
    assert await world.show(ANNA, entry.uri) == entry


async def test_what_the_registrar_says_counts_more(world: World) -> None:
    polling = Polling(slowest=timedelta(seconds=1))
    uri = "http://company/sync/calc.owl#add_Service"

    registered = await world.register(
        title="Sum", description="of two", repeatable=False, uri=uri, polling=polling
    )

    entry = registered.entry
    assert (entry.title, entry.description, entry.repeatable) == ("Sum", "of two", False)
    assert (entry.uri, entry.polling) == (uri, polling)


async def test_registering_again_without_a_change_adds_nothing(world: World) -> None:
    first = await world.register()
    again = await world.register(caller=replace(ANNA, user=UserId("u3")))

    assert not again.is_new
    assert again.entry == first.entry


async def test_a_change_is_a_new_version_and_is_told(world: World) -> None:
    await world.register()
    small = OfferedPort(port=replace(number("a").port, minimum=Decimal(0)))
    world.wsdls.serve(with_port(OFFER, small, number("c")))

    registered = await world.register()

    assert (registered.entry.version, registered.is_new) == (2, True)
    assert tuple(map(str, registered.changes)) == (
        "the input a has other rules: minimum nothing became 0",
        "the input b is gone",
        "the input c is new and has to be given",
    )
    assert (await world.show(ANNA, "Calculator.add")).version == 2


async def test_workflows_that_a_change_breaks_are_told(world: World) -> None:
    entry = (await world.register()).entry
    for name in ("Broken", "Draft"):
        uri = f"http://tarry/workflow/{name}.owl#{name}"
        document = write(one_step(uri, entry.interface()))
        await import_workflow(world.catalogue, ANNA, document, clock=lambda: NOW)
    await publish_workflow(world.catalogue, ANNA, "Broken")
    world.wsdls.serve(with_port(OFFER, number("a")))

    registered = await world.register()

    assert registered.damage.published == ("Broken",)
    assert [one.workflow for one in registered.damage.breaks] == ["Broken", "Draft"]


async def test_a_service_that_breaks_the_contract_is_refused_with_every_reason(
    world: World,
) -> None:
    with pytest.raises(ContractBroken, match=r"serviceID; .* getServiceStatus") as c:
        await world.register(kind=Kind.ASYNCHRONOUS)

    assert len(c.value.violations) == 4
    assert await list_services(world.catalogue, ANNA) == []


async def test_an_operation_that_is_not_there_is_refused_with_those_that_are(
    world: World,
) -> None:
    with pytest.raises(UnknownOperation, match="no operation subtract; it has: add"):
        await world.register(operation="subtract")


async def test_a_wsdl_that_cannot_be_read_is_told(world: World) -> None:
    request = ServiceRequest(wsdl_url="http://127.0.0.1:1/nothing", operation="add")

    with pytest.raises(WsdlUnreadable):
        await register_service(world.catalogue, world.wsdls, ANNA, request, clock=lambda: NOW)


@pytest.mark.parametrize(
    "uri",
    [
        "no-uri",
        "http://company/x.owl",
        "http://company/x y.owl#z",
        "http://company/x.owl#" + "z" * 500,
        "http://company/workflow/x.owl#x",
        "http://company/sync/EndIf.owl#EndIf_Service",
    ],
)
async def test_a_uri_that_documents_cannot_use_is_refused(world: World, uri: str) -> None:
    with pytest.raises(BadServiceAddress):
        await world.register(uri=uri)


async def test_two_services_of_a_project_cannot_have_one_name(world: World) -> None:
    await world.register()

    with pytest.raises(NameTaken, match=r"Calculator\.add exists already"):
        await world.register(uri="http://company/sync/other.owl#add_Service")


async def test_projects_do_not_see_each_others_services(world: World) -> None:
    await world.register()

    assert await list_services(world.catalogue, BERT) == []
    with pytest.raises(NotFound):
        await world.show(BERT, "Calculator.add")


async def test_a_shared_service_is_seen_by_all_until_a_project_has_its_own(world: World) -> None:
    shared = (await world.register(caller=ADMIN, shared=True)).entry
    assert shared.project == SHARED
    assert await world.show(ANNA, "Calculator.add") == shared

    own = (await world.register()).entry

    assert await world.show(ANNA, "Calculator.add") == own
    assert await list_services(world.catalogue, ANNA) == [own]
    assert await list_services(world.catalogue, BERT) == [shared]


async def test_only_an_administrator_shares(world: World) -> None:
    with pytest.raises(NotAllowed, match="administrator"):
        await world.register(shared=True)


async def test_the_token_of_a_run_registers_nothing(world: World) -> None:
    with pytest.raises(NotAllowed, match="that of a run"):
        await world.register(caller=replace(ANNA, execution=ExecutionId("0" * 32)))
