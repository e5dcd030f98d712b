"""Two interfaces that use all that a description can say, with handlers that echo."""

from collections.abc import Mapping
from decimal import Decimal

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.soap.schema import Element, Interface, Operation, Record, WireValue, elements
from tarry.soap.server import Call, Handler

NAMED = elements(Port(name="description"), Port(name="id"), Port(name="name"))
PROJECT = Record(name="projectInfo", fields=NAMED)
ROLE = Record(name="roleInfo", fields=NAMED)
TOKEN = Record(
    name="tokenInfo",
    fields=(
        Element(port=Port(name="project"), record=PROJECT),
        Element(port=Port(name="roles"), record=ROLE, repeated=True),
    ),
)
STATUS = elements(Port(name="status_base64", type=PortType.TEXT), Port(name="result"))
WAITER = Interface(
    name="Waiter",
    namespace="urn:tarry:test:waiter",
    documentation="Waits.",
    operations=(
        Operation(
            name="startWaiter",
            documentation="Starts to wait.",
            kind=Kind.ASYNCHRONOUS,
            at_most_once=True,
            inputs=elements(
                Port(name="serviceID"),
                Port(name="sessionToken"),
                Port(
                    name="secondsToWait",
                    type=PortType.INTEGER,
                    default="300",
                    minimum=Decimal(1),
                    maximum=Decimal(604800),
                    unit="s",
                    title="Seconds",
                    description="How long.",
                ),
                Port(
                    name="mood",
                    type=PortType.CHOICE,
                    choices=("glad", "sad & blue"),
                    required=False,
                ),
                Port(name="code", pattern="[A-Z]{2}[0-9]+", required=False),
                Port(name="factor", type=PortType.DECIMAL, required=False),
                Port(name="flag", type=PortType.BOOLEAN, required=False),
                Port(name="when", type=PortType.DATE_TIME, required=False),
            ),
            outputs=STATUS,
        ),
        Operation(
            name="getServiceStatus",
            inputs=elements(Port(name="serviceID"), Port(name="sessionToken")),
            outputs=STATUS,
        ),
        Operation(
            name="abortService",
            inputs=elements(Port(name="serviceID"), Port(name="sessionToken")),
            outputs=elements(Port(name="success", type=PortType.BOOLEAN)),
        ),
    ),
)
MANAGER = Interface(
    name="AuthManager",
    namespace="http://authmanager.sintef.no/",
    qualified_outputs=False,
    operations=(
        Operation(
            name="getTokenInfo",
            inputs=elements(Port(name="sessionToken", required=False)),
            outputs=(Element(port=Port(name="return"), record=TOKEN),),
        ),
        Operation(
            name="validateSessionToken",
            inputs=elements(Port(name="sessionToken", required=False)),
            outputs=elements(Port(name="return", type=PortType.BOOLEAN)),
        ),
        Operation(
            name="getRoles",
            inputs=elements(Port(name="sessionToken", required=False)),
            outputs=(Element(port=Port(name="return"), repeated=True),),
        ),
    ),
)


async def start(call: Call) -> Mapping[str, WireValue]:
    return {"status_base64": "PGh0bWw+", "result": repr(call.arguments)}


async def status(call: Call) -> Mapping[str, WireValue]:
    return {"status_base64": "COMPLETED", "result": f"<{call.text('serviceID')}> \u20ac"}


async def abort(call: Call) -> Mapping[str, WireValue]:
    return {"success": "true" if call.text("serviceID") else "false"}


async def token_info(_: Call) -> Mapping[str, WireValue]:
    role = {"description": "", "name": "admin"}
    return {
        "return": {
            "project": {"description": "d", "id": "p1", "name": "mesh"},
            "roles": [role | {"id": "1"}, role | {"id": "2"}],
        }
    }


async def validate(call: Call) -> Mapping[str, WireValue]:
    return {"return": "true" if call.text("sessionToken") == "good" else "false"}


async def roles(_: Call) -> Mapping[str, WireValue]:
    return {"return": ["admin", "user"]}


WAITER_HANDLERS: dict[str, Handler] = {
    "startWaiter": start,
    "getServiceStatus": status,
    "abortService": abort,
}
MANAGER_HANDLERS: dict[str, Handler] = {
    "getTokenInfo": token_info,
    "validateSessionToken": validate,
    "getRoles": roles,
}
