"""Services that lie over real HTTP: each is survived or fails by name, and holds nobody else up."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from tests.fakes.executions import service
from tests.fakes.flows import flow, use
from tests.fakes.manager import House
from tests.fakes.raw_server import raw_server, read_request, response
from tests.fakes.soap_peer import envelope
from tests.fakes.uvicorn_server import serving

from tarry.contract.ports import Port, PortType
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.catalogue.model import Polling, PublishedWorkflow, ServiceEntry
from tarry.platform.executions.adapters.soap_services import SoapServices
from tarry.platform.executions.model import ExecutionState
from tarry.platform.kernel.interfaces import utc_now
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.client import SoapClient
from tarry.soap.schema import Interface, Operation, WireValue, elements
from tarry.soap.server import Call, Endpoint

IDS = elements(Port(name="serviceID"), Port(name="sessionToken"))
RESULT = Port(name="result", type=PortType.INTEGER)
STATUS = Port(name="status_base64")
LIAR = Interface(
    name="Liar",
    namespace="urn:liar",
    operations=(
        Operation(name="startLiar", inputs=IDS, outputs=elements(STATUS, RESULT)),
        Operation(name="getServiceStatus", inputs=IDS, outputs=elements(STATUS, RESULT)),
    ),
)
QUICK = Polling(first=timedelta(seconds=0.05), slowest=timedelta(seconds=0.2))


def said(operation: str, status: str, result: str | None = "0") -> bytes:
    """What the service says in the form that its WSDL promises."""
    encoded = status if status == "COMPLETED" else b64encode(status.encode()).decode()
    outputs = "" if result is None else f"<n:result>{result}</n:result>"
    body = f"<n:status_base64>{encoded}</n:status_base64>{outputs}"
    named = f'<n:{operation}Response xmlns:n="urn:liar">{body}</n:{operation}Response>'
    return response(envelope(named))


def polled(status: str, result: str | None = "0") -> bytes:
    return said("getServiceStatus", status, result)


def fault(text: str) -> bytes:
    body = f"<e:Fault><faultcode>e:Server</faultcode><faultstring>{text}</faultstring></e:Fault>"
    return response(envelope(body), status="500 Internal Server Error")


ELSEWHERE = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True)
class Lie:
    """One way to lie in the answers to polls, and what is to come of it.

    Attributes:
        polls: the answers, in their order; the last one again and again. `None`: no answer.
        code: of the failure; none: the run succeeds.
        words: what the failure says besides workflow, step, service and operation.
    """

    polls: tuple[bytes | None, ...]
    code: str | None
    words: str = ""


LIES = {
    "Html": Lie((response(b"<h1>Hi</h1>", content_type="text/html"),), "bad-answer", "text/html"),
    "NotXml": Lie((response(b"<a><b></a>"),), "bad-answer"),
    "WrongType": Lie((polled("COMPLETED", "many"),), "protocol-error", "'many' is"),
    "Missing": Lie((polled("COMPLETED", None),), "bad-answer", "result is missing"),
    "Redirect": Lie((ELSEWHERE,), "bad-answer", "302"),
    "LongFault": Lie((fault("no luck " * 200_000),), "service-fault", "no luck"),
    "Endless": Lie((polled("<p>going on</p>"),), "time-out", "longer than 10 s"),
    "HugePage": Lie((polled("x" * 10_000_000), polled("COMPLETED", "42")), None),
    "HugePages": Lie((polled("x" * 26_000_000),), "bad-answer", "more than 33,554,432 bytes"),
    "Late": Lie((None, None, polled("<p>late</p>"), polled("COMPLETED", "42")), None),
}


async def _nothing(call: Call) -> Mapping[str, WireValue]:
    """Nobody calls it: only its WSDL is read."""
    return {}


HONEST = {operation.name: _nothing for operation in LIAR.operations}


@asynccontextmanager
async def lying(name: str, lie: Lie, remote_url: str, remote: str) -> AsyncIterator[ServiceEntry]:
    """Serve a liar; give its entry in the catalogue."""
    answers = list(lie.polls)

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                request = await read_request(reader)
            except asyncio.IncompleteReadError:
                return  # they have closed the connection
            answer: bytes | None = said("startLiar", "<p>begun</p>")
            if b"getServiceStatus" in request:
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
            if answer is None:
                await asyncio.sleep(60)
            writer.write(answer or b"")
            await writer.drain()

    async with raw_server(script) as url:
        there = json.loads(remote.replace(remote_url, url))
        yield replace(
            service(name, outputs=(RESULT,)), operation="startLiar", remote=there, polling=QUICK
        )


def using(entry: ServiceEntry, *, seconds: float = 10) -> PublishedWorkflow:
    step = use(entry, "w", time_out=timedelta(seconds=seconds))
    return flow(f"with{entry.name}", step, services=(entry,), outputs=("w",))


@asynccontextmanager
async def house_with(lies: dict[str, Lie], **more: ServiceEntry) -> AsyncIterator[House]:
    """A manager with all these services at once."""
    async with AsyncExitStack() as stack:
        client = SoapClient(AllowedAddresses.parse(("loopback",)), timeout=timedelta(seconds=1))
        await stack.enter_async_context(client)
        with serving(Endpoint(LIAR, HONEST, path="/Liar")) as told:
            remote = json.dumps((await client.read_wsdl(f"{told}/Liar?wsdl")).to_json())
        entries = [
            await stack.enter_async_context(lying(name, lie, told, remote))
            for name, lie in lies.items()
        ]
        yield House(
            *map(using, entries),
            services=SoapServices(client, Keys(b"k" * 32)),
            clock=utc_now,
        )


async def test_services_that_lie_fail_by_name_or_are_survived_side_by_side() -> None:
    async with house_with(LIES) as made, made.working():
        runs = {name: await made.start(f"with{name}", "") for name in LIES}
        ended = {name: await made.end_of(run) for name, run in runs.items()}
    for name, lie in LIES.items():
        run = ended[name]
        if lie.code is None:
            assert run.outputs == {"w": "42"}, f"{name}: {run.failure}"
            continue
        assert run.state is ExecutionState.FAILED
        assert run.failure is not None
        assert run.failure.code == lie.code, f"{name}: {run.failure.message[:500]}"
        for word in (f"with{name}", "s1", name, "startLiar", lie.words):
            assert word in run.failure.message, f"{name}: {run.failure.message[:500]}"
        assert len(run.failure.message) < 10_000


async def test_beside_services_that_never_answer_others_are_not_held_up() -> None:
    silent = {f"Silent{number}": Lie((None,), None) for number in range(30)}
    honest = Lie((polled("<p>half</p>"), polled("COMPLETED", "42")), None)
    async with house_with({**silent, "Honest": honest}) as made, made.working():
        for name in silent:
            await made.start(f"with{name}", "")
        await asyncio.sleep(0.3)  # their polls are under way now
        run = await made.end_of(await made.start("withHonest", ""))
    assert run.state is ExecutionState.SUCCEEDED
    assert run.ended_at is not None
    # All of the silent ones are waited for longer than that.
    assert run.ended_at - run.created_at < timedelta(seconds=8)
