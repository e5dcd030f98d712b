"""Services of steps over real SOAP: what they are given, and how each trouble is called."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.fakes import tarry_service
from tests.fakes.databases import Databases
from tests.fakes.executions import ADA, chain, service
from tests.fakes.manager import House
from tests.fakes.raw_server import raw_server, read_request, response
from tests.fakes.uvicorn_server import serving

from tarry.contract.errors import Sort, TarryError
from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.contract.status import Completed, Page, Unchanged, write_status
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.catalogue.model import Polling
from tarry.platform.executions import operations
from tarry.platform.executions.adapters.soap_services import SoapServices
from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.adapters.sql_journal import SqlJournal
from tarry.platform.executions.interfaces import CallFailed
from tarry.platform.executions.model import ExecutionState
from tarry.platform.executions.model.calls import StepCall, Trouble
from tarry.platform.executions.model.terms import Terms
from tarry.platform.kernel.adapters.database import SqlTransactions
from tarry.platform.kernel.interfaces import utc_now
from tarry.platform.kernel.model import StepRunId, execution_of
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.client import SoapClient
from tarry.soap.schema import Interface, Operation, elements
from tarry.soap.server import Call, Endpoint

STEP = StepRunId("0123456789abcdef0123456789abcdef_7")
KEYS = Keys(b"k" * 32)
EXTRA = "auth=http://tests/auth?wsdl,"
IDS = (Port(name="serviceID"), Port(name="sessionToken"))
OUTPUTS = elements(Port(name="status_base64"), Port(name="result"))


class Busy(TarryError):
    code = "authentication-unavailable"
    sort = Sort.UNAVAILABLE
    message = "ask again"


class Broken(TarryError):
    code = "program-failed"
    message = "the program ended with 3"


@dataclass
class Peer:
    """A service that notes what it is called with and answers what the test says."""

    seen: list[Call] = field(default_factory=list)
    answer: Callable[[Call], Mapping[str, str]] = lambda call: {
        "status_base64": write_status(Unchanged()),
        "result": "UNSET",
    }

    async def _take(self, call: Call) -> Mapping[str, str]:
        self.seen.append(call)
        return self.answer(call)

    def app(self, *, abortable: bool = True, hears: bool = False) -> Endpoint:
        """Serve it."""
        ids = elements(*IDS)
        own = elements(Port(name="extraParameters"), Port(name="size", type=PortType.DECIMAL))
        operations = [
            Operation(name="startPeer", inputs=(*ids, *own), outputs=OUTPUTS),
            Operation(name="getServiceStatus", inputs=ids, outputs=OUTPUTS),
            Operation(
                name="double",
                inputs=elements(Port(name="number", type=PortType.INTEGER), IDS[1]),
                outputs=elements(Port(name="twice", type=PortType.INTEGER)),
            ),
        ]
        if abortable:
            success = elements(Port(name="success", type=PortType.BOOLEAN))
            operations.append(Operation(name="abortService", inputs=ids, outputs=success))
        if hears:
            inputs = elements(IDS[1], IDS[0], Port(name="message"))
            outputs = elements(Port(name="response"))
            operations.append(Operation(name="notifyService", inputs=inputs, outputs=outputs))
        interface = Interface(
            name="Peer", namespace="http://tests/peer/", operations=tuple(operations)
        )
        handlers = {operation.name: self._take for operation in operations}
        return Endpoint(interface, handlers, path="/peer")


@asynccontextmanager
async def calling(
    url: str, *, at_most_once: bool = False, operation: str = "startPeer", allowed: str = "loopback"
) -> AsyncIterator[tuple[SoapServices, StepCall]]:
    """Give services that know the peer's WSDL, and a call of a step to it."""
    async with SoapClient(AllowedAddresses.parse(("loopback",))) as reader:
        remote = (await reader.read_wsdl(f"{url}/peer?wsdl")).to_json()
    client = SoapClient(AllowedAddresses.parse((allowed,)), timeout=timedelta(seconds=20))
    terms = Terms(
        uri="http://tests/Peer",
        name="Peer",
        operation=operation,
        kind=Kind.SYNCHRONOUS if operation == "double" else Kind.ASYNCHRONOUS,
        at_most_once=at_most_once,
        remote=json.dumps(remote),
    )
    inputs = {"number": "21"} if operation == "double" else {"size": "0.5"}
    async with client:
        made = SoapServices(client, KEYS, extra_parameters=EXTRA)
        yield made, StepCall(step=STEP, terms=terms, inputs=inputs)


async def test_a_start_call_is_given_id_token_parameters_inputs_and_a_way_to_push() -> None:
    peer = Peer()
    with serving(peer.app()) as url:
        async with calling(url) as (services, call):
            answer = await services.start(call)

    assert (answer.status, answer.outputs) == (Unchanged(), {"result": "UNSET"})
    seen = peer.seen[0]
    assert seen.arguments == {
        "serviceID": STEP,
        "sessionToken": KEYS.run_token(execution_of(STEP)),
        "extraParameters": EXTRA,
        "size": "0.5",
    }
    assert KEYS.pushed_step_run(seen.headers["tarry-push"]) == STEP


async def test_what_only_the_manager_knows_may_go_to_a_port_of_another_name() -> None:
    peer = Peer()
    with serving(peer.app()) as url:
        async with calling(url) as (services, call):
            await services.start(replace(call, filled={"extraParameters": "sessionToken"}))

    assert peer.seen[0].arguments["extraParameters"] == KEYS.run_token(execution_of(STEP))


async def test_pages_and_headers_come_through() -> None:
    def answer(call: Call) -> Mapping[str, str]:
        call.reply_headers["Tarry-Page"] = "t2"
        call.reply_headers["Tarry-Folder"] = "/runs/7"
        return {"status_base64": write_status(Page(b"<p>50%</p>")), "result": "UNSET"}

    peer = Peer(answer=answer)
    with serving(peer.app()) as url:
        async with calling(url) as (services, call):
            found = await services.poll(call, "t1")
            last = await services.last_page(call)

    assert (found.status, found.page_tag, found.folder) == (Page(b"<p>50%</p>"), "t2", "/runs/7")
    assert last is not None
    assert last.content == b"<p>50%</p>"
    assert peer.seen[0].headers["tarry-page"] == "t1"
    assert "tarry-last-page" not in peer.seen[0].headers
    assert peer.seen[1].headers["tarry-last-page"] == "wanted"


async def test_a_synchronous_call_is_complete_with_its_answer() -> None:
    peer = Peer(answer=lambda call: {"twice": "42"})
    with serving(peer.app()) as url:
        async with calling(url, operation="double") as (services, call):
            answer = await services.start(call)

    assert (answer.status, answer.outputs) == (Completed(), {"twice": "42"})


@pytest.mark.parametrize(("abortable", "said"), [(True, True), (False, None)])
async def test_an_abort_says_whether_it_could(abortable: bool, said: bool | None) -> None:
    peer = Peer(answer=lambda call: {"success": "true"})
    with serving(peer.app(abortable=abortable)) as url:
        async with calling(url) as (services, call):
            assert await services.abort(call, timedelta(seconds=5)) is said


@pytest.mark.parametrize(
    ("error", "at_most_once", "trouble"),
    [
        (Broken(), True, Trouble.FAULT),
        (Broken(), False, Trouble.FAULT),
        (Busy(), True, Trouble.BUSY),
        (Busy(), False, Trouble.FAULT),
        (RuntimeError("a bug"), True, Trouble.MALFORMED),
    ],
)
async def test_faults_are_told_apart_by_what_they_say_of_the_run(
    error: Exception, at_most_once: bool, trouble: Trouble
) -> None:
    def answer(call: Call) -> Mapping[str, str]:
        raise error

    with serving(Peer(answer=answer).app()) as url:
        async with calling(url, at_most_once=at_most_once) as (services, call):
            with pytest.raises(CallFailed) as failed:
                await services.poll(call, "")

    assert failed.value.trouble is trouble
    assert "getServiceStatus" in failed.value.reason


async def test_a_service_that_is_gone_was_sent_nothing() -> None:
    with serving(Peer().app()) as url:
        calls = calling(url)
        services, call = await calls.__aenter__()
    with pytest.raises(CallFailed) as failed:
        await services.start(call)
    await calls.__aexit__(None, None, None)

    assert failed.value.trouble is Trouble.NOT_SENT


def page(status: str) -> bytes:
    return response(b"<h1>Sorry</h1>", status=status, content_type="text/html")


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (page("502 Bad Gateway"), Trouble.LOST),
        (page("503 Service Unavailable"), Trouble.LOST),
        (page("500 Oops"), Trouble.MALFORMED),
        (response(b""), Trouble.MALFORMED),
        (response(b"<a><b></a>"), Trouble.MALFORMED),
        (b"", Trouble.LOST),
    ],
)
async def test_nonsense_is_told_apart_from_a_service_that_is_away(
    answer: bytes, trouble: Trouble
) -> None:
    async def script(reader: Any, writer: Any) -> None:
        await read_request(reader)
        writer.write(answer)
        await writer.drain()

    with serving(Peer().app()) as url:
        async with calling(url) as (services, call), raw_server(script) as nonsense:
            there = call.terms.remote.replace(url, nonsense)
            with pytest.raises(CallFailed) as failed:
                await services.start(replace(call, terms=replace(call.terms, remote=there)))

    assert failed.value.trouble is trouble


async def test_an_address_that_is_not_allowed_is_not_called() -> None:
    with serving(Peer().app()) as url:
        async with calling(url, allowed="10.0.0.0/8") as (services, call):
            with pytest.raises(CallFailed) as failed:
                await services.start(call)

    assert failed.value.trouble is Trouble.REFUSED


async def test_a_real_program_runs_as_a_step_of_a_workflow(
    tmp_path: Path, databases: Databases
) -> None:
    """A manager on a real database, a service of `tarry serve`, a program; aborted ones too."""
    script = 'echo "$1" > given; sleep "$1"; echo done-$1 > result.txt'
    text = tarry_service.shell_service(
        script.replace("$1", "$0"),
        """
[operations.run.inputs.given]
type = "string"
[operations.run.outputs.result]
from = { text = "result.txt" }
unset = "UNSET"
""",
    ).replace('"program"]', '"{given}"]')
    database = databases.open("sqlite")
    client = SoapClient(AllowedAddresses.parse(("loopback",)))
    with tarry_service.serving(tmp_path / "service", text) as url:
        remote = await client.read_wsdl(f"{url}/shell/Shell?wsdl")
        entry = replace(
            service("Shell", at_most_once=True),
            operation="run",
            remote=remote.to_json(),
            polling=Polling(first=timedelta(seconds=0.05), slowest=timedelta(seconds=0.2)),
        )
        house = House(
            chain("shell", entry),
            services=SoapServices(client, KEYS),
            store=SqlTransactions(database, SqlExecutions),
            journal=SqlTransactions(database, SqlJournal),
            clock=utc_now,
        )
        async with house.working():
            run, long = await house.start("shell", "0.3"), await house.start("shell", "1000")
            ended = await house.end_of(run)
            assert ended.outputs == {"answer": "done-0.3"}, ended.failure
            await house.until(long, lambda view: bool(view.steps and view.steps[0].page_tag))
            await operations.abort(house.room, ADA, long)
            aborted = await house.end_of(long)
            assert aborted.state is ExecutionState.ABORTED
            assert aborted.steps[0].note == "The service has stopped it"
            await house.until(run, lambda view: bool(view.steps[0].page_tag))
    await client.close()
    database.close()
