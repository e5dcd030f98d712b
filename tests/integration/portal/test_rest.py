"""The REST API does what it says, and says what is wrong."""

from dataclasses import replace
from decimal import Decimal

import pytest
import requests
from structlog.testing import capture_logs
from tests.fakes.portal_rooms import PASSWORD, FakeRooms, run_view, step_view, workflow
from tests.integration.portal.conftest import Visitor

from tarry.contract.ports import Port, PortType
from tarry.platform.executions.model.events import Choice
from tarry.platform.executions.model.execution import Failure
from tarry.platform.executions.model.states import ExecutionState, StepState
from tarry.platform.kernel.model import ExecutionId, StepRunId

SIZE = Port(
    name="size", type=PortType.DECIMAL, unit="mm", minimum=Decimal("0.1"), maximum=Decimal(50)
)
RUN = run_view().id


def problem(answer: requests.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    found = answer.json()
    assert found["type"] == f"urn:tarry:error:{found['code']}"
    assert found["status"] == answer.status_code
    return answer.status_code, found["code"]


def test_a_log_in_gives_a_token_that_opens_the_api(nobody: Visitor) -> None:
    answer = nobody.post("/api/v1/tokens", json={"user": "ada", "password": PASSWORD})
    assert answer.status_code == 201
    assert (answer.json()["user"], answer.json()["project"]) == ("ada", "bridges")
    token = {"Authorization": f"Bearer {answer.json()['token']}"}
    me = nobody.get("/api/v1/me", headers=token).json()
    assert (me["user"], me["project"], me["run"], me["upload_limit"]) == (
        "ada",
        "bridges",
        None,
        2_000_000,
    )


def test_a_wrong_password_gives_nothing_and_is_not_repeated(nobody: Visitor) -> None:
    answer = nobody.post("/api/v1/tokens", json={"user": "ada", "password": "wrong"})
    assert problem(answer) == (401, "log-in-failed")
    assert "wrong'" not in answer.text


def test_a_log_in_that_is_not_understood_does_not_repeat_the_password(nobody: Visitor) -> None:
    answer = nobody.post("/api/v1/tokens", json={"user": 7, "password": ["hunter2"]})
    assert problem(answer) == (422, "invalid-request")
    assert "hunter2" not in answer.text


def test_after_log_out_the_token_is_worthless(ada: Visitor) -> None:
    assert ada.call("DELETE", "/api/v1/tokens/current").status_code == 204
    assert problem(ada.get("/api/v1/me")) == (401, "not-logged-in")


def test_the_password_is_changed_only_by_who_knows_the_old_one(
    ada: Visitor, fake: FakeRooms
) -> None:
    wrong = ada.call("PUT", "/api/v1/me/password", json={"old": "x", "new": "long enough now"})
    assert problem(wrong) == (401, "log-in-failed")
    right = ada.call("PUT", "/api/v1/me/password", json={"old": PASSWORD, "new": "long enough now"})
    assert right.status_code == 204
    assert fake.accounts.password == "long enough now"


def test_a_service_is_registered_listed_and_shown(ada: Visitor, bob: Visitor) -> None:
    order = {"wsdl": "http://localhost:1/x?wsdl", "operation": "startX", "kind": "asynchronous"}
    made = ada.post("/api/v1/services", json=order | {"repeatable": True})
    assert made.status_code == 201
    assert made.json()["name"] == "Service.startX"
    assert made.json()["project"] == "bridges"
    assert made.json()["inputs"] == [{"name": "size", "type": "string"}]
    assert made.json()["notices"] == ["it has no description"]
    shown = ada.get("/api/v1/services/Service.startX").json()
    assert shown["wsdl"] == order["wsdl"]
    assert shown["repeatable"] is True
    assert [item["name"] for item in ada.get("/api/v1/services").json()["items"]] == [
        "Service.startX"
    ]
    assert bob.get("/api/v1/services").json()["items"] == []
    assert problem(bob.get("/api/v1/services/Service.startX")) == (404, "not-found")


@pytest.mark.parametrize(
    "order",
    [{}, {"wsdl": "x"}, {"wsdl": "x", "operation": "y", "kind": "odd"}, {"wsd": "x"}, [], "x"],
)
def test_a_registration_that_is_not_understood_is_refused(ada: Visitor, order: object) -> None:
    assert problem(ada.post("/api/v1/services", json=order)) == (422, "invalid-request")


def test_json_that_is_none_is_refused(ada: Visitor) -> None:
    headers = {"Content-Type": "application/json"}
    answer = ada.post("/api/v1/runs", data=b"{", headers=headers)
    assert problem(answer) == (422, "invalid-request")


def test_a_workflow_is_imported_published_and_given_back(ada: Visitor) -> None:
    document = "<workflow URI='http://x/y.owl#Ä'/>".encode()
    headers = {"Content-Type": "application/xml"}
    made = ada.post("/api/v1/workflows", data=document, headers=headers)
    assert (made.status_code, made.json()["name"]) == (201, "Imported")
    assert made.json()["problems"] == []
    assert ada.post("/api/v1/workflows/Imported/publish").json()["published_version"] == 1
    assert ada.get("/api/v1/workflows/Imported").json()["project"] == "bridges"
    assert len(ada.get("/api/v1/workflows").json()["items"]) == 1
    back = ada.get("/api/v1/workflows/Imported/document")
    assert back.content == document
    assert back.headers["Content-Type"] == "application/xml"


def test_a_run_is_accepted_and_says_where_it_is(ada: Visitor, fake: FakeRooms) -> None:
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow(inputs=(SIZE,))
    answer = ada.post("/api/v1/runs", json={"workflow": "Demo_Mesh", "inputs": {"size": "2.50"}})
    assert answer.status_code == 202
    shown = ada.get(answer.headers["Location"]).json()
    assert shown["state"] == "waiting"
    assert shown["inputs"] == {"size": "2.50"}
    assert shown["owner"] == "ada"
    assert shown["input_ports"] == [
        {"name": "size", "type": "decimal", "unit": "mm", "minimum": "0.1", "maximum": "50"}
    ]


def test_plain_json_values_become_lexical_forms(ada: Visitor, fake: FakeRooms) -> None:
    ports = (SIZE, Port(name="fast", type=PortType.BOOLEAN), Port(name="n", type=PortType.INTEGER))
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow(inputs=ports)
    inputs = {"size": 0.25, "fast": True, "n": 12345678901234567890}
    answer = ada.post("/api/v1/runs", json={"workflow": "Demo_Mesh", "inputs": inputs})
    assert answer.json()["inputs"] == {"size": "0.25", "fast": "true", "n": "12345678901234567890"}


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"size": "70"}, "invalid-value"),
        ({}, "missing-value"),
        ({"size": "1", "odd": "x"}, "unknown-port"),
        ({"size": None}, "invalid-request"),
        ({"size": {"a": "b"}}, "invalid-request"),
        ([], "invalid-request"),
    ],
)
def test_a_run_with_wrong_inputs_is_not_started(
    ada: Visitor, fake: FakeRooms, inputs: object, code: str
) -> None:
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow(inputs=(SIZE,))
    answer = ada.post("/api/v1/runs", json={"workflow": "Demo_Mesh", "inputs": inputs})
    assert problem(answer) == (422, code)
    assert fake.runs.views == {}


def test_an_error_names_what_it_speaks_of(ada: Visitor, fake: FakeRooms) -> None:
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow(inputs=(SIZE,))
    answer = ada.post("/api/v1/runs", json={"workflow": "Demo_Mesh", "inputs": {"size": "70"}})
    assert answer.json()["detail"] == "size: '70' is above the maximum of 50 mm"
    assert answer.json()["facts"]["port"] == "size"


def test_runs_are_listed_newest_first_by_state_and_by_time(ada: Visitor, fake: FakeRooms) -> None:
    for number in range(1, 6):
        state = ExecutionState.FAILED if number % 2 else ExecutionState.RUNNING
        fake.runs.change(run_view(number=number, state=state))

    def numbers(query: str) -> list[int]:
        items = ada.get(f"/api/v1/runs{query}").json()["items"]
        return [int(item["id"], 16) for item in items]

    assert numbers("") == [5, 4, 3, 2, 1]
    assert numbers("?limit=2") == [5, 4]
    assert numbers("?state=failed") == [5, 3, 1]
    assert numbers("?state=failed&state=running&limit=3") == [5, 4, 3]
    assert numbers("?until=2026-11-24T09:03:00Z") == [2, 1]


@pytest.mark.parametrize("query", ["?state=odd", "?limit=0", "?limit=100000", "?until=noon"])
def test_a_list_that_makes_no_sense_is_refused(ada: Visitor, query: str) -> None:
    assert problem(ada.get(f"/api/v1/runs{query}")) == (422, "invalid-request")


def test_a_run_tells_its_steps_and_why_it_failed(ada: Visitor, fake: FakeRooms) -> None:
    why = Failure(code="fault", message="gmsh ended with 2", step=StepRunId(f"{RUN}_1"))
    step = step_view(RUN, 1, state=StepState.FAILED, failure=why, progress=12.5, folder="/x/y")
    fake.runs.change(run_view(state=ExecutionState.FAILED, failure=why, steps=(step,)))
    shown = ada.get(f"/api/v1/runs/{RUN}").json()
    assert shown["failure"] == {
        "code": "fault",
        "message": "gmsh ended with 2",
        "step": f"{RUN}_1",
    }
    assert shown["created_at"] == "2026-11-24T09:01:00Z"
    told = shown["steps"][0]
    assert (told["number"], told["state"], told["progress"]) == (1, "failed", 12.5)
    assert (told["folder"], told["operation"]) == ("/x/y", "start_mesh")


def test_a_run_is_aborted_once(ada: Visitor, fake: FakeRooms) -> None:
    fake.runs.change(run_view())
    answer = ada.post(f"/api/v1/runs/{RUN}/abort")
    assert (answer.status_code, answer.json()["state"]) == (202, "aborting")
    fake.runs.change(replace(fake.runs.views[RUN], state=ExecutionState.ABORTED))
    assert problem(ada.post(f"/api/v1/runs/{RUN}/abort")) == (409, "run-is-over")


@pytest.mark.parametrize("choice", list(Choice))
def test_a_person_decides_about_a_step_of_unknown_outcome(
    ada: Visitor, fake: FakeRooms, choice: Choice
) -> None:
    fake.runs.change(run_view(steps=(step_view(RUN, 1, state=StepState.UNKNOWN),)))
    answer = ada.post(f"/api/v1/runs/{RUN}/steps/1/decision", json={"decision": choice.value})
    assert answer.status_code == 202
    assert fake.runs.decisions == [(RUN, 1, choice)]


def test_there_is_nothing_to_decide_about_other_steps(ada: Visitor, fake: FakeRooms) -> None:
    fake.runs.change(run_view(steps=(step_view(RUN, 1),)))
    path = f"/api/v1/runs/{RUN}/steps/1/decision"
    assert problem(ada.post(path, json={"decision": "again"})) == (409, "nothing-to-decide")
    assert problem(ada.post(path, json={"decision": "maybe"})) == (422, "invalid-request")


def test_a_status_page_is_given_as_a_download_that_cannot_run(
    ada: Visitor, fake: FakeRooms
) -> None:
    fake.runs.change(run_view(steps=(step_view(RUN, 1),)))
    fake.runs.show_page(StepRunId(f"{RUN}_1"), b"<script>alert(1)</script>")
    answer = ada.get(f"/api/v1/runs/{RUN}/steps/1/page")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox ")
    assert "connect-src 'none'" in answer.headers["Content-Security-Policy"]
    assert problem(ada.get(f"/api/v1/runs/{RUN}/steps/2/page")) == (404, "not-found")


def test_what_is_not_there_and_what_cannot_be_done_are_problems_too(ada: Visitor) -> None:
    assert problem(ada.get("/api/v1/nothing")) == (404, "not-found")
    assert problem(ada.call("PATCH", "/api/v1/me")) == (405, "wrong-method")
    assert problem(ada.get(f"/api/v1/runs/{ExecutionId('f' * 32)}")) == (404, "not-found")


def test_health_is_told_to_anybody(nobody: Visitor) -> None:
    assert nobody.get("/healthz").json() == {"status": "ok"}


def test_the_api_describes_itself_truly(nobody: Visitor) -> None:
    document = nobody.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    paths = document["paths"]
    assert "HTTPValidationError" not in document["components"]["schemas"]
    for path, found in paths.items():
        for method, operation in found.items():
            if path.startswith("/api"):
                assert "application/problem+json" in operation["responses"]["default"]["content"]
            # no answer of the framework's own, which would be of another form
            for code, answer in operation["responses"].items():
                if code.startswith(("4", "5")):
                    assert list(answer["content"]) == ["application/problem+json"], (method, path)
    xml = paths["/api/v1/workflows/{name}/document"]["get"]["responses"]["200"]["content"]
    assert list(xml) == ["application/xml", "application/json"]
    body = paths["/api/v1/workflows"]["post"]["requestBody"]["content"]
    assert list(body) == ["application/xml", "application/json"]
    binary = paths["/api/v1/files"]["get"]["responses"]["200"]["content"]
    assert list(binary) == ["application/octet-stream"]
    events = paths["/api/v1/runs/{run}/events"]["get"]["responses"]["200"]["content"]
    assert list(events) == ["text/event-stream"]
    assert "/login" not in paths


def test_what_goes_wrong_inside_is_logged_and_not_told(ada: Visitor, fake: FakeRooms) -> None:
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow(inputs=("no port at all",))
    with capture_logs() as logs:
        answer = ada.get("/api/v1/workflows/Demo_Mesh")
    assert problem(answer) == (500, "internal")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "port" not in answer.text
    mark = answer.json()["detail"].rsplit(" ", 1)[-1]
    assert [(entry["event"], entry["mark"]) for entry in logs] == [("portal.failed", mark)]
