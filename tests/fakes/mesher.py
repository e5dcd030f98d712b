"""A mesher of the field, as its WSDL describes it, and a catalogue in which somebody keeps it."""

from dataclasses import replace
from datetime import UTC, datetime

from tests.fakes.catalogue import MemoryCatalogue, MemoryWsdls
from tests.fakes.transactions import MemoryTransactions

from tarry.contract.ports import Port, PortType
from tarry.platform.accounts.model.roles import OF_ADMINISTRATORS, RIGHTS, Role
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import Correction, ServiceEntry
from tarry.platform.catalogue.model.offers import Offer, OfferedOperation, OfferedPort
from tarry.platform.catalogue.operations import (
    Registered,
    Saving,
    ServiceRequest,
    Shelf,
    import_workflow,
    publish_workflow,
    register_service,
    show_service,
)
from tarry.platform.kernel.model import Caller, ProjectId, UserId
from tarry.platform.workflows.operations import one_step
from tarry.platform.workflows.xml import write

URL = "http://127.0.0.1:1/mesher?wsdl"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
ANNA = Caller(
    user=UserId("u1"),
    user_name="anna",
    project=ProjectId("p1"),
    project_name="one",
    rights=RIGHTS[Role.DEVELOPER],
)
BERT = replace(ANNA, user=UserId("u2"), user_name="bert", project=ProjectId("p2"))
ADMIN = replace(ANNA, user=UserId("u3"), user_name="root", rights=OF_ADMINISTRATORS)

URI = "http://tarry/async/Mesher.owl#mesh_Service"


def text(name: str, **facts: object) -> OfferedPort:
    return OfferedPort(port=Port(name=name, **facts))  # type: ignore[arg-type]


FILLED = (text("serviceID"), text("sessionToken"))


def offer(inputs: tuple[OfferedPort, ...], outputs: tuple[OfferedPort, ...], *others: str) -> Offer:
    given = (text("status_base64"), *outputs)
    operations = [
        OfferedOperation(
            name="mesh", inputs=FILLED + inputs, outputs=given, documentation="Meshes."
        ),
        OfferedOperation(name="getServiceStatus", inputs=FILLED, outputs=given),
        *(OfferedOperation(name=name, inputs=FILLED) for name in others),
    ]
    return Offer(
        url=URL,
        service="Mesher",
        operations={one.name: one for one in operations},
        remote={"format": 1, "operations": [{"name": one.name} for one in operations]},
    )


SIZE = text("size", type=PortType.DECIMAL)
OFFER = offer((text("part"), SIZE), (text("mesh"),))
AS_FILES = {
    "inputs/part": Correction(type=PortType.FILE, title="The part", accept=(".step",)),
    "outputs/mesh": Correction(type=PortType.FILE),
    "inputs/size": Correction(unit="mm", default="0.5"),
}


class World:
    """A catalogue with a service of the field, and who acts in it."""

    def __init__(self) -> None:
        self.catalogue = MemoryTransactions[Catalogue](MemoryCatalogue())
        self.wsdls = MemoryWsdls(OFFER)
        self.shelf = Shelf(catalogue=self.catalogue, wsdls=self.wsdls, clock=lambda: NOW)

    async def register(self, caller: Caller = ANNA, **said: object) -> Registered:
        request = ServiceRequest(wsdl_url=URL, operation="mesh", **said)  # type: ignore[arg-type]
        return await register_service(
            self.catalogue, self.wsdls, caller, request, clock=lambda: NOW
        )

    async def bring(
        self, name: str, service: ServiceEntry, *, caller: Caller = ANNA, publish: bool = True
    ) -> None:
        document = write(one_step(f"http://tarry/workflow/{name}.owl#{name}", service.interface()))
        await import_workflow(
            self.catalogue, caller, document, clock=lambda: NOW, saving=Saving(draft=not publish)
        )
        if publish:
            await publish_workflow(self.catalogue, caller, name)

    async def show(self, name: str = "Mesher.mesh") -> ServiceEntry:
        return await show_service(self.catalogue, ANNA, name)


def messages(registered: Registered) -> list[tuple[str, str, str]]:
    return [(one.place, one.code, one.message) for one in registered.changes]
