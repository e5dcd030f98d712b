"""The OpenAPI document says what the API does: each operation is called and held to its words."""

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from tests.fakes.asgi import request
from tests.fakes.portal_rooms import PASSWORD, FakeRooms, run_view, step_view, workflow
from tests.integration.portal.conftest import KEYS, PUBLIC_URL

from tarry.contract.kinds import Kind
from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.kernel.model import StepRunId
from tarry.platform.portal.api.app import build

DOCUMENT: dict[str, Any] = build(FakeRooms().rooms(), keys=KEYS, public_url=PUBLIC_URL).openapi()
RUN, FAILED = run_view().id, run_view(number=2).id
STEP = {"run": RUN, "number": 1}
FILE = {"params": {"uri": "local://bridges/a.txt"}}
FOLDER = {"params": {"uri": "local://bridges/uploads/x/case/"}}
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)

CALLS: dict[str, dict[str, Any]] = {
    "makeToken": {"json": {"user": "ada", "password": PASSWORD}},
    "deleteToken": {},
    "logIn": {"json": {"user": "ada", "password": PASSWORD}, "headers": SAME_SITE},
    "showSession": {},
    "logOut": {"headers": SAME_SITE},
    "switchProject": {"json": {"project": "bridges"}, "headers": SAME_SITE},
    "showMe": {},
    "changePassword": {"json": {"old": PASSWORD, "new": "quite another password"}},
    "changeEmail": {"json": {"email": "ada@example.org"}},
    "listFavourites": {},
    "addFavourite": {"path": {"name": "Demo_Mesh"}},
    "removeFavourite": {"path": {"name": "Demo_Mesh"}},
    "listUsers": {},
    "makeUser": {"json": {"name": "eve", "project": "bridges", "roles": ["viewer"]}},
    "changeUser": {"path": {"user": "bob"}, "json": {"description": "x"}},
    "removeUser": {"path": {"user": "bob"}},
    "resetPassword": {"path": {"user": "bob"}},
    "listProjects": {},
    "makeProject": {"json": {"name": "towers"}},
    "closeProject": {"path": {"project": "bridges"}},
    "listMembers": {"path": {"project": "bridges"}},
    "setRoles": {"path": {"project": "bridges", "user": "bob"}, "json": {"roles": ["viewer"]}},
    "removeMember": {"path": {"project": "bridges", "user": "bob"}},
    "listRoles": {},
    "listApiTokens": {},
    "makeApiToken": {"json": {"name": "ci", "scopes": ["read"]}},
    "revokeApiToken": {"path": {"token": "ci"}},
    "readAuditTrail": {},
    "listServices": {},
    "registerService": {"json": {"wsdl": "http://x/?wsdl", "operation": "startX"}},
    "inspectWsdl": {"json": {"wsdl": "http://x/?wsdl"}},
    "showService": {"path": {"name": "Service.startX"}},
    "editService": {"path": {"name": "Service.startX"}, "json": {"title": "X"}},
    "retireService": {"path": {"name": "Service.startX"}},
    "refreshService": {"path": {"name": "Service.startX"}},
    "listHealthChanges": {"path": {"name": "Service.startX"}},
    "listServiceVersions": {"path": {"name": "Service.startX"}},
    "listWorkflows": {},
    "saveWorkflow": {"data": b"<workflow/>", "headers": {"Content-Type": "application/xml"}},
    "previewWorkflow": {"data": b"<workflow/>", "headers": {"Content-Type": "application/xml"}},
    "showWorkflow": {"path": {"name": "Demo_Mesh"}},
    "labelWorkflow": {"path": {"name": "Demo_Mesh"}, "json": {"category": "meshing"}},
    "checkWorkflow": {"path": {"name": "Demo_Mesh"}},
    "workflowDocument": {"path": {"name": "Demo_Mesh"}},
    "publishWorkflow": {"path": {"name": "Demo_Mesh"}},
    "retractWorkflow": {"path": {"name": "Demo_Mesh"}},
    "listWorkflowVersions": {"path": {"name": "Demo_Mesh"}},
    "restoreWorkflowVersion": {"path": {"name": "Demo_Mesh", "version": 1}},
    "deleteWorkflowDraft": {"path": {"name": "Demo_Mesh", "version": 1}},
    "workflowPicture": {"path": {"name": "Demo_Mesh"}},
    "setWorkflowPicture": {"path": {"name": "Demo_Mesh"}, "data": PNG},
    "deleteWorkflowPicture": {"path": {"name": "Demo_Mesh"}},
    "startRun": {"json": {"workflow": "Demo_Mesh"}, "headers": {"Idempotency-Key": "k"}},
    "listRuns": {},
    "showRun": {"path": STEP},
    "resumeRun": {"path": {"run": FAILED}, "json": {}},
    "rerunRun": {"path": {"run": RUN}, "json": {}},
    "abortRun": {"path": STEP},
    "decideStep": {"path": STEP, "json": {"decision": "again"}},
    "tellStep": {"path": STEP, "json": {"message": "hello"}},
    "showStepPage": {"path": STEP},
    "stepFrame": {"path": STEP},
    "runDocument": {"path": {"run": FAILED}},
    "runHistory": {"path": {"run": RUN}},
    "followRun": {"path": {"run": FAILED}},
    "followProject": {"headers": {"X-Auth-Token": "wrong"}},  # it never ends for who may come in
    "uploadFile": {"params": {"name": "a.txt"}, "data": b"content"},
    "storeFile": FILE | {"data": b"content"},
    "downloadFile": FILE,
    "newFolder": {"params": {"name": "case"}},
    "makeFolder": FOLDER,
    "listFolder": FOLDER,
    "showHealth": {},
    "showReadiness": {},
}
"""One call of every operation; who adds an operation adds a call."""


def operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    return {
        operation["operationId"]: (method, path, operation)
        for path, found in DOCUMENT["paths"].items()
        for method, operation in found.items()
    }


def test_the_document_is_valid() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()
    assert DOCUMENT["openapi"].startswith("3.1.")


def test_every_operation_has_a_name_of_its_own_and_is_called_below() -> None:
    number = sum(len(found) for found in DOCUMENT["paths"].values())
    assert len(operations()) == number
    assert all(re.fullmatch("[a-z][a-zA-Z]+", name) for name in operations())
    assert set(operations()) == set(CALLS)


def test_every_parameter_is_described() -> None:
    silent = [
        (name, parameter["name"])
        for name, (_, _, operation) in operations().items()
        for parameter in operation.get("parameters", [])
        if not parameter.get("description")
    ]
    assert silent == []


def test_every_operation_declares_its_problems() -> None:
    for name, (_, path, operation) in operations().items():
        answers = operation["responses"]
        if operation.get("security"):
            assert {"401", "403"} <= set(answers), name
        if "{" in path:
            assert "404" in answers, name
        if "requestBody" in operation or operation.get("parameters"):
            assert "422" in answers, name
        for status, answer in answers.items():
            if status == "default" or int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], (name, status)
        assert operation["summary"], name
        assert operation["description"], name


def test_lists_that_can_be_long_have_pages_of_one_kind() -> None:
    for name in ("listRuns", "listServices", "listWorkflows", "listUsers", "readAuditTrail"):
        _, _, operation = operations()[name]
        parameters = {parameter["name"] for parameter in operation["parameters"]}
        assert {"after", "limit"} <= parameters, name
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        found = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        assert set(found["properties"]) == {"items", "next"}, name
        assert found["properties"]["next"]["type"] == "string", name


@pytest.fixture
def world(fake: FakeRooms) -> FakeRooms:
    """A world in which most calls find something."""
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow()
    fake.runs.change(run_view(steps=(step_view(RUN, 1, kind=Kind.ASYNCHRONOUS, hears=True),)))
    fake.runs.show_page(StepRunId(f"{RUN}_1"), b"<p>hello</p>")
    fake.runs.change(run_view(number=2, workflow="Demo_Mesh", state=ExecutionState.FAILED))
    return fake


@pytest.mark.parametrize("name", sorted(CALLS))
async def test_an_operation_answers_as_it_is_declared(world: FakeRooms, name: str) -> None:
    method, path, operation = operations()[name]
    asked = CALLS[name]
    body = json.dumps(asked["json"]).encode() if "json" in asked else asked.get("data", b"")
    headers = {"host": "localhost", "x-auth-token": "token-of-ada"}
    if "json" in asked:
        headers["content-type"] = "application/json"
    headers |= {key.lower(): value for key, value in asked.get("headers", {}).items()}
    headers["content-length"] = str(len(body))
    app = build(world.rooms(), keys=KEYS, public_url=PUBLIC_URL, linger=timedelta(seconds=0.1))
    query = urlencode(asked.get("params", {}))

    answer = await request(
        app,
        method.upper(),
        f"{path.format(**asked.get('path', {}))}?{query}",
        body=body,
        headers=headers,
    )

    assert answer.status < 500, answer.body
    declared = operation["responses"].get(str(answer.status))
    if declared is None:
        assert answer.status >= 400, answer.body
        declared = operation["responses"]["default"]
    if not declared.get("content"):
        assert answer.body == b""
        return
    media_type = answer.headers["content-type"].partition(";")[0]
    schema = declared["content"][media_type].get("schema", {})
    if media_type.endswith("json"):
        whole = {**schema, "components": DOCUMENT["components"]}
        Draft202012Validator(whole).validate(json.loads(answer.body))


async def test_numbers_for_prometheus_are_not_part_of_the_api(world: FakeRooms) -> None:
    async def figures() -> bytes:
        return b"tarry_leads 1\n"

    app = build(world.rooms(), keys=KEYS, public_url=PUBLIC_URL, figures=figures)
    answer = await request(app, "GET", "/metrics", headers={"host": "localhost"})
    assert (answer.status, answer.body) == (200, b"tarry_leads 1\n")
    assert "/metrics" not in DOCUMENT["paths"]


async def test_a_process_says_whether_it_is_ready_and_whether_it_leads(world: FakeRooms) -> None:
    alive = True

    async def healthy() -> bool:
        return alive

    app = build(
        world.rooms(), keys=KEYS, public_url=PUBLIC_URL, healthy=healthy, leads=lambda: True
    )
    answer = await request(app, "GET", "/readyz", headers={"host": "localhost"})
    assert json.loads(answer.body) == {"status": "ready", "leads": True}
    alive = False
    answer = await request(app, "GET", "/readyz", headers={"host": "localhost"})
    assert (answer.status, json.loads(answer.body)["code"]) == (503, "not-healthy")
