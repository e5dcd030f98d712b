"""Written documents can be read again, by us and by readers of the old format."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from lxml import etree
from tests.fakes.any_documents import documents

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port
from tarry.platform.workflows.errors import NotWritable
from tarry.platform.workflows.interfaces import ServiceInterface
from tarry.platform.workflows.model import (
    Constant,
    Document,
    DocumentInput,
    DocumentOutput,
    Sequence,
    Step,
    Wire,
    numbered,
)
from tarry.platform.workflows.operations import one_step
from tarry.platform.workflows.xml import NAMESPACE, read, write


@given(documents())
def test_what_is_written_is_read_back_the_same(document: Document) -> None:
    assert read(write(document)) == document


@given(documents(extended=False))
def test_a_document_of_the_old_format_stays_one(document: Document) -> None:
    written = write(document)

    assert NAMESPACE.encode() not in written
    assert read(written) == document
    assert write(read(written)) == written


@given(documents())
def test_a_reader_that_ignores_what_is_ours_sees_the_old_format(document: Document) -> None:
    root = etree.fromstring(write(document))
    plain = {"workflow", "input", "output", "services", "sequence", "service"}
    plain |= {"if", "condition", "then", "else", "repeat-until"}
    known = {"URI", "ID"}

    for element in root.iter("*"):
        if not element.tag.startswith("{"):
            assert element.tag in plain
            own = {name for name in element.attrib if not str(name).startswith(f"{{{NAMESPACE}}}")}
            assert own <= known | {"x"}
            if element.tag == "condition":
                assert re.fullmatch(r"[a-zA-Z]+\([^,()]+, -?[0-9]+\)", element.text or "")
            if element.tag in {"input", "output"}:
                assert own >= known


def ends(document: Document) -> Mapping[str, str]:
    """Where each wire comes from, whatever its id is called."""
    defined = {given.id: f"inputs/{given.name}" for given in document.inputs}
    for step in document.steps:
        defined |= {end: f"{step.key}/{name}" for name, end in step.outputs.items()}
    uses = {f"outputs/{shown.name}": shown.id for shown in document.outputs}
    for step in document.steps:
        uses |= {
            f"{step.key}/{name}": source.id
            for name, source in step.inputs.items()
            if isinstance(source, Wire)
        }
    return {place: defined[end] for place, end in uses.items()}


CHAIN = Document(
    uri="http://company/workflow/Chain.owl#Chain",
    inputs=(DocumentInput(name="part", id="foo"), DocumentInput(name="size", id="bar")),
    outputs=(DocumentOutput(name="quality", id="q"), DocumentOutput(name="mesh", id="m")),
    body=Sequence(
        nodes=(
            Step(
                key="s1",
                service="http://company/async/m.owl#mesh_Service",
                inputs={"part": Wire("foo"), "size": Wire("bar"), "dimension": Constant("3")},
                outputs={"mesh": "m"},
                filled={"serviceID": "", "sessionToken": "sessionToken"},
            ),
            Step(
                key="s2",
                service="http://company/sync/q.owl#quality_Service",
                inputs={"mesh": Wire("m")},
                outputs={"quality": "q"},
            ),
        )
    ),
    filled=(DocumentInput(name="sessionToken", id="sessionToken"),),
)


def test_generated_ids_look_as_the_field_writes_them_and_keep_the_wires() -> None:
    document = numbered(CHAIN)

    assert [given.id for given in document.inputs] == ["main_input1", "main_input2"]
    assert document.steps[0].outputs == {"mesh": "s1io6"}
    assert document.steps[1].outputs == {"quality": "s2io2"}
    assert ends(document) == ends(CHAIN)
    assert numbered(document) == document


def test_a_document_that_uses_nothing_of_ours_does_not_name_our_namespace() -> None:
    step = replace(CHAIN.steps[1], inputs={})

    written = write(replace(CHAIN, body=Sequence(nodes=(step,))))

    assert NAMESPACE.encode() not in written


def test_a_constant_stands_in_our_namespace_beside_an_empty_id() -> None:
    root = etree.fromstring(write(CHAIN))

    ports = [dict(element.attrib) for element in root.iter("input")]
    [port] = [port for port in ports if port["URI"].endswith("#dimension")]

    assert port == {
        "URI": "http://company/async/m.owl#dimension",
        "ID": "",
        "{urn:tarry:workflow:1}value": "3",
    }


@pytest.mark.parametrize("text", ["\x00", "a\x0bb", "\ud800"])
def test_a_text_that_xml_cannot_carry_is_refused(text: str) -> None:
    step = replace(CHAIN.steps[0], inputs={"dimension": Constant(text)})

    with pytest.raises(NotWritable, match="Chain cannot be written"):
        write(replace(CHAIN, body=Sequence(nodes=(step,))))


def test_a_workflow_of_one_step_has_the_ports_of_its_service() -> None:
    service = ServiceInterface(
        uri="http://tarry/async/Waiter.owl#startWaiter_Service",
        kind=Kind.ASYNCHRONOUS,
        inputs=(Port(name="secondsToWait"),),
        outputs=(Port(name="result"),),
        title="Waiter",
    )

    document = one_step("http://tarry/workflow/Waiter.owl#Waiter", service)

    assert document.name == "Waiter"
    assert [given.name for given in document.inputs] == ["secondsToWait"]
    assert [shown.name for shown in document.outputs] == ["result"]
    assert ends(document) == {
        "s1/secondsToWait": "inputs/secondsToWait",
        "outputs/result": "s1/result",
    }
    assert read(write(document)) == document
