"""The rules keep to the cases that rules in every language are held to."""

import json
from pathlib import Path
from typing import Any

import pytest

from tarry.contract.kinds import Kind
from tarry.contract.ports import from_json
from tarry.platform.workflows import json_form, xml
from tarry.platform.workflows.interfaces import ServiceInterface
from tarry.platform.workflows.model import Document
from tarry.platform.workflows.validation import problems

CASES: dict[str, Any] = json.loads((Path(__file__).parent / "cases.json").read_text("utf-8"))
SERVICES = {
    uri: ServiceInterface(
        uri=uri,
        kind=Kind(service["kind"]),
        inputs=tuple(from_json(port) for port in service["inputs"]),
        outputs=tuple(from_json(port) for port in service["outputs"]),
    )
    for uri, service in CASES["services"].items()
}


def document(data: object) -> Document:
    return json_form.read(json.dumps(data).encode())


WORKFLOWS = {uri: document(data) for uri, data in CASES["workflows"].items()}


def codes(found: Document) -> list[tuple[str, str]]:
    return sorted((one.place, one.code) for one in problems(found, SERVICES, WORKFLOWS))


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_a_document_has_the_problems_of_its_case(case: dict[str, Any]) -> None:
    expected = sorted((one["place"], one["code"]) for one in case["problems"])

    assert codes(document(case["document"])) == expected


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_its_xml_form_has_the_same_problems(case: dict[str, Any]) -> None:
    found = document(case["document"])

    assert codes(xml.read(xml.write(found))) == codes(found)
