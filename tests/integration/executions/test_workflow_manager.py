"""The SOAP door of the manager: what it answers, to whom, and to pages of any site."""

from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from lxml import etree
from tests.fakes.asgi import AsgiAnswer, request
from tests.fakes.executions import ADA, BOB
from tests.fakes.manager import House
from tests.fakes.services import Behaviour
from tests.fakes.virtual_time import run_virtually
from tests.fakes.whole_runs import house

from tarry.platform.executions.api.workflow_manager import (
    NAMESPACE,
    PATH,
    WorkflowManager,
    endpoint,
)
from tarry.platform.executions.model import ExecutionState
from tarry.platform.kernel.errors import NotLoggedIn
from tarry.platform.kernel.model import Caller, ExecutionId

ENVELOPE = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
    '<w:{operation} xmlns:w="{namespace}">{arguments}</w:{operation}></e:Body></e:Envelope>'
)
LOST = "No application of that serviceID waits for a report with that sessionToken"


class Tokens:
    """People by name, and runs as `run-<id>`, which are known even when they are over."""

    def __init__(self) -> None:
        self.ended: set[str] = set()

    async def of(self, token: str) -> Caller:
        known = {"adas": ADA, "bobs": BOB}
        run = self.run_of(token)
        if run is not None and run not in self.ended:
            return replace(ADA, execution=run)
        if token not in known:
            raise NotLoggedIn(reason="The token is not valid")
        return known[token]

    def run_of(self, token: str) -> ExecutionId | None:
        return ExecutionId(token[4:]) if token.startswith("run-") else None


class Fault(Exception):
    """What a client sees of a fault."""


def b64(text: str) -> str:
    return b64encode(text.encode()).decode()


@dataclass
class Client:
    """Speaks SOAP by hand, as scripts in pages do."""

    made: House
    tokens: Tokens = field(default_factory=Tokens)
    last: AsgiAnswer = field(default_factory=AsgiAnswer)

    def __post_init__(self) -> None:
        manager = WorkflowManager(room=self.made.room, callers=self.tokens, keys=self.tokens)
        self.app = endpoint(manager, base_url="http://here")

    async def call(
        self,
        operation: str,
        *,
        namespace: str = NAMESPACE,
        headers: Mapping[str, str] | None = None,
        **arguments: str,
    ) -> dict[str, str]:
        written = "".join(f"<{name}>{text}</{name}>" for name, text in arguments.items())
        body = ENVELOPE.format(operation=operation, namespace=namespace, arguments=written)
        sent = {"content-type": "text/xml", "soapaction": "", **(headers or {})}
        self.last = await request(self.app, "POST", PATH, body=body.encode(), headers=sent)
        root = etree.fromstring(self.last.body)
        if self.last.status != 200:
            raise Fault(root.findtext(".//faultstring"))
        [answer] = root[0]
        return {child.tag: child.text or "" for child in answer}

    async def start(self, workflow: str, xml: str = "<x><question>q</question></x>") -> str:
        uri = f"http://tests/{workflow}.owl#{workflow}"
        found = await self.call(
            "startWorkflow", workflowURI=uri, sessionToken="adas", xmlInputs_base64=b64(xml)
        )
        return found["workflowID"]

    async def ask(self, operation: str, run: str, token: str = "adas", **more: Any) -> str:
        found = await self.call(operation, workflowID=run, sessionToken=token, **more)
        [answer] = found.values()
        return answer

    async def finish(self, run: str, xml: str, token: str = "", **more: Any) -> None:
        await self.call(
            "serviceExecutionFinished",
            serviceID=f"{run}_1",
            sessionToken=token or f"run-{run}",
            xmlOutputs_base64=b64(xml),
            **more,
        )


ANSWER = "<ServiceOutputs><result>4 &lt; 5 ☃</result></ServiceOutputs>"


def tell(story: Callable[[Client], Awaitable[None]], **behaviours: Behaviour) -> None:
    """Let a story happen while a manager works."""

    async def happen() -> None:
        client = Client(house(**behaviours))
        async with client.made.working():
            await story(client)

    run_virtually(happen())


async def shown(client: Client, workflow: str) -> str:
    run = await client.start(workflow)
    await client.made.until(
        ExecutionId(run), lambda view: view.waits and bool(view.steps[0].page_tag)
    )
    return run


def test_a_run_is_started_followed_and_read() -> None:
    async def story(client: Client) -> None:
        run = await client.start("Field")
        first = b64decode(await client.ask("getWorkflowStatus", run)).decode()
        assert "Field" in first
        await client.made.until(
            ExecutionId(run), lambda view: any(step.page_tag for step in view.steps)
        )
        page = b64decode(await client.ask("getWorkflowStatus", run))
        assert page.startswith(b"<p>")
        with pytest.raises(Fault, match="is not over"):
            await client.ask("getWorkflowResults", run)
        await client.made.end_of(ExecutionId(run))
        assert await client.ask("getWorkflowStatus", run) == "COMPLETED"
        results = b64decode(await client.ask("getWorkflowResults", run)).decode()
        assert results == "<ServiceOutputs><answer>(q)</answer></ServiceOutputs>"

    tell(story, Field=Behaviour(lasts=20))


def test_who_names_the_page_that_they_have_is_told_that_it_is_unchanged() -> None:
    async def story(client: Client) -> None:
        run = await shown(client, "Ask")
        page = await client.ask("getWorkflowStatus", run)
        tag = client.last.headers["tarry-page"]
        again = await client.ask("getWorkflowStatus", run, headers={"tarry-page": tag})
        assert again == "UNCHANGED"
        assert await client.ask("getWorkflowStatus", run) == page
        assert await client.ask("getWorkflowStatus", run, headers={"tarry-page": "x"}) == page

    tell(story)


def test_what_waits_for_an_answer_is_shown_before_what_merely_runs() -> None:
    async def story(client: Client) -> None:
        run = await shown(client, "Ask")
        assert b64decode(await client.ask("getWorkflowStatus", run)) == b"<p>?</p>"

    tell(story, Ask=Behaviour(page=lambda part: b"<p>?</p>"))


def test_a_failure_is_a_fault_that_names_workflow_step_service_and_reason() -> None:
    async def story(client: Client) -> None:
        run = await client.start("Tarry")
        await client.made.end_of(ExecutionId(run))
        for operation in ("getWorkflowStatus", "getWorkflowResults"):
            with pytest.raises(Fault, match=r"Tarry.*s1.*startTarry.*it broke"):
                await client.ask(operation, run)

    tell(story, Tarry=Behaviour(lasts=1, breaks="it broke"))


def test_a_run_can_be_aborted_and_says_so() -> None:
    async def story(client: Client) -> None:
        run = await client.start("Field")
        assert await client.ask("abortWorkflow", run) == "true"
        await client.made.state_of(ExecutionId(run), ExecutionState.ABORTED)
        assert await client.ask("abortWorkflow", run) == "true"
        with pytest.raises(Fault, match="Aborted by ada"):
            await client.ask("getWorkflowStatus", run)
        over = await client.start("Sync")
        await client.made.end_of(ExecutionId(over))
        assert await client.ask("abortWorkflow", over) == "false"

    tell(story, Field=Behaviour(lasts=1e6))


def test_inputs_come_with_any_root_and_the_token_among_them_is_ignored() -> None:
    async def story(client: Client) -> None:
        given = (
            "<WorkflowInputs><sessionToken>t</sessionToken><question>7</question></WorkflowInputs>"
        )
        run = ExecutionId(await client.start("Sync", given))
        assert (await client.made.end_of(run)).outputs == {"answer": "(7)"}
        with pytest.raises(Fault, match="colour"):
            await client.start("Sync", "<x><question>7</question><colour>red</colour></x>")
        with pytest.raises(Fault, match="question"):
            await client.start("Sync", "<x/>")
        with pytest.raises(Fault, match="question: 2 values are too many"):
            await client.start("Sync", "<x><question>7</question><question>8</question></x>")
        with pytest.raises(Fault, match="xmlInputs_base64"):
            await client.start("Sync", "no XML")

    tell(story)


@pytest.mark.parametrize(
    ("uri", "found"),
    [
        ("http://tests/Sync.owl#Sync", True),
        ("Sync", True),
        ("http://elsewhere/Sync.owl#Sync", False),
        ("", False),
        ("http://tests/Nothing.owl#Nothing", False),
    ],
)
def test_a_workflow_is_found_by_its_whole_uri_or_its_name(uri: str, found: bool) -> None:
    async def story(client: Client) -> None:
        arguments: Any = {"sessionToken": "adas", "xmlInputs_base64": b64("<x><question/></x>")}
        if found:
            assert await client.call("startWorkflow", workflowURI=uri, **arguments)
        else:
            with pytest.raises(Fault, match="There is no workflow"):
                await client.call("startWorkflow", workflowURI=uri, **arguments)

    tell(story)


def test_others_and_strangers_see_nothing_of_a_run() -> None:
    async def story(client: Client) -> None:
        run = await client.start("Field")
        for operation in ("getWorkflowStatus", "getWorkflowResults", "abortWorkflow"):
            with pytest.raises(Fault, match="There is no run"):
                await client.ask(operation, run, token="bobs")
            with pytest.raises(Fault, match="log in first"):
                await client.ask(operation, run, token="forged")
            with pytest.raises(Fault, match="There is no run"):
                await client.ask(operation, "../etc")
        with pytest.raises(Fault, match="a run may not"):
            await client.ask("abortWorkflow", run, token=f"run-{run}")

    tell(story)


@pytest.mark.parametrize("namespace", [NAMESPACE, "http://dfki.de/older", "urn:none"])
def test_a_page_reports_under_whatever_namespace_it_was_written_for(namespace: str) -> None:
    async def story(client: Client) -> None:
        run = await shown(client, "Ask")
        await client.finish(run, ANSWER, namespace=namespace)
        view = await client.made.end_of(ExecutionId(run))
        assert view.outputs == {"answer": "4 < 5 ☃"}

    tell(story)


def test_the_owner_may_report_and_what_is_not_declared_is_ignored() -> None:
    async def story(client: Client) -> None:
        run = await shown(client, "Ask")
        more = "<any><status_base64>COMPLETED</status_base64><x>1</x><result>ok</result></any>"
        await client.finish(run, more, token="adas")
        assert (await client.made.end_of(ExecutionId(run))).outputs == {"answer": "ok"}

    tell(story)


def test_a_wrong_token_and_a_wrong_id_get_the_same_fault() -> None:
    async def story(client: Client) -> None:
        run, other = await shown(client, "Ask"), await shown(client, "Ask")
        wrong = [
            (run, "bobs"),
            (run, "forged"),
            (run, " "),
            (run, f"run-{other}"),
            ("f" * 32, "adas"),
            ("' OR 1=1 --", "adas"),
        ]
        for name, token in wrong:
            with pytest.raises(Fault, match=f"^{LOST}$"):
                await client.finish(name, ANSWER, token=token)
        assert (await client.made.show(ExecutionId(run))).waits

    tell(story)


def test_a_report_without_an_output_is_refused_by_name_and_may_be_made_again() -> None:
    async def story(client: Client) -> None:
        run = await shown(client, "Ask")
        for bad, what in (("<x/>", "result"), ("<a><b>", "xmlOutputs_base64")):
            with pytest.raises(Fault, match=what):
                await client.finish(run, bad)
        with pytest.raises(Fault, match="result"):
            await client.call(
                "serviceExecutionFinished", serviceID=f"{run}_1", sessionToken=f"run-{run}"
            )
        await client.finish(run, ANSWER)
        await client.made.end_of(ExecutionId(run))

    tell(story)


def test_a_report_that_is_made_twice_is_harmless_even_when_the_token_has_ended() -> None:
    async def story(client: Client) -> None:
        run = await shown(client, "Ask")
        await client.finish(run, ANSWER)
        await client.finish(run, "<x><result>other</result></x>")
        view = await client.made.end_of(ExecutionId(run))
        client.tokens.ended.add(run)
        await client.finish(run, ANSWER)
        assert view.outputs == {"answer": "4 < 5 ☃"}

    tell(story)


def test_pages_of_any_site_may_call_and_no_cookie_helps_them() -> None:
    async def story(client: Client) -> None:
        asked = {
            "origin": "null",
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type,soapaction",
        }
        answer = await request(client.app, "OPTIONS", PATH, headers=asked)
        assert answer.status == 204
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "POST" in answer.headers["access-control-allow-methods"]
        assert "soapaction" in answer.headers["access-control-allow-headers"].lower()
        assert "access-control-allow-credentials" not in answer.headers

        run = await shown(client, "Ask")
        with pytest.raises(Fault):
            await client.finish(run, ANSWER, token="forged", headers={"origin": "null"})
        assert client.last.headers["access-control-allow-origin"] == "*"  # it may read why
        await client.finish(run, ANSWER, headers={"origin": "null", "cookie": "session=x"})
        assert client.last.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in client.last.headers

    tell(story)
