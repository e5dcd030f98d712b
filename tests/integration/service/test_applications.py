"""Applications: a page for the user, and the outputs told to the configured workflow manager."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.fakes.functions import module
from tests.fakes.tarry_service import (
    ROOT,
    Caller,
    ServiceProcess,
    page_in,
    serving,
    shell_service,
    until,
)
from tests.fakes.workflow_manager import FakeWorkflowManager

from tarry.contract.kinds import Kind
from tarry.soap.errors import SoapFault

DIALOG = ROOT / "examples" / "dialog" / "dialog.toml"

MEASURE = shell_service(
    "echo '<!doctype html><p>Measuring</p></html>' >page.html; "
    'while ! [ -s "$TARRY_MESSAGES" ]; do sleep 0.05; done; cp "$TARRY_MESSAGES" value',
    "page = { html = 'page.html' }\noutputs.value = { from = { text = 'value' } }",
    kind="application",
)


@pytest.fixture
def manager() -> Iterator[FakeWorkflowManager]:
    """A workflow manager."""
    with FakeWorkflowManager().running() as running:
        yield running


@pytest.fixture
async def dialog(tmp_path: Path) -> AsyncIterator[Caller]:
    """The dialog of the examples."""
    with serving(tmp_path, DIALOG) as url:
        async with Caller(f"{url}/dialog/Dialog?wsdl") as caller:
            yield caller


async def test_a_start_answers_with_the_page_and_dummies(dialog: Caller) -> None:
    answer = await dialog.call("ask", serviceID="1", question="How thick?", suggestion="3 mm")

    assert answer["answer"] == "UNSET"
    page = page_in(answer)
    assert '<label for="answer">How thick?</label>' in page
    assert ">3 mm</textarea>" in page


async def test_values_stay_texts_in_the_page(dialog: Caller) -> None:
    hostile = "</textarea><script>alert(1)</script>{{ 7*7 }} & \"'"
    page = page_in(await dialog.call("ask", serviceID="1", question=hostile, suggestion="{{ 1 }}"))

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{ 7*7 }}" in page


async def test_the_page_holds_no_token_and_is_the_same_when_asked_again(dialog: Caller) -> None:
    first = await dialog.call("ask", serviceID="1", sessionToken="hidden-token")
    assert "hidden-token" not in page_in(first)
    assert await dialog.call("ask", serviceID="1", sessionToken="hidden-token") == first
    with pytest.raises(SoapFault) as raised:
        await dialog.call("ask", serviceID="1", question="Another?")
    assert raised.value.detail_code == "service-id-used"


async def test_its_wsdl_says_application_and_has_no_status_to_ask_for(dialog: Caller) -> None:
    service = await dialog.client.read_wsdl(dialog.wsdl)

    assert list(service.operations) == ["ask"]
    assert service.operations["ask"].kind is Kind.APPLICATION


async def test_the_service_tells_the_manager_what_the_program_found(
    tmp_path: Path, manager: FakeWorkflowManager
) -> None:
    with serving(tmp_path, MEASURE, manager=manager.wsdl) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            answer = await caller.call("run", serviceID="1", sessionToken="the-token")
            assert "Measuring" in page_in(answer)
            assert not manager.told
            await caller.call("notifyService", serviceID="1", message="4 < 5 & ü")
            await until(lambda: manager.told)
    (told,) = manager.told
    assert (told.service_id, told.session_token) == ("1", "the-token")
    assert told.outputs == {"value": "4 < 5 & ü"}
    assert not list(tmp_path.rglob("secrets.json"))


async def test_a_manager_that_is_away_is_told_when_it_is_back_and_only_once(
    tmp_path: Path, manager: FakeWorkflowManager
) -> None:
    data = tmp_path / "data"
    program = tmp_path / "shell.toml"
    program.write_text(MEASURE)
    away = "--manager=http://127.0.0.1:9/dfki?wsdl"
    service = ServiceProcess(data, program, arguments=(away,))
    (wsdl,) = service.start()
    async with Caller(wsdl) as caller:
        await caller.call("run", serviceID="1")
        await caller.call("notifyService", serviceID="1", message="5")
        await until(lambda: list(data.glob("runs/*/outcome.json")))
    service.kill()
    again = ServiceProcess(data, program, arguments=(f"--manager={manager.wsdl}",))
    again.start()
    await until(lambda: manager.told)
    again.stop()
    (told,) = manager.told
    assert told.outputs == {"value": "5"}


async def test_a_manager_that_says_no_is_not_asked_again(
    tmp_path: Path, manager: FakeWorkflowManager
) -> None:
    manager.refuses = True
    with serving(tmp_path, MEASURE, manager=manager.wsdl) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            await caller.call("notifyService", serviceID="1", message="5")
            await until(lambda: not list(tmp_path.rglob("secrets.json")))
    assert manager.asked == 1


async def test_an_application_that_reports_needs_to_know_to_whom(tmp_path: Path) -> None:
    with serving(tmp_path, MEASURE) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            with pytest.raises(SoapFault, match="--manager") as raised:
                await caller.call("run", serviceID="1")
    assert raised.value.detail_code == "manager-not-configured"
    assert not list((tmp_path / "runs").iterdir())


@pytest.mark.parametrize(
    ("script", "code"),
    [("exit 3", "program-failed"), ("exit 0", "output-missing")],
)
async def test_an_application_that_shows_nothing_and_ends_is_a_fault(
    tmp_path: Path, manager: FakeWorkflowManager, script: str, code: str
) -> None:
    rest = "page = { html = 'page.html' }\noutputs.value = { from = { text = 'value' } }"
    program = shell_service(script, rest, kind="application")
    with serving(tmp_path, program, manager=manager.wsdl) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            with pytest.raises(SoapFault) as raised:
                await caller.call("run", serviceID="1")
    assert raised.value.detail_code == code
    assert not manager.told


async def test_a_page_that_does_not_come_is_a_fault_and_the_program_can_be_aborted(
    tmp_path: Path, manager: FakeWorkflowManager
) -> None:
    program = MEASURE.replace(">page.html", ">other.html").replace(
        "page = {", "time_limit = '0.3 s'\npage = {"
    )
    with serving(tmp_path, program, manager=manager.wsdl) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            with pytest.raises(SoapFault) as raised:
                await caller.call("run", serviceID="1")
            assert raised.value.detail_code == "page-not-ready"
            assert await caller.call("abortService", serviceID="1") == {"success": "true"}
            with pytest.raises(SoapFault) as raised:
                await caller.call("run", serviceID="1")
            assert raised.value.detail_code == "aborted"
    assert not manager.told


FUNCTIONS = '''
from html import escape

class Decision(NamedTuple):
    """What came of it."""
    approved: bool
    reason: str

@service.application
def approve(run: Run, cost: int) -> Generator[str, None, Decision]:
    """Ask somebody."""
    yield f"<!doctype html><p>May it cost {cost}?</p></html>"
    while True:
        for message in run.messages():
            return Decision(message == "yes", f"somebody said {message}")
        run.aborted.wait(0.05)

@service.application(outputs=Decision)
def ask(who: str) -> str:
    """Show a page that reports by itself."""
    return f"<!doctype html><p>Well, {escape(who)}?</p></html>"
'''


async def test_a_function_yields_its_page_and_returns_the_outputs(
    tmp_path: Path, manager: FakeWorkflowManager
) -> None:
    with serving(tmp_path / "data", module(tmp_path, FUNCTIONS), manager=manager.wsdl) as url:
        async with Caller(f"{url}/made?wsdl") as caller:
            answer = await caller.call("approve", serviceID="1", cost="7")
            assert "May it cost 7?" in page_in(answer)
            assert answer["approved"] == "false"
            await caller.call("notifyService", serviceID="1", message="yes")
            await until(lambda: manager.told)
    (told,) = manager.told
    assert told.outputs == {"approved": "true", "reason": "somebody said yes"}


async def test_a_function_returns_a_page_that_reports_by_itself(tmp_path: Path) -> None:
    with serving(tmp_path / "data", module(tmp_path, FUNCTIONS)) as url:
        async with Caller(f"{url}/made?wsdl") as caller:
            answer = await caller.call("ask", serviceID="1", who="<you>")
            assert "Well, &lt;you&gt;?" in page_in(answer)
            assert (answer["approved"], answer["reason"]) == ("false", "UNSET")
            await until(lambda: list((tmp_path / "data").glob("runs/*/outcome.json")))
            again = await caller.call("ask", serviceID="1", who="<you>")
            assert again == answer


async def test_applications_beside_asynchronous_operations_have_a_wsdl_of_their_own(
    tmp_path: Path,
) -> None:
    text = FUNCTIONS + "\n@service.asynchronous\ndef work() -> int:\n    return 1\n"
    with serving(tmp_path / "data", module(tmp_path, text)) as url:
        async with Caller(f"{url}/made?wsdl") as caller:
            service = await caller.client.read_wsdl(caller.wsdl)
            assert "getServiceStatus" in service.operations
            assert "ask" not in service.operations
        async with Caller(f"{url}/made/ask?wsdl") as caller:
            service = await caller.client.read_wsdl(caller.wsdl)
            assert "getServiceStatus" not in service.operations
            assert service.operations["ask"].kind is Kind.APPLICATION
