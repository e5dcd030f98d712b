"""A service that answers at once, or takes a call and then hangs up: nobody knows what it did."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.fakes.uvicorn_server import serving

from tarry.contract.ports import Port, PortType
from tarry.soap.schema import Interface, Operation, WireValue, elements
from tarry.soap.server import Call, Endpoint

URI = "http://test/sync/Scales.owl#weigh_Service"
WORKFLOW = f"""<workflow URI="http://test/workflow/Weighing.owl#Weighing">
<output URI="#weight" ID="w"/><services><sequence><service URI="{URI}">
<output URI="http://test/sync/Scales.owl#weight" ID="w"/></service></sequence></services>
</workflow>""".encode()

_INTERFACE = Interface(
    name="Scales",
    namespace="urn:tarry:test:scales",
    operations=(
        Operation(
            name="weigh", inputs=(), outputs=elements(Port(name="weight", type=PortType.DECIMAL))
        ),
    ),
)


class Scales:
    """The service.

    Attributes:
        wsdl: where it describes itself.
        hangs_up: the next call is taken and never answered.
    """

    def __init__(self) -> None:
        async def weigh(call: Call) -> Mapping[str, WireValue]:
            return {"weight": "17.5"}

        self.wsdl = ""
        self.hangs_up = False
        self._endpoint = Endpoint(_INTERFACE, {"weigh": weigh}, path="/Scales")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] != "POST" or not self.hangs_up:
            await self._endpoint(scope, receive, send)
            return
        self.hangs_up = False
        # The server hangs up on whom it owes what was promised here.
        headers = [(b"content-type", b"text/xml"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


@contextmanager
def scales() -> Iterator[Scales]:
    """Serve it."""
    served = Scales()
    with serving(served) as url:
        served.wsdl = f"{url}/Scales?wsdl"
        yield served
