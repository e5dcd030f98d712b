"""The JSON form says the same as the XML form, and its schema says what it is."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from tests.fakes.any_documents import documents
from tests.fakes.documents import valid_documents

from tarry.platform.workflows import json_form, xml
from tarry.platform.workflows.errors import DocumentUnreadable, NotWritable, UnknownForm
from tarry.platform.workflows.model import Constant, Document, Sequence, Wire
from tarry.platform.workflows.operations import read_document

SCHEMA = Path(__file__).parents[3] / "docs" / "reference" / "workflow.schema.json"
SLOW = settings(suppress_health_check=[HealthCheck.too_slow])

CHAIN: dict[str, Any] = {
    "format": 1,
    "uri": "http://company/workflow/Chain.owl#Chain",
    "inputs": [{"name": "size", "id": "main_input1"}],
    "outputs": [{"name": "quality", "id": "s1io2"}],
    "body": [
        {
            "kind": "step",
            "service": "http://company/sync/q.owl#rate_Service",
            "inputs": {"size": {"id": "main_input1"}, "kind": {"value": "fine"}},
            "outputs": {"quality": "s1io2"},
            "time_out": 0.25,
        }
    ],
}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json_form.json_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def as_bytes(document: object) -> bytes:
    return json.dumps(document).encode()


def changed(**keys: object) -> dict[str, Any]:
    return {**CHAIN, **keys}


def step(**keys: object) -> dict[str, Any]:
    return changed(body=[{**CHAIN["body"][0], **keys}])


@SLOW
@given(documents())
def test_what_is_written_is_read_back_the_same(document: Document) -> None:
    assert json_form.read(json_form.write(document)) == document


@SLOW
@given(documents())
def test_what_is_written_fits_the_schema(document: Document) -> None:
    written = json.loads(json_form.write(document))

    validator = Draft202012Validator(json_form.json_schema())
    assert [error.message for error in validator.iter_errors(written)] == []


@SLOW
@given(documents())
def test_both_forms_say_the_same(document: Document) -> None:
    through_xml = xml.read(xml.write(json_form.read(json_form.write(document))))

    assert through_xml == document


@given(valid_documents())
def test_keys_of_nodes_follow_from_where_they_stand(document: Document) -> None:
    assert b'"key"' not in json_form.write(document)
    assert json_form.read(json_form.write(document)) == document


def test_a_document_is_read_as_the_page_explains_it() -> None:
    document = json_form.read(as_bytes(CHAIN))

    [found] = document.steps
    assert document.name == "Chain"
    assert found.key == "s1"
    assert found.inputs == {"size": Wire("main_input1"), "kind": Constant("fine")}
    assert found.time_out is not None
    assert found.time_out.total_seconds() == 0.25


@pytest.mark.parametrize(
    ("document", "place", "code"),
    [
        ([], "", "json-type"),
        (changed(format=2), "/format", "json-value"),
        (changed(uri=""), "/uri", "json-value"),
        (changed(colour="red"), "/colour", "unknown-key"),
        (changed(body={}), "/body", "json-type"),
        (changed(body=[{}]), "/body/0/kind", "json-value"),
        (changed(body=[{"kind": "step"}]), "/body/0", "missing-key"),
        (changed(body=["step"]), "/body/0", "json-type"),
        (step(inputs={"a/b": 5}), "/body/0/inputs/a~1b", "json-type"),
        (step(inputs={"n": {}}), "/body/0/inputs/n", "missing-key"),
        (step(inputs={"n": {"id": "x", "value": "5"}}), "/body/0/inputs/n/value", "unknown-key"),
        (step(inputs={"n": {"value": 5}}), "/body/0/inputs/n/value", "json-type"),
        (step(outputs={"n": ""}), "/body/0/outputs/n", "json-value"),
        (step(retries=1.5), "/body/0/retries", "json-type"),
        (step(retries=True), "/body/0/retries", "json-type"),
        (step(time_out=-1), "/body/0/time_out", "json-value"),
        (step(repeatable="yes"), "/body/0/repeatable", "json-type"),
        (changed(canvas={"s1": [1]}), "/canvas/s1", "json-value"),
        (
            changed(
                body=[
                    {
                        "kind": "branch",
                        "condition": {"compare": "moreThan", "left": {"id": "x"}, "right": {}},
                        "then": [],
                    }
                ]
            ),
            "/body/0/condition/compare",
            "json-value",
        ),
    ],
)
def test_what_does_not_fit_the_schema_is_told_with_its_place(
    document: object, place: str, code: str, validator: Draft202012Validator
) -> None:
    with pytest.raises(DocumentUnreadable) as caught:
        json_form.read(as_bytes(document))

    assert (place, code) in [(one.place, one.code) for one in caught.value.problems]
    assert not validator.is_valid(document)


def test_everything_that_does_not_fit_is_told_at_once() -> None:
    with pytest.raises(DocumentUnreadable) as caught:
        json_form.read(as_bytes(changed(title=5, colour=1, body=[{"kind": "step"}, {}])))

    assert [one.place for one in caught.value.problems] == [
        "/colour",
        "/title",
        "/body/0",
        "/body/1/kind",
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b'{"format": NaN}', "NaN is no number"),
        (b'{"format": 1, "format": 1}', "format stands there twice"),
        (b"[" * 100_000, "too deep"),
        (b"[" * 300 + b"]" * 300, "too deep"),
        (b" " * (4 * 1024 * 1024 + 1), "larger than"),
        (b'{"uri": "\xff"}', "no JSON"),
    ],
)
def test_what_is_no_json_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentUnreadable, match=reason):
        json_form.read(data)


def test_constructs_and_conditions_stand_in_each_other_as_deep_as_in_xml() -> None:
    def sequences(levels: int) -> bytes:
        nodes: list[object] = []
        for _ in range(levels):
            nodes = [{"kind": "sequence", "nodes": nodes}]
        return as_bytes(changed(body=nodes))

    def conditions(levels: int) -> bytes:
        condition: object = {"is_true": {"id": "x"}}
        for _ in range(levels - 1):
            condition = {"not": condition}
        return as_bytes(changed(body=[{"kind": "branch", "condition": condition, "then": []}]))

    for form in (sequences, conditions):
        document = json_form.read(form(32))
        assert xml.read(xml.write(document)) == document
        with pytest.raises(DocumentUnreadable, match="more than 32 deep"):
            json_form.read(form(33))


def test_a_document_whose_nested_workflows_are_expanded_is_not_written() -> None:
    expanded = Sequence(key="q1", aliases={"a": Wire("b")})
    document = Document(uri="http://company/workflow/W.owl#W", body=Sequence(nodes=(expanded,)))

    for form in (json_form, xml):
        with pytest.raises(NotWritable, match="expanded"):
            form.write(document)


def test_the_published_schema_is_that_of_the_code() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_form.json_schema()


@pytest.mark.parametrize(
    "media_type", ["application/json; charset=utf-8", "", "application/x+json"]
)
def test_json_is_read_where_xml_is(media_type: str) -> None:
    assert read_document(b"\n" + as_bytes(CHAIN), media_type) == json_form.read(as_bytes(CHAIN))


@pytest.mark.parametrize("media_type", ["application/xml", "text/xml; charset=utf-8", ""])
def test_xml_is_still_read(media_type: str) -> None:
    document = json_form.read(as_bytes(CHAIN))

    assert read_document(xml.write(document), media_type) == document


def test_another_form_is_refused() -> None:
    with pytest.raises(UnknownForm, match="not text/plain"):
        read_document(b"", "text/plain")
