"""Written documents can be read again, by us and by readers of the old format."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port
from tarry.platform.workflows.errors import NotWritable
from tarry.platform.workflows.interfaces import ServiceInterface
from tarry.platform.workflows.model import (
    Constant,
    Document,
    DocumentInput,
    DocumentOutput,
    Node,
    Sequence,
    Source,
    Step,
    Unknown,
    Wire,
    numbered,
)
from tarry.platform.workflows.operations import one_step
from tarry.platform.workflows.xml import NAMESPACE, read, write

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True).filter(
    lambda name: name not in {"serviceID", "sessionToken", "extraParameters", "status_base64"}
)
IDS = st.from_regex(r"[A-Za-z0-9_:.-]{1,12}", fullmatch=True).filter(
    lambda name: name not in {"sessionToken", "extraParameters"}
)
# All that XML can carry; a new line and a tab count, and so do quotes and brackets.
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r<>&\"'"),
    max_size=20,
)
SERVICES = NAMES.map(lambda name: f"http://company/async/{name}.owl#start_{name}_Service")
SOURCES: st.SearchStrategy[Source] = st.builds(Wire, IDS) | st.builds(Constant, TEXTS)


@st.composite
def _bodies(draw: st.DrawFn, key: str = "", depth: int = 2) -> Sequence:
    nodes: list[Node] = []
    for _ in range(draw(st.integers(0, 3))):
        if depth and draw(st.booleans()):
            number = sum(isinstance(node, Sequence) for node in nodes) + 1
            inner = f"{key}/q{number}" if key else f"q{number}"
            nodes.append(draw(_bodies(inner, depth - 1)))
        else:
            number = sum(isinstance(node, Step) for node in nodes) + 1
            nodes.append(draw(_steps(f"{key}/s{number}" if key else f"s{number}")))
    return Sequence(key=key, nodes=tuple(nodes))


@st.composite
def _steps(draw: st.DrawFn, key: str) -> Step:
    return Step(
        key=key,
        service=draw(SERVICES),
        inputs=draw(st.dictionaries(NAMES, SOURCES, max_size=3)),
        outputs=draw(st.dictionaries(NAMES, IDS, max_size=3)),
        filled=draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "serviceID": st.just("") | IDS,
                    "sessionToken": st.sampled_from(["", "sessionToken"]),
                },
            )
        ),
        status_id=draw(st.just("") | IDS),
        name=draw(TEXTS),
    )


def _unknown(body: Sequence) -> st.SearchStrategy[tuple[Unknown, ...]]:
    keys = [step.key for step in Document(uri="#x", body=body).steps]
    piece = st.one_of(
        st.builds(Unknown, place=st.sampled_from(["", *keys]), name=st.just("@x"), text=TEXTS),
        st.builds(
            Unknown,
            place=st.sampled_from(["", "services", *keys]),
            name=st.just("note"),
            text=st.just('<note xmlns="urn:else" a="1"> <b></b>\n</note>'),
        ),
        st.builds(Unknown, place=st.just("sequence"), name=st.just("#text"), text=st.just("hm")),
    )
    unique = st.lists(piece, max_size=3, unique_by=lambda one: (one.place, one.name))
    rank = {"@": 0, "#": 2}
    return unique.map(
        lambda all_: tuple(sorted(all_, key=lambda u: (u.place, rank.get(u.name[0], 1))))
    )


@st.composite
def documents(draw: st.DrawFn) -> Document:
    body = draw(_bodies())
    return Document(
        uri=draw(NAMES.map(lambda name: f"http://company/workflow/{name}.owl#{name}")),
        inputs=tuple(draw(st.lists(st.builds(DocumentInput, name=NAMES, id=IDS), max_size=3))),
        outputs=tuple(draw(st.lists(st.builds(DocumentOutput, name=NAMES, id=IDS), max_size=3))),
        filled=(DocumentInput(name="sessionToken", id="sessionToken"),),
        body=body,
        title=draw(TEXTS),
        description=draw(TEXTS),
        unknown=draw(_unknown(body)),
    )


@given(documents())
def test_what_is_written_is_read_back_the_same(document: Document) -> None:
    assert read(write(document)) == document


@given(documents())
def test_a_reader_that_ignores_what_is_ours_sees_the_old_format(document: Document) -> None:
    root = etree.fromstring(write(document))
    plain = {"workflow", "input", "output", "services", "sequence", "service"}
    known = {"URI", "ID"}

    for element in root.iter("*"):
        if not element.tag.startswith("{"):
            assert element.tag in plain
            own = {name for name in element.attrib if not str(name).startswith(f"{{{NAMESPACE}}}")}
            assert own <= known | {"x"}
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
