"""What we describe, our own client reads back whole; and the contract is spoken end to end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from tests.fakes.interfaces import MANAGER, MANAGER_HANDLERS, WAITER, WAITER_HANDLERS
from tests.fakes.uvicorn_server import serving

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.contract.status import Completed, Page, Unchanged
from tarry.soap import asynchronous
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.client import SoapClient
from tarry.soap.errors import BadAnswer, SoapFault, UnknownOperation
from tarry.soap.schema import Element, Interface, Operation, Record, WireValue, elements
from tarry.soap.server import Call, Endpoint, Handler
from tarry.soap.wsdl import RemoteService

Serve = Callable[[Interface, Mapping[str, Handler]], AbstractContextManager[str]]


@pytest.fixture
async def client() -> AsyncIterator[SoapClient]:
    async with SoapClient(AllowedAddresses.parse(["loopback"])) as ready:
        yield ready


def served(interface: Interface, handlers: Mapping[str, Handler]) -> AbstractContextManager[str]:
    return serving(Endpoint(interface, handlers, path="/x/Service"))


async def test_a_description_is_read_back_with_all_that_it_says(client: SoapClient) -> None:
    with served(WAITER, WAITER_HANDLERS) as url:
        service = await client.read_wsdl(f"{url}/x/Service?wsdl")
    assert service.name == "Waiter"
    assert list(service.operations) == [operation.name for operation in WAITER.operations]
    for operation in WAITER.operations:
        found = service.operation(operation.name)
        assert found.inputs == operation.inputs
        assert found.outputs == operation.outputs
        assert found.documentation == operation.documentation
        assert found.kind == operation.kind
        assert found.at_most_once == operation.at_most_once
        assert found.repeatable == operation.repeatable
        assert found.address == f"{url}/x/Service"


RICH = Interface(
    name="Rich",
    namespace="urn:rich?a=1&b='2'",
    operations=(
        Operation(
            name="go",
            kind=Kind.SYNCHRONOUS,
            repeatable=True,
            documentation="Goes <far> & wide.\nThen stops.",
            inputs=(
                *elements(
                    Port(
                        name="mesh",
                        type=PortType.FILE,
                        accept=(".step", ".stp"),
                        title='The "geometry"',
                        description="A file <of yours>.",
                    ),
                    Port(name="notes", type=PortType.TEXT, required=False),
                    Port(name="odd", pattern=r"^a.*z$"),
                    Port(name="unit", type=PortType.CHOICE, choices=("mm", "in & out", "")),
                    Port(name="same", type=PortType.CHOICE, choices=("a", "b")),
                ),
                Element(
                    port=Port(name="list", many=True, type=PortType.DECIMAL, required=False),
                    repeated=True,
                ),
                Element(
                    port=Port(name="box", description="A box."),
                    record=Record(
                        name="Box",
                        fields=(
                            Element(port=Port(name="side", type=PortType.DECIMAL)),
                            Element(port=Port(name="label", required=False)),
                        ),
                    ),
                ),
            ),
            outputs=elements(Port(name="same"), Port(name="echo")),
        ),
    ),
)


@pytest.mark.parametrize("qualified_inputs", [True, False])
@pytest.mark.parametrize("qualified_outputs", [True, False])
async def test_everything_crosses_in_every_form(
    qualified_inputs: bool, qualified_outputs: bool, client: SoapClient
) -> None:
    got: list[dict[str, WireValue]] = []

    async def go(call: Call) -> Mapping[str, WireValue]:
        got.append(call.arguments)
        return {"same": "x", "echo": call.text("notes")}

    interface = replace(
        RICH, qualified_inputs=qualified_inputs, qualified_outputs=qualified_outputs
    )
    arguments: dict[str, WireValue] = {
        "mesh": "local://p/a.step",
        "notes": "two\nlines\r\n\t<&> \u20ac \U0001f980",
        "odd": "a to z",
        "unit": "in & out",
        "same": "a",
        "list": ["1", "2.5"],
        "box": {"side": "3", "label": "l"},
    }
    with served(interface, {"go": go}) as url:
        service = await client.read_wsdl(f"{url}/x/Service?wsdl")
        operation = service.operation("go")
        assert operation.inputs == interface.operations[0].inputs
        assert operation.documentation == interface.operations[0].documentation
        assert not operation.needs_serialiser
        answer = await client.call(operation, arguments)
    assert got == [arguments]
    assert answer.outputs == {"same": "x", "echo": arguments["notes"]}


async def test_a_manager_answers_with_records_and_lists(client: SoapClient) -> None:
    with served(MANAGER, MANAGER_HANDLERS) as url:
        service = await client.read_wsdl(f"{url}/x/Service?wsdl")
        info = await client.call(service.operation("getTokenInfo"), {"sessionToken": "t"})
        named = await client.call(service.operation("getRoles"), {})
        texts = await asynchronous.call_synchronous(
            client, service, "getRoles", {}, session_token="t"
        )
    assert info.outputs["return"] == {
        "project": {"description": "d", "id": "p1", "name": "mesh"},
        "roles": [
            {"description": "", "name": "admin", "id": "1"},
            {"description": "", "name": "admin", "id": "2"},
        ],
    }
    assert named.outputs == {"return": ["admin", "user"]}
    assert texts == {"return": '["admin", "user"]'}


class Run:
    """A service of the asynchronous contract that notes what it was told."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.status = "PGI+aGk8L2I+"

    async def __call__(self, call: Call) -> Mapping[str, WireValue]:
        self.calls.append(call)
        if call.operation == "abortService":
            return {"success": "true"}
        call.reply_headers.update({"Tarry-Page": "tag7", "Tarry-Folder": "/data/run"})
        return {"status_base64": self.status, "result": "UNSET"}


@pytest.fixture
def run() -> Run:
    return Run()


@pytest.fixture
async def service(run: Run, client: SoapClient) -> AsyncIterator[RemoteService]:
    handlers = dict.fromkeys(("startWaiter", "getServiceStatus", "abortService"), run)
    with served(WAITER, handlers) as url:
        yield await client.read_wsdl(f"{url}/x/Service?wsdl")


async def test_a_start_fills_in_what_the_operation_takes(
    client: SoapClient, service: RemoteService, run: Run
) -> None:
    progressed = await asynchronous.start(
        client,
        service,
        "startWaiter",
        {"secondsToWait": "5"},
        service_id="run_1",
        session_token="token",
        extra_parameters="not taken=1,",
        push="capability",
    )
    assert progressed == asynchronous.Progressed(
        Page(b"<b>hi</b>"), {"result": "UNSET"}, page_tag="tag7", folder="/data/run"
    )
    (call,) = run.calls
    assert call.arguments == {
        "serviceID": "run_1",
        "sessionToken": "token",
        "secondsToWait": "5",
    }
    assert call.headers["tarry-push"] == "capability"
    assert "token" not in repr(call)


async def test_a_poll_names_the_page_that_it_has(
    client: SoapClient, service: RemoteService, run: Run
) -> None:
    async def poll(tag: str = "", *, last: bool = False) -> asynchronous.Progressed:
        return await asynchronous.poll(
            client, service, service_id="i", session_token="t", page_tag=tag, last_page=last
        )

    assert (await poll()).status == Page(b"<b>hi</b>")
    run.status = "UNCHANGED"
    assert (await poll("tag7")).status == Unchanged()
    run.status = "COMPLETED"
    assert (await poll(last=True)).status == Completed()
    sent = [(c.headers.get("tarry-page"), c.headers.get("tarry-last-page")) for c in run.calls]
    assert sent == [(None, None), ("tag7", None), (None, "wanted")]


async def test_a_status_that_is_none_is_a_bad_answer(
    client: SoapClient, service: RemoteService, run: Run
) -> None:
    run.status = "50%"
    with pytest.raises(BadAnswer, match="status_base64"):
        await asynchronous.poll(client, service, service_id="i", session_token="t")


async def test_abort_says_whether_all_is_gone(client: SoapClient, service: RemoteService) -> None:
    assert await asynchronous.abort(client, service, service_id="i", session_token="t") is True
    without = replace(service, operations={})
    assert await asynchronous.abort(client, without, service_id="i", session_token="t") is False
    with pytest.raises(UnknownOperation):
        await asynchronous.poll(client, without, service_id="i", session_token="t")


async def test_a_fault_carries_the_code_of_a_tarry_service(
    client: SoapClient, service: RemoteService
) -> None:
    with pytest.raises(SoapFault) as caught:
        await asynchronous.start(
            client,
            service,
            "startWaiter",
            {"secondsToWait": "0"},
            service_id="i",
            session_token="t",
        )
    assert caught.value.detail_code == "invalid-value"


async def test_many_calls_at_once_keep_their_answers_apart(client: SoapClient) -> None:
    with served(WAITER, WAITER_HANDLERS) as url:
        service = await client.read_wsdl(f"{url}/x/Service?wsdl")
        polls = [
            asynchronous.poll(client, service, service_id=f"run{number}", session_token="t")
            for number in range(100)
        ]
        found = await asyncio.gather(*polls)
    assert [one.outputs["result"] for one in found] == [
        f"<run{number}> \u20ac" for number in range(100)
    ]
