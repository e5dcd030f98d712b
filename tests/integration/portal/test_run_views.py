"""What the REST door tells somebody who looks at a run: its document, its story, its pages."""

from dataclasses import replace

import pytest
from tests.fakes.portal_rooms import ADA, MORNING, FakeRooms, run_view, step_view, workflow
from tests.integration.portal.conftest import KEYS, Visitor
from tests.integration.portal.test_rest import problem

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port
from tarry.platform.executions.model.views import MessageView
from tarry.platform.kernel.model import Right, StepRunId

DOCUMENT = b"""<workflow URI="http://tarry/workflow/Demo_Mesh.owl#Demo_Mesh"><services><sequence>
<service URI="http://tarry/async/Mesh.owl#mesh_Service"/></sequence></services></workflow>"""
VIEW = run_view()
STEP = StepRunId(f"{VIEW.id}_1")
RUN = f"/api/v1/runs/{VIEW.id}"


@pytest.fixture(autouse=True)
def _a_run(fake: FakeRooms) -> None:
    entry = replace(workflow(), document=DOCUMENT)
    fake.catalogue.known_workflows[entry.name] = entry
    fake.runs.change(
        replace(VIEW, workflow=entry.name, steps=(step_view(VIEW.id, 1, "Mesh"),)), "begun"
    )


def test_the_document_of_a_run_comes_in_the_json_form(ada: Visitor) -> None:
    found = ada.get(f"{RUN}/document").json()
    (step,) = found["document"]["body"]
    assert step["service"] == "http://tarry/async/Mesh.owl#mesh_Service"
    assert found["version"] == 1


def test_the_document_of_a_run_comes_with_what_it_used_as_it_was_then(
    ada: Visitor, fake: FakeRooms
) -> None:
    ada.post("/api/v1/services", json={"wsdl": "http://here/?wsdl", "operation": "mesh"})
    inner = workflow(name="Inner", uri="http://t/Inner.owl#Inner", outputs=(Port(name="end"),))
    fake.runs.nested[inner.uri] = inner
    found = ada.get(f"{RUN}/document").json()
    assert [(one["kind"], one["inputs"][0]["name"]) for one in found["services"]] == [
        ("asynchronous", "size")
    ]
    assert [(one["uri"], one["outputs"][0]["name"]) for one in found["nested"]] == [
        (inner.uri, "end")
    ]


def test_the_story_of_a_run_is_told_in_its_order_and_in_pieces(
    ada: Visitor, fake: FakeRooms
) -> None:
    for kind in ("intended", "succeeded", "ended"):
        fake.runs.change(fake.runs.views[VIEW.id], kind)
    told: list[dict[str, object]] = []
    while items := ada.get(
        f"{RUN}/history", params={"after": told[-1]["id"] if told else 0}
    ).json()["items"]:
        told += items
    assert [one["kind"] for one in told] == ["begun", "intended", "succeeded", "ended"]


def test_a_frame_gets_the_capability_that_its_viewer_deserves(ada: Visitor) -> None:
    answer = ada.get(f"{RUN}/steps/1/frame")
    cap = KEYS.answering_capability(STEP)
    assert answer.json() == {"address": f"/pages/{STEP}?cap={cap}"}


@pytest.mark.parametrize("path", ["document", "history", "steps/1/frame"])
def test_a_run_of_another_project_is_not_there(bob: Visitor, path: str) -> None:
    assert problem(bob.get(f"{RUN}/{path}")) == (404, "not-found")


def test_a_step_that_is_not_there_has_no_frame(ada: Visitor) -> None:
    assert problem(ada.get(f"{RUN}/steps/7/frame")) == (404, "not-found")


def test_who_may_only_look_gets_a_page_that_cannot_answer(ada: Visitor, fake: FakeRooms) -> None:
    fake.accounts.tokens["token-of-ada"] = replace(ADA, rights=frozenset({Right.READ}))
    answer = ada.get(f"{RUN}/steps/1/frame")
    assert answer.json() == {"address": f"/pages/{STEP}?cap={KEYS.page_capability(STEP)}"}


def test_the_api_takes_messages_and_tells_of_them(ada: Visitor, fake: FakeRooms) -> None:
    said = MessageView(step=STEP, at=MORNING, text="a", by="ada", from_page=False, answer="OK")
    steps = (step_view(VIEW.id, 1, hears=True), step_view(VIEW.id, 2, kind=Kind.APPLICATION))
    fake.runs.change(replace(VIEW, steps=steps, messages=(said,)))
    path = f"{RUN}/steps/1/messages"
    answer = ada.post(path, json={"message": "b", "from_page": True})
    assert (answer.status_code, answer.json()) == (201, {"answer": "OK"})
    assert fake.runs.told == [(VIEW.id, 1, "b", True)]
    refused = ada.post(path.replace("/1/", "/2/"), json={"message": "b"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not-listening")
    assert ada.post(path, json={"say": "b"}).status_code == 422
    found = ada.get(f"{RUN}").json()
    assert found["waits"] is True
    assert [(it["kind"], it["waits"], it["hears"]) for it in found["steps"]] == [
        ("asynchronous", False, True),
        ("application", True, False),
    ]
    assert [(it["text"], it["by"], it["answer"]) for it in found["messages"]] == [
        ("a", "ada", "OK")
    ]
    assert [it["id"] for it in ada.get("/api/v1/runs?asking=true").json()["items"]] == [VIEW.id]
    assert len(ada.get("/api/v1/runs?state=failed&asking=true").json()["items"]) == 0
