"""A workflow manager that is told when applications are over."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.fakes.uvicorn_server import serving

from tarry.contract.errors import Sort, TarryError
from tarry.contract.ports import Port
from tarry.soap.outputs import read_outputs
from tarry.soap.schema import Interface, Operation, WireValue, elements
from tarry.soap.server import Call, Endpoint

PATH = "/dfki/WorkflowManager2Service/services/SOAP"
_INTERFACE = Interface(
    name="WorkflowManager2",
    namespace="http://www.eu-cloudflow.eu/dfki/WorkflowManager2/",
    qualified_inputs=False,
    qualified_outputs=False,
    match_any_namespace=True,
    operations=(
        Operation(
            name="serviceExecutionFinished",
            inputs=elements(
                Port(name="serviceID"), Port(name="sessionToken"), Port(name="xmlOutputs_base64")
            ),
            outputs=(),
        ),
    ),
)


class NotWanted(TarryError):
    """Says no."""

    code = "not-wanted"
    sort = Sort.CONFLICT
    message = "No such service is running"


@dataclass(frozen=True)
class Told:
    """What it was told."""

    service_id: str
    session_token: str
    outputs: Mapping[str, WireValue]
    headers: Mapping[str, str]


@dataclass
class FakeWorkflowManager:
    """Remembers what it was told.

    Attributes:
        refuses: it answers with a fault.
        wsdl: address of its WSDL.
        endpoint: address that pages post to.
    """

    told: list[Told] = field(default_factory=list)
    refuses: bool = False
    asked: int = 0
    endpoint: str = ""

    @property
    def wsdl(self) -> str:
        """Address of its WSDL."""
        return f"{self.endpoint}?wsdl"

    async def _finished(self, call: Call) -> Mapping[str, WireValue]:
        self.asked += 1
        if self.refuses:
            raise NotWanted
        self.told.append(
            Told(
                call.text("serviceID"),
                call.text("sessionToken"),
                read_outputs(call.text("xmlOutputs_base64")),
                call.headers,
            )
        )
        return {}

    @contextmanager
    def running(self) -> Iterator["FakeWorkflowManager"]:
        """Serve it."""
        handlers = {"serviceExecutionFinished": self._finished}
        with serving(Endpoint(_INTERFACE, handlers, path=PATH, cors=True)) as url:
            self.endpoint = f"{url}{PATH}"
            yield self
