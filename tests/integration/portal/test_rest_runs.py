"""Runs at the REST door: asked for once, found again, told of, gone on with."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.portal_rooms import ADA, MORNING, FakeRooms, run_view, workflow
from tests.integration.portal.conftest import Visitor
from tests.integration.portal.test_rest import problem

from tarry.contract.ports import Port, PortType
from tarry.platform.executions.model.execution import Failure
from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.executions.model.telling import Channel, TellingView

RUNS = "/api/v1/runs"
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
COUNT = Port(name="count", type=PortType.INTEGER, default="1")


@pytest.fixture(autouse=True)
def _a_workflow(fake: FakeRooms) -> None:
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow(inputs=(COUNT,))


def order(count: int = 1, **more: object) -> dict[str, object]:
    return {"workflow": "Demo_Mesh", "inputs": {"count": count}, **more}


def test_the_same_request_is_answered_with_the_same_run(ada: Visitor, fake: FakeRooms) -> None:
    first = ada.post(RUNS, json=order(), headers=KEY)
    again = ada.post(RUNS, json=order(), headers=KEY)

    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert again.headers["Location"] == first.headers["Location"]
    assert len(fake.runs.views) == 1


def test_a_key_in_quotes_is_the_same_as_one_without(ada: Visitor, fake: FakeRooms) -> None:
    quoted = {"Idempotency-Key": f'"{KEY["Idempotency-Key"]}"'}
    assert ada.post(RUNS, json=order(), headers=KEY).status_code == 202
    assert ada.post(RUNS, json=order(), headers=quoted).status_code == 202
    assert len(fake.runs.views) == 1


def test_another_request_under_the_same_key_is_refused(ada: Visitor, fake: FakeRooms) -> None:
    first = ada.post(RUNS, json=order(), headers=KEY)
    other = ada.post(RUNS, json=order(2), headers=KEY)
    elsewhere = ada.post(f"{first.headers['Location']}/rerun", json={}, headers=KEY)

    assert problem(other) == (422, "idempotency-key-reused")
    assert problem(elsewhere) == (422, "idempotency-key-reused")
    assert len(fake.runs.views) == 1


@pytest.mark.parametrize("key", ["", "a b", '"', "x" * 256, "a\\b"])
def test_a_key_that_is_none_is_refused(ada: Visitor, key: str) -> None:
    answer = ada.post(RUNS, json=order(), headers={"Idempotency-Key": key})
    assert problem(answer) == (422, "bad-idempotency-key")


def test_who_is_told_is_shown_to_the_owner_of_the_run(
    ada: Visitor, bob: Visitor, fake: FakeRooms
) -> None:
    fake.accounts.tokens["token-of-ada"] = replace(ADA, email="ada@example.org")
    hook = "https://hooks.example.org/T0/secret"
    made = ada.post(RUNS, json=order(tell=[{"webhook": hook}, {"mail": True}])).json()

    assert [(one["channel"], one["address"]) for one in made["tell"]] == [
        ("webhook", hook),
        ("mail", "ada@example.org"),
    ]
    fake.accounts.tokens["token-of-bob"] = replace(
        fake.accounts.tokens["token-of-bob"], project=ADA.project
    )
    seen = bob.get(f"{RUNS}/{made['id']}").json()
    assert [(one["channel"], one["address"]) for one in seen["tell"]] == [
        ("webhook", ""),
        ("mail", ""),
    ]


def test_why_nobody_could_be_told_is_shown(ada: Visitor, fake: FakeRooms) -> None:
    again = MORNING + timedelta(minutes=5)
    telling = TellingView(
        channel=Channel.WEBHOOK,
        address="http://h/",
        told=("waits:2",),
        failure="http://h/ answered with HTTP 500",
        next_try_at=again,
    )
    fake.runs.change(run_view(tellings=(telling,)))
    (shown,) = ada.get(f"{RUNS}/{run_view().id}").json()["tell"]
    assert shown == {
        "channel": "webhook",
        "address": "http://h/",
        "told": ["waits:2"],
        "failure": "http://h/ answered with HTTP 500",
        "next_try_at": again.isoformat().replace("+00:00", "Z"),
        "given_up": False,
    }


@pytest.mark.parametrize(
    "tell",
    [[{}], [{"mail": False}], [{"mail": "bob@example.org"}], [{"webhook": ""}], [{"pager": 1}]],
)
def test_wishes_that_are_not_understood_name_their_field(ada: Visitor, tell: object) -> None:
    answer = ada.post(RUNS, json=order(tell=tell))
    assert problem(answer) == (422, "invalid-request")
    assert "tell.0" in answer.json()["detail"]


def test_a_run_that_failed_is_gone_on_with(ada: Visitor, fake: FakeRooms) -> None:
    failed = run_view(
        workflow="Demo_Mesh",
        inputs={"count": "3"},
        state=ExecutionState.FAILED,
        failure=Failure(code="fault", message="no"),
    )
    fake.runs.change(failed)

    answer = ada.post(f"{RUNS}/{failed.id}/resume", json={"inputs": {"count": 4}}, headers=KEY)

    assert answer.status_code == 202
    begun = answer.json()
    assert answer.headers["Location"] == f"{RUNS}/{begun['id']}"
    assert (begun["resumed_from"], begun["inputs"]) == (failed.id, {"count": "4"})
    again = ada.post(f"{RUNS}/{failed.id}/resume", json={"inputs": {"count": 4}}, headers=KEY)
    assert again.json()["id"] == begun["id"]


def test_a_run_that_goes_on_cannot_be_resumed_but_repeated(ada: Visitor, fake: FakeRooms) -> None:
    fake.runs.change(run_view(workflow="Demo_Mesh", inputs={"count": "3"}))
    run = f"{RUNS}/{run_view().id}"

    assert problem(ada.post(f"{run}/resume", json={})) == (409, "not-resumable")
    repeated = ada.post(f"{run}/rerun", json={"inputs": {"count": None}}).json()
    assert (repeated["rerun_of"], repeated["inputs"]) == (run_view().id, {"count": "1"})


def test_runs_of_others_cannot_be_repeated(bob: Visitor, fake: FakeRooms) -> None:
    fake.runs.change(run_view())
    for verb in ("resume", "rerun"):
        answer = bob.post(f"{RUNS}/{run_view().id}/{verb}", json={})
        assert problem(answer) == (404, "not-found")


def test_pages_of_runs_fit_together(ada: Visitor, fake: FakeRooms) -> None:
    for number in range(1, 8):
        fake.runs.change(run_view(number=number, created_at=MORNING))

    seen, after = [], ""
    while True:
        page = ada.get(RUNS, params={"limit": 3, "after": after}).json()
        seen.append([int(item["id"], 16) for item in page["items"]])
        after = page["next"]
        if not after:
            break

    assert seen == [[7, 6, 5], [4, 3, 2], [1]]


def test_a_page_that_is_just_full_may_be_the_last(ada: Visitor, fake: FakeRooms) -> None:
    fake.runs.change(run_view())
    assert ada.get(RUNS, params={"limit": 1}).json()["next"] == ""


@pytest.mark.parametrize(
    "after", ["x", "20261124T090000.000000Z-zz", "99999999T999999.000000Z-" + "0" * 32]
)
def test_a_place_that_we_never_gave_is_refused(ada: Visitor, after: str) -> None:
    assert problem(ada.get(RUNS, params={"after": after})) == (422, "bad-place")


def test_runs_are_found_by_what_they_are_like(ada: Visitor, fake: FakeRooms) -> None:
    fake.runs.change(run_view(number=1, workflow="Mesh", title="A sheet"))
    fake.runs.change(run_view(number=2, workflow="Solve", owner_name="eve"))

    def found(**params: str) -> list[int]:
        return [int(it["id"], 16) for it in ada.get(RUNS, params=params).json()["items"]]

    assert found(workflow="Mesh") == [1]
    assert found(owner="eve") == [2]
    assert found(owner="me") == [1]
    assert found(q="SHEET") == [1]
    assert found(since=(MORNING + timedelta(minutes=2)).isoformat()) == [2]
    assert found(until=(MORNING + timedelta(minutes=2)).isoformat()) == [1]
    assert found(state="failed") == []
    assert problem(ada.get(RUNS, params={"since": "2026-11-24T09:00:00"})) == (
        422,
        "invalid-request",
    )


def test_a_version_that_is_not_published_is_tried_out(ada: Visitor, fake: FakeRooms) -> None:
    newest = ada.post(RUNS, json=order(version="newest"), headers=KEY)
    second = ada.post(RUNS, json=order(version=2))

    assert (newest.status_code, second.status_code) == (202, 202)
    assert [one.json()["trial"] for one in (newest, second)] == ["workflow", "workflow"]
    assert fake.runs.tried == [("Demo_Mesh", None), ("Demo_Mesh", 2)]
    assert ada.post(RUNS, json=order()).json()["trial"] is None
    assert ada.get(newest.headers["Location"]).json()["trial"] == "workflow"


def test_a_service_is_tried_out_on_its_own(ada: Visitor, fake: FakeRooms) -> None:
    asked = {"wsdl": "http://here/?wsdl", "operation": "mesh"}
    ada.post("/api/v1/services", json=asked)

    answer = ada.post(RUNS, json={"service": "Service.mesh", "inputs": {"size": 3}})
    assert answer.status_code == 202
    assert answer.json()["trial"] == "service"
    assert answer.json()["workflow"] == "Service.mesh"
    assert answer.json()["inputs"] == {"size": "3"}
    nothing = ada.post(RUNS, json={"service": "Service.nothing"})
    assert problem(nothing) == (404, "not-found")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "service"),
        ({"workflow": "Demo_Mesh", "service": "Service.mesh"}, "service"),
        ({"service": "Service.mesh", "version": 1}, "version"),
        ({"workflow": "Demo_Mesh", "version": "latest"}, "version"),
        ({"workflow": "Demo_Mesh", "version": 0}, "version"),
        ({"workflow": ""}, "workflow"),
    ],
)
def test_what_is_to_be_run_is_said_once_and_the_error_names_the_field(
    ada: Visitor, asked: dict[str, object], field: str
) -> None:
    answer = ada.post(RUNS, json=asked)
    assert problem(answer) == (422, "invalid-request")
    assert answer.json()["detail"].startswith(field)
