"""The OpenAPI document holds what the REST door does."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from tests.fakes.asgi import request
from tests.fakes.tarry_service import CALCULATOR, ROOT, WAITER, settings_for

from tarry.contract.ports import Port, PortType
from tarry.service.api.json_values import write
from tarry.service.api.openapi import openapi, port_schema
from tarry.service.api.server import build
from tarry.service.api.settings import read_program, read_served

PROGRAMS = [WAITER, CALCULATOR]
EXAMPLES = sorted(
    file
    for file in (ROOT / "examples").glob("*/*.*")
    if file.suffix == ".toml" or (file.suffix == ".py" and "= Service(" in file.read_text())
)
METHODS = {"get", "post"}


def document(file: Path) -> Any:
    return json.loads(write(openapi(read_program(file))))


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name == "$ref":
                yield item
            else:
                yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def schemas(value: object) -> Iterator[Any]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name == "schema":
                yield item
            yield from schemas(item)
    elif isinstance(value, list):
        for item in value:
            yield from schemas(item)


@pytest.mark.parametrize("file", PROGRAMS, ids=lambda file: file.stem)
def test_the_document_has_the_shape_of_openapi_3_1(file: Path) -> None:
    found = document(file)
    assert found["openapi"].startswith("3.1.")
    assert {"title", "version"} <= found["info"].keys()
    identities = []
    for path, item in found["paths"].items():
        assert path.startswith("/")
        named = {p["name"] for p in item.get("parameters", []) if p["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", path))
        assert all(p["required"] for p in item.get("parameters", []) if p["in"] == "path")
        for method in METHODS & item.keys():
            identities.append(item[method]["operationId"])
            assert item[method]["responses"]
            for answer in item[method]["responses"].values():
                assert answer["description"]
    assert len(set(identities)) == len(identities)


@pytest.mark.parametrize("file", PROGRAMS, ids=lambda file: file.stem)
def test_its_schemas_are_schemas_and_its_references_lead_somewhere(file: Path) -> None:
    found = document(file)
    for schema in [*schemas(found), *found["components"]["schemas"].values()]:
        Draft202012Validator.check_schema(schema)
    for reference in references(found):
        place: Any = found
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_the_document_of_every_example_is_valid_openapi_3_1(file: Path) -> None:
    found = json.loads(write(openapi(read_served(file, context_root="").program)))
    OpenAPIV31SpecValidator(found).validate()


async def test_the_document_is_beside_the_door(tmp_path: Path) -> None:
    app = build(settings_for(tmp_path, WAITER, context_root="/a")).app
    answer = await request(
        app, "GET", "/a/waiter/Waiter/openapi.json", headers={"host": "localhost"}
    )
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.body)["servers"] == [{"url": "rest"}]


@pytest.mark.parametrize(
    ("port", "good", "bad"),
    [
        (Port(name="p", type=PortType.INTEGER, many=True), [1, 2], 1),
        (Port(name="p", type=PortType.BOOLEAN), True, "maybe"),
        (Port(name="p", type=PortType.CHOICE, choices=("a", "b")), "a", "c"),
        (Port(name="p", pattern="[a-c]+"), "abc", "abcd"),
        (Port(name="p", type=PortType.SECRET, default="hidden"), "x", 5),
    ],
)
def test_a_port_takes_what_its_schema_says(port: Port, good: object, bad: object) -> None:
    schema = json.loads(write(port_schema(port)))
    validator = Draft202012Validator(schema)
    assert validator.is_valid(good)
    assert not validator.is_valid(bad)
    assert "hidden" not in str(schema)
