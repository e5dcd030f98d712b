"""An interface that some client could not understand is refused before it is served."""

from collections.abc import Sequence

import pytest
from lxml import etree

from tarry.contract.ports import Port, PortType
from tarry.soap.describe import wsdl
from tarry.soap.errors import BadInterface
from tarry.soap.schema import Element, Interface, Operation, Record, elements


def interface(*operations: Operation, name: str = "X", namespace: str = "urn:x") -> Interface:
    return Interface(name=name, namespace=namespace, operations=operations)


def operation(
    name: str = "go", inputs: Sequence[Element] = (), outputs: Sequence[Element] = ()
) -> Operation:
    return Operation(name=name, inputs=tuple(inputs), outputs=tuple(outputs))


def record(*names: str) -> Element:
    fields = elements(*(Port(name=name) for name in names))
    return Element(port=Port(name="r"), record=Record(name="R", fields=fields))


def test_a_good_interface_is_taken() -> None:
    found = interface(operation(inputs=[record("a")], outputs=elements(Port(name="b"))))
    assert list(found.records()) == ["R"]


@pytest.mark.parametrize(
    ("name", "namespace"), [("1x", "urn:x"), ("a b", "urn:x"), ("x", ""), ("x", "urn: x")]
)
def test_names_and_namespaces_must_fit_xml(name: str, namespace: str) -> None:
    with pytest.raises(BadInterface):
        interface(operation(), name=name, namespace=namespace)


@pytest.mark.parametrize(
    "operations",
    [
        [operation(), operation()],
        [operation("ServiceFault")],
        [operation("go"), operation("goResponse")],
        [operation(inputs=elements(Port(name="a"), Port(name="a")))],
        [operation(inputs=elements(Port(name="a-ö")))],
        [
            operation(
                inputs=elements(Port(name="a")),
                outputs=elements(Port(name="a", type=PortType.INTEGER)),
            )
        ],
        [operation(inputs=[record("a")], outputs=[record("b")])],
        [operation(inputs=[record("a", "a")])],
    ],
    ids=[
        "operation twice",
        "fault's name",
        "answer's name",
        "input twice",
        "no name",
        "two types",
        "two records",
        "field twice",
    ],
)
def test_what_clients_cannot_tell_apart_is_refused(operations: list[Operation]) -> None:
    with pytest.raises(BadInterface):
        interface(*operations)


def test_a_text_that_xml_cannot_carry_is_refused_with_the_name_of_the_interface() -> None:
    bad = interface(operation(inputs=elements(Port(name="a", title="bell \x07"))))
    with pytest.raises(BadInterface, match="X"):
        wsdl(bad, "http://localhost/x")


def test_optional_elements_use_min_occurs_and_never_nillable() -> None:
    ports = (Port(name="a", required=False), Port(name="b", default="1"), Port(name="c"))
    raw = wsdl(interface(operation(inputs=elements(*ports))), "http://localhost/x")
    assert b"nillable" not in raw
    space = "{http://www.w3.org/2001/XMLSchema}"
    declared = etree.fromstring(raw).iterfind(f".//{space}element[@name='go']//{space}element")
    assert {e.get("name"): e.get("minOccurs") for e in declared} == {"a": "0", "b": "0", "c": None}
