"""A synchronous service of one line, served by Tarry's own SOAP endpoint: n → n + 1."""

import sys
from collections.abc import Mapping

import uvicorn

from tarry.contract.ports import Port, PortType
from tarry.soap.schema import Interface, Operation, WireValue, elements
from tarry.soap.server import Call, Endpoint

INTERFACE = Interface(
    name="OneLine",
    namespace="urn:tarry:benchmark:one-line",
    operations=(
        Operation(
            name="increment",
            inputs=elements(Port(name="n", type=PortType.INTEGER)),
            outputs=elements(Port(name="m", type=PortType.INTEGER)),
        ),
    ),
)
PATH = "/one-line/OneLine"


async def increment(call: Call) -> Mapping[str, WireValue]:
    """Add one."""
    return {"m": str(int(call.text("n")) + 1)}


def main() -> None:
    """Serve until terminated."""
    endpoint = Endpoint(INTERFACE, {"increment": increment}, path=PATH)
    uvicorn.run(
        endpoint, port=int(sys.argv[1]), log_level="error", access_log=False, lifespan="off"
    )


if __name__ == "__main__":
    main()
