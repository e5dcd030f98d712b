"""Writes the WSDL 1.1 (document/literal wrapped) of an interface.

Source: CONTRACT §3: each shape here is one that suds, zeep, wsimport, gSOAP and node's `soap` read.
"""

import re
from collections.abc import Sequence

from lxml import etree

from tarry.contract.ports import Port, PortType
from tarry.contract.words import rule_words
from tarry.soap.errors import BadInterface
from tarry.soap.schema import FAULT_ELEMENT, XSD_TYPES, Element, Interface, Operation, Record

WSDL = "http://schemas.xmlsoap.org/wsdl/"
WSDL_SOAP11 = "http://schemas.xmlsoap.org/wsdl/soap/"
XSD = "http://www.w3.org/2001/XMLSchema"
MARKS = "urn:tarry:description:1"
"""The namespace of what Tarry says about operations and ports beyond XML Schema."""

RULES = "urn:tarry:rules"
"""The source of documentation that says in words what the marks say."""

_TOLD = frozenset({PortType.TEXT, PortType.FILE, PortType.FOLDER, PortType.SECRET, PortType.CHOICE})
_HTTP = "http://schemas.xmlsoap.org/soap/http"
# Signs that mean the same in our patterns and in XML Schema; what holds others is only a mark.
_PORTABLE_PATTERN = re.compile(
    r"(?:[A-Za-z0-9 _/:;,@%&=!~<>'\"-]|\\[dws.+*?()\[\]{}|\\/-]|\[(?!\^?\])[^\[\]&^~]*\]|[.|)]"
    r"|\((?!\?)|[+*?](?![+?])|\{[0-9]+(?:,[0-9]*)?\}(?![+?]))*"
)


def wsdl(interface: Interface, address: str) -> bytes:
    """Describe an interface that is served at an address.

    Raises:
        BadInterface: a text in it cannot stand in XML.
    """
    try:
        root = _definitions(interface, address)
    except ValueError as error:
        raise BadInterface(interface=interface.name, reason=str(error)) from error
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _definitions(interface: Interface, address: str) -> etree._Element:
    root = etree.Element(
        _w("definitions"),
        {"name": interface.name, "targetNamespace": interface.namespace},
        nsmap={
            "wsdl": WSDL,
            "soap": WSDL_SOAP11,
            "xs": XSD,
            "tns": interface.namespace,
            "t": MARKS,
        },
    )
    _document(root, _w("documentation"), interface.documentation)
    _schema(etree.SubElement(root, _w("types")), interface)
    _messages(root, interface)
    _port_type(root, interface)
    _binding(root, interface)
    service = _child(root, _w("service"), name=interface.name)
    port = _child(
        service,
        _w("port"),
        name=f"{interface.name}Port",
        binding=f"tns:{interface.name}Binding",
    )
    _child(port, _s("address"), location=address)
    return root


def _schema(types: etree._Element, interface: Interface) -> None:
    schema = _child(
        types,
        _x("schema"),
        targetNamespace=interface.namespace,
        elementFormDefault="qualified" if interface.qualified else "unqualified",
    )
    for record in interface.records().values():
        _record(schema, record)
    for operation in interface.operations:
        shared = {e.name for e in operation.inputs} & {e.name for e in operation.outputs}
        _request(schema, operation, interface, shared)
        response = _child(schema, _x("element"), name=f"{operation.name}Response")
        form = _form(interface, interface.qualified_outputs)
        _sequence(response, operation.outputs, form=form, plain=shared, defaults=False)
    fault = _child(schema, _x("element"), name=FAULT_ELEMENT)
    sequence = _child(_child(fault, _x("complexType")), _x("sequence"))
    for name in ("code", "message"):
        _child(sequence, _x("element"), name=name, type="xs:string")


def _request(
    schema: etree._Element, operation: Operation, interface: Interface, shared: set[str]
) -> None:
    request = _child(schema, _x("element"), name=operation.name)
    marks = {}
    if operation.kind is not None:
        marks["kind"] = operation.kind.value
    if operation.repeatable:
        marks["repeatable"] = "true"
    if operation.at_most_once:
        marks["at-most-once"] = "true"
    if marks or operation.documentation:
        annotation = etree.SubElement(request, _x("annotation"))
        _document(annotation, _x("documentation"), operation.documentation)
        if marks:
            _child(etree.SubElement(annotation, _x("appinfo")), _t("operation"), **marks)
    form = _form(interface, interface.qualified_inputs)
    _sequence(request, operation.inputs, form=form, plain=shared, defaults=True)


def _form(interface: Interface, qualified: bool) -> dict[str, str]:
    """The attribute that an element needs to differ from the schema's default."""
    if qualified == interface.qualified:
        return {}
    return {"form": "qualified" if qualified else "unqualified"}


def _record(schema: etree._Element, record: Record) -> None:
    complex_type = _child(schema, _x("complexType"), name=record.name)
    sequence = etree.SubElement(complex_type, _x("sequence"))
    for field in record.fields:
        _element(sequence, field, form={}, facets=True, defaults=False)


def _sequence(
    parent: etree._Element,
    children: Sequence[Element],
    *,
    form: dict[str, str],
    plain: set[str],
    defaults: bool,
) -> None:
    sequence = etree.SubElement(etree.SubElement(parent, _x("complexType")), _x("sequence"))
    for child in children:
        # wsimport makes one parameter of an input and an output of the same name: facets, which
        # may differ, would give it two types.
        facets = child.name not in plain
        _element(sequence, child, form=form, facets=facets, defaults=defaults)


def _element(
    sequence: etree._Element,
    child: Element,
    *,
    form: dict[str, str],
    facets: bool,
    defaults: bool,
) -> None:
    port = child.port
    node = _child(sequence, _x("element"), name=child.name, **form)
    # minOccurs alone says optional: with nillable, Java getters become JAXBElement<T>
    # an answer may always hold an empty list, a request only if the list is not required
    empty = child.repeated and not (port.many and defaults)
    if empty or not port.required or (defaults and port.default is not None):
        node.set("minOccurs", "0")
    if child.repeated:
        node.set("maxOccurs", "unbounded")
    if defaults and port.default is not None and child.record is None and not child.repeated:
        node.set("default", port.default)
    _port_marks(node, port)
    if child.record is not None:
        node.set("type", f"tns:{child.record.name}")
        return
    base = f"xs:{XSD_TYPES[port.type]}"
    found = _facets(port) if facets else []
    if not found:
        node.set("type", base)
        return
    simple = etree.SubElement(node, _x("simpleType"))
    restriction = _child(simple, _x("restriction"), base=base)
    for name, value in found:
        _child(restriction, _x(name), value=value)


def _facets(port: Port) -> list[tuple[str, str]]:
    # gSOAP sends the values of an enumeration as they are: with markup in them it would send no XML
    choices = () if any(set(choice) & {"&", "<"} for choice in port.choices) else port.choices
    found = [("enumeration", choice) for choice in choices]
    for name, limit in (("minInclusive", port.minimum), ("maxInclusive", port.maximum)):
        if limit is None:
            continue
        if port.type is PortType.DECIMAL:
            found.append((name, format(limit, "f")))
        elif limit == limit.to_integral_value():  # no other is valid for a whole number
            found.append((name, str(int(limit))))
    if port.pattern and _PORTABLE_PATTERN.fullmatch(port.pattern):
        found.append(("pattern", port.pattern))
    return found


def _port_marks(node: etree._Element, port: Port) -> None:
    marks = {
        "title": port.title,
        "unit": port.unit,
        "pattern": port.pattern,
        "accept": " ".join(port.accept),
    }
    if port.minimum is not None:
        marks["minimum"] = str(port.minimum)
    if port.maximum is not None:
        marks["maximum"] = str(port.maximum)
    if port.step is not None:
        marks["step"] = str(port.step)
    if port.advanced:
        marks["advanced"] = "true"
    marks = {name: mark for name, mark in marks.items() if mark}
    if port.default is not None:
        marks["default"] = port.default
    told = port.type in _TOLD
    rules = rule_words(port)
    if not marks and not told and not port.description and not rules:
        return
    annotation = etree.SubElement(node, _x("annotation"))
    _document(annotation, _x("documentation"), port.description)
    if rules:  # apart from what the author wrote, so that it can be told from it again
        _child(annotation, _x("documentation"), source=RULES).text = rules
    if marks or told:
        app_info = etree.SubElement(annotation, _x("appinfo"))
        mark = _child(app_info, _t("port"), type=port.type.value, **marks)
        for choice in port.choices:
            etree.SubElement(mark, _t("choice")).text = choice


def _messages(root: etree._Element, interface: Interface) -> None:
    messages = {op.name: op.name for op in interface.operations}
    messages |= {f"{op.name}Response": f"{op.name}Response" for op in interface.operations}
    messages[FAULT_ELEMENT] = FAULT_ELEMENT
    for name, element in messages.items():
        part = "fault" if name == FAULT_ELEMENT else "parameters"
        message = _child(root, _w("message"), name=name)
        _child(message, _w("part"), name=part, element=f"tns:{element}")


def _port_type(root: etree._Element, interface: Interface) -> None:
    port_type = _child(root, _w("portType"), name=f"{interface.name}PortType")
    for operation in interface.operations:
        node = _child(port_type, _w("operation"), name=operation.name)
        _document(node, _w("documentation"), operation.documentation)
        _child(node, _w("input"), message=f"tns:{operation.name}")
        _child(node, _w("output"), message=f"tns:{operation.name}Response")
        _child(node, _w("fault"), name=FAULT_ELEMENT, message=f"tns:{FAULT_ELEMENT}")


def _binding(root: etree._Element, interface: Interface) -> None:
    binding = _child(
        root,
        _w("binding"),
        name=f"{interface.name}Binding",
        type=f"tns:{interface.name}PortType",
    )
    _child(binding, _s("binding"), style="document", transport=_HTTP)
    for operation in interface.operations:
        node = _child(binding, _w("operation"), name=operation.name)
        _child(node, _s("operation"), soapAction=operation.name, style="document")
        _child(etree.SubElement(node, _w("input")), _s("body"), use="literal")
        _child(etree.SubElement(node, _w("output")), _s("body"), use="literal")
        fault = _child(node, _w("fault"), name=FAULT_ELEMENT)
        _child(fault, _s("fault"), name=FAULT_ELEMENT, use="literal")


def _child(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, tag, attributes)


def _document(parent: etree._Element, tag: str, text: str) -> None:
    if text:
        etree.SubElement(parent, tag).text = text


def _w(name: str) -> str:
    return f"{{{WSDL}}}{name}"


def _s(name: str) -> str:
    return f"{{{WSDL_SOAP11}}}{name}"


def _x(name: str) -> str:
    return f"{{{XSD}}}{name}"


def _t(name: str) -> str:
    return f"{{{MARKS}}}{name}"
