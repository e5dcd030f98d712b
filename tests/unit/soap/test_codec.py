"""Whatever is written is read back the same: answers, requests, escapes, stored plans."""

import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.soap import xml
from tarry.soap.answers import read_answer
from tarry.soap.codec import Reader
from tarry.soap.envelope import AnswerWriter, open_request
from tarry.soap.layout import Layout
from tarry.soap.plan import RemoteOperation
from tarry.soap.schema import Element, Record, WireValue

NAMESPACE = "urn:codec"
# what XML 1.0 can carry
TEXTS = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\ufffe\uffff").filter(
        lambda sign: sign in "\t\n\r" or ord(sign) >= 0x20
    ),
    max_size=40,
)
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True)


def _plain(name: str, *, repeated: bool, required: bool) -> Element:
    port = Port(name=name, type=PortType.TEXT, required=required and not repeated)
    return Element(port=port, repeated=repeated)


@st.composite
def shapes(draw: st.DrawFn, depth: int = 0) -> tuple[Element, ...]:
    names = draw(st.lists(NAMES, unique=True, max_size=5))
    found: list[Element] = []
    for name in names:
        repeated, required = draw(st.booleans()), draw(st.booleans())
        if depth < 2 and draw(st.integers(0, 3)) == 0:
            record = Record(name="R", fields=draw(shapes(depth + 1)))
            port = Port(name=name, required=required and not repeated)
            found.append(Element(port=port, record=record, repeated=repeated))
        else:
            found.append(_plain(name, repeated=repeated, required=required))
    return tuple(found)


@st.composite
def values(draw: st.DrawFn, elements: tuple[Element, ...]) -> dict[str, WireValue]:
    found: dict[str, WireValue] = {}
    for element in elements:
        one: st.SearchStrategy[Any] = TEXTS
        if element.record is not None:
            one = values(element.record.fields)
        if element.repeated:
            found[element.name] = draw(st.lists(one, max_size=3))
        elif element.port.required or draw(st.booleans()):
            found[element.name] = draw(one)
    return found


@st.composite
def messages(draw: st.DrawFn) -> tuple[tuple[Element, ...], dict[str, WireValue]]:
    elements = draw(shapes())
    return elements, draw(values(elements))


def layout(element: Element, *, qualified: bool) -> Layout:
    tag = f"{{{NAMESPACE}}}{element.name}" if qualified else element.name
    children = element.record.fields if element.record else ()
    return Layout(
        tag=tag,
        optional=not element.port.required,
        children=tuple(layout(child, qualified=qualified) for child in children),
    )


def remote(elements: tuple[Element, ...], *, qualified: bool) -> RemoteOperation:
    return RemoteOperation(
        name="op",
        inputs=elements,
        outputs=elements,
        address="http://localhost/x",
        request_tag=f"{{{NAMESPACE}}}op",
        request=tuple(layout(element, qualified=qualified) for element in elements),
    )


@given(messages(), st.booleans())
def test_an_answer_is_read_as_it_was_written(
    message: tuple[tuple[Element, ...], dict[str, WireValue]], qualified: bool
) -> None:
    elements, outputs = message
    writer = AnswerWriter("op", elements, NAMESPACE, qualified=qualified, fields=qualified)
    raw = writer.write(outputs)
    operation = remote(elements, qualified=qualified)
    assert read_answer(operation, 200, "text/xml; charset=utf-8", raw) == outputs


@given(messages(), st.booleans())
def test_a_request_is_read_as_it_was_written(
    message: tuple[tuple[Element, ...], dict[str, WireValue]], qualified: bool
) -> None:
    elements, inputs = message
    raw = remote(elements, qualified=qualified).write_request(inputs)
    assert Reader(elements, NAMESPACE).read(open_request(raw)) == inputs


@given(TEXTS)
def test_a_text_comes_through_xml_unharmed(text: str) -> None:
    assert xml.can_carry(text)
    found = xml.parse(b"<a>" + xml.escape(text) + b"</a>")
    assert (found.text or "") == text


@given(st.text(st.characters(), max_size=40))
def test_any_text_at_all_makes_well_formed_xml(text: str) -> None:
    found = xml.parse(b"<a>" + xml.escape(text) + b"</a>").text or ""
    assert len(found) == len(text)
    assert xml.can_carry(text) == (found == text)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_parser_but_by_its_own_error(raw: bytes) -> None:
    with suppress(xml.UnsafeXml):
        assert isinstance(xml.parse(raw), etree._Element)


@given(messages(), st.sampled_from([None, *Kind]), st.booleans())
def test_a_plan_survives_being_stored(
    message: tuple[tuple[Element, ...], dict[str, WireValue]], kind: Kind | None, flag: bool
) -> None:
    elements, inputs = message
    operation = RemoteOperation(
        **{**vars(remote(elements, qualified=True)), "kind": kind, "repeatable": flag}
    )
    stored = RemoteOperation.from_json(json.loads(json.dumps(operation.to_json())))
    assert stored == operation
    assert stored.write_request(inputs) == operation.write_request(inputs)
