"""Checks of synchronous operations: nothing is wrong with ours, and carelessness is found out."""

from collections.abc import Mapping
from typing import Any

import pytest
from tests.fakes.uvicorn_server import serving

from tarry.contract.ports import Port, PortType
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.client import SoapClient
from tarry.soap.conformance import Trial
from tarry.soap.conformance_of_calls import check_calls
from tarry.soap.describe import wsdl
from tarry.soap.schema import Interface, Operation, WireValue, elements
from tarry.soap.server import Call, Endpoint

INTERFACE = Interface(
    name="Half",
    namespace="urn:tarry:test:half",
    operations=(
        Operation(
            name="halve",
            inputs=elements(
                Port(name="sessionToken"),
                Port(name="number", type=PortType.INTEGER),
                Port(name="ratio", type=PortType.DECIMAL, required=False),
            ),
            outputs=elements(Port(name="half", type=PortType.DECIMAL)),
        ),
        Operation(name="hello", inputs=(), outputs=elements(Port(name="words"))),
    ),
)
ENVELOPE = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>{}</e:Body></e:Envelope>'
TAKEN = '<halveResponse xmlns="urn:tarry:test:half"><half>1</half></halveResponse>'
EMPTY = '<halveResponse xmlns="urn:tarry:test:half"/>'
FAULT = "<e:Fault><faultcode>e:Server</faultcode><faultstring>NullPointer</faultstring></e:Fault>"
UNKNOWN = "An element that the WSDL does not know is a fault"
TWICE = "An element that comes twice is a fault"
ANSWERS = "halve answers within 30 s, with all outputs of the WSDL"


class Careless:
    """A service that looks at nothing but a word of the request."""

    def __init__(self, *, faults_at: bytes = b"\0", otherwise: str = TAKEN) -> None:
        self.faults_at = faults_at
        self.otherwise = otherwise

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        body = (await receive()).get("body", b"")
        if scope["method"] == "GET":
            host = dict(scope["headers"])[b"host"].decode()
            status, answer = 200, wsdl(INTERFACE, f"http://{host}/Half")
        elif self.faults_at in body:
            status, answer = 500, ENVELOPE.format(FAULT).encode()
        else:
            status, answer = 200, ENVELOPE.format(self.otherwise).encode()
        headers = [(b"content-type", b"text/xml"), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


async def halve(call: Call) -> Mapping[str, WireValue]:
    """As it should be."""
    return {"half": str(int(call.text("number")) / 2)}


async def hello(_: Call) -> Mapping[str, WireValue]:
    """Has no inputs."""
    return {"words": "hello"}


async def verdicts(app: Any, operation: str = "halve", **inputs: str) -> dict[str, str]:
    """What a check finds."""
    with serving(app) as url:
        client = SoapClient(AllowedAddresses.parse(("loopback",)))
        try:
            service = await client.read_wsdl(f"{url}/Half?wsdl")
            trial = Trial(
                client=client,
                service=service,
                operation=service.operation(operation),
                inputs=inputs,
                session_token="token",
                new_id=lambda: "1",
            )
            return {finding.rule: finding.verdict.value async for finding in check_calls(trial)}
        finally:
            await client.close()


def ours() -> Endpoint:
    """Our own endpoint."""
    return Endpoint(INTERFACE, {"halve": halve, "hello": hello}, path="/Half")


async def test_our_own_endpoint_keeps_every_rule() -> None:
    found = await verdicts(ours(), number="3")
    assert set(found.values()) == {"kept"}
    assert {ANSWERS, UNKNOWN, TWICE, "number = 1.5 is refused, and the fault names it"} <= set(
        found
    )


async def test_an_operation_without_inputs_is_asked_for_what_it_does_not_know() -> None:
    found = await verdicts(ours(), "hello")
    assert len(found) == 2
    assert (set(found.values()), UNKNOWN in found) == ({"kept"}, True)


async def test_without_values_nothing_is_called_and_that_is_said() -> None:
    assert await verdicts(Careless()) == {"halve answers": "skipped"}


async def test_a_service_that_takes_everything_is_found_out() -> None:
    found = await verdicts(Careless(), number="3")
    assert found.pop(ANSWERS) == "kept"
    assert set(found.values()) == {"broken"}
    assert {UNKNOWN, TWICE, "ratio = abc is refused, and the fault names it"} <= set(found)


async def test_a_fault_that_names_nothing_is_doubtful() -> None:
    found = await verdicts(Careless(faults_at=b"abc"), number="3")
    assert found["number = abc is refused, and the fault names it"] == "doubtful"
    assert found["number = 1.5 is refused, and the fault names it"] == "broken"


@pytest.mark.parametrize("app", [Careless(otherwise=EMPTY), Careless(faults_at=b"halve")])
async def test_an_operation_that_does_not_answer_is_not_tried_further(app: Careless) -> None:
    assert await verdicts(app, number="3") == {ANSWERS: "broken"}
