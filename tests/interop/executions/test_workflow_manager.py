"""The WorkflowManager, driven end to end by the field's clients, unmodified, on a real platform."""

import time
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
import suds.client
import zeep
from tests.e2e.conftest import READY, ROOT, Home, Running, free_tcp_port

from tarry.client.platform import Platform
from tarry.platform.accounts.api.authmanager import PATH as AUTH_PATH
from tarry.platform.executions.api.workflow_manager import PATH

pytestmark = pytest.mark.timeout(300)
EXAMPLES = ROOT / "examples"
URI = "http://tarry/workflow/Demo_Dialog.owl#Demo_Dialog"
QUESTION = "How thick, in <mm> & why?"
FAULTS: tuple[type[Exception], ...] = (suds.WebFault, zeep.exceptions.Fault)


@dataclass
class Served:
    """A platform that serves the waiter and the dialog, and its user's session."""

    url: str
    token: str
    platform: Platform

    def client(self, library: str, path: str = PATH) -> Any:
        wsdl = f"{self.url}{path}?wsdl"
        if library == "suds":
            return suds.client.Client(wsdl, cache=None).service
        return cast("Any", zeep).Client(wsdl).service


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = Home(folder=tmp_path_factory.mktemp("home"), tcp_port=free_tcp_port())
    programs = (EXAMPLES / "dialog" / "dialog.toml", EXAMPLES / "waiter" / "waiter.toml")
    running = Running(home, ("up", *map(str, programs)))
    try:
        running.wait_for_text(READY)
        password = running.wait_for_text(r"password: (\S+)")[1]
        with Platform(home.url) as platform:
            token = platform.log_in("me", password).token
            document = Path(EXAMPLES / "workflows" / "Demo_Dialog.xml").read_bytes()
            platform.publish(platform.import_workflow(document).name)
            yield Served(home.url, token, platform)
    finally:
        running.close()


@pytest.fixture(params=["suds", "zeep"])
def library(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def b64(text: str) -> str:
    return b64encode(text.encode()).decode()


def start(manager: Any, token: str, seconds: int = 1) -> str:
    question = QUESTION.replace("&", "&amp;").replace("<", "&lt;")
    inputs = (
        f"<WorkflowInputs><seconds>{seconds}</seconds>"
        f"<question>{question}</question></WorkflowInputs>"
    )
    return str(manager.startWorkflow(URI, token, b64(inputs)))


def status_of(manager: Any, run: str, token: str) -> str:
    """Ask as clients do: a word, or a page in base64."""
    status = str(manager.getWorkflowStatus(run, token))
    return status if status == "COMPLETED" else b64decode(status).decode()


def until(manager: Any, run: str, token: str, wanted: str) -> str:
    give_up = time.monotonic() + 60
    while wanted not in (status := status_of(manager, run, token)):
        assert time.monotonic() < give_up, status
        time.sleep(0.1)
    return status


def test_a_client_starts_follows_answers_and_reads_a_workflow(served: Served, library: str) -> None:
    manager = served.client(library)
    run = start(manager, served.token)
    assert len(run) == 32

    page = until(manager, run, served.token, 'id="answer"')
    assert "How thick, in &lt;mm&gt; &amp; why?" in page
    assert "FINISHED" in page
    with pytest.raises(FAULTS, match="is not over"):
        manager.getWorkflowResults(run, served.token)

    # as the service itself does: with the token of the run, which the AuthManager knows
    token = served.client(library, AUTH_PATH).createWorkflowToken(served.token, run)
    with pytest.raises(FAULTS, match="answer: a value is required"):
        manager.serviceExecutionFinished(f"{run}_2", token, b64("<ServiceOutputs/>"))
    outputs = "<ServiceOutputs><answer>4 &lt; 5 &amp; größer</answer></ServiceOutputs>"
    manager.serviceExecutionFinished(f"{run}_2", token, b64(outputs))
    manager.serviceExecutionFinished(f"{run}_2", token, b64(outputs))

    until(manager, run, served.token, "COMPLETED")
    results = b64decode(manager.getWorkflowResults(run, served.token)).decode()
    assert results == outputs
    manager.serviceExecutionFinished(f"{run}_2", token, b64(outputs))  # once more, after the end
    assert served.platform.run(run).outputs == {"answer": "4 < 5 & größer"}


def test_a_client_aborts_a_workflow_and_learns_why_it_has_no_results(
    served: Served, library: str
) -> None:
    manager = served.client(library)
    run = start(manager, served.token, seconds=600)
    until(manager, run, served.token, "%")

    assert manager.abortWorkflow(run, served.token) == "true"

    give_up = time.monotonic() + 60
    while not served.platform.run(run).is_over:
        assert time.monotonic() < give_up
        time.sleep(0.1)
    with pytest.raises(FAULTS, match="Aborted by me"):
        manager.getWorkflowStatus(run, served.token)
    with pytest.raises(FAULTS, match="Aborted by me"):
        manager.getWorkflowResults(run, served.token)


def test_a_client_is_told_what_is_wrong(served: Served, library: str) -> None:
    manager = served.client(library)
    with pytest.raises(FAULTS, match="log in first"):
        manager.startWorkflow(URI, "forged", "")
    with pytest.raises(FAULTS, match="There is no workflow"):
        manager.startWorkflow(f"{URI}x", served.token, "")
    with pytest.raises(FAULTS, match=r"seconds.*-1"):
        manager.startWorkflow(URI, served.token, b64("<x><seconds>-1</seconds></x>"))
    with pytest.raises(FAULTS, match="There is no run"):
        manager.getWorkflowStatus("f" * 32, served.token)
    refused = set()
    for step, token in ((f"{'f' * 32}_1", served.token), ("x", "forged"), ("", "")):
        with pytest.raises(FAULTS, match="No application of that serviceID") as raised:
            manager.serviceExecutionFinished(step, token, "")
        refused.add(str(raised.value))
    assert len(refused) == 1
