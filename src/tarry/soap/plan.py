"""The compiled plan of a remote operation: all that a call needs, with no WSDL at hand.

It is plain data, so that the catalogue can store it, and it compiles itself on first use.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tarry.contract.errors import MissingValue, UnknownPort
from tarry.contract.kinds import Kind
from tarry.contract.ports import from_json, to_json
from tarry.soap import xml
from tarry.soap.envelope import SOAP11, SOAP12, XSI
from tarry.soap.errors import BadArgument, UnwritableText
from tarry.soap.schema import Element, Record, WireValue

FORMAT = 1
"""The version of the JSON form; what holds another one is read from its WSDL again."""

_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How one element stands on the wire.

    Attributes:
        tag: with its namespace, as `{namespace}name`, or a bare name.
        xsi_type: `{namespace}name` of its type, where the style wants it told; else empty.
        nillable: its absence may be told with `xsi:nil`.
        optional: it may be left out.
        children: of a record, in the order of its fields.
    """

    tag: str
    xsi_type: str = ""
    nillable: bool = False
    optional: bool = False
    children: tuple["Layout", ...] = ()


@dataclass(frozen=True, kw_only=True)
class RemoteOperation:
    """An operation of somebody's service, ready to be called.

    Attributes:
        inputs: in the order of the WSDL.
        address: where requests go.
        wsdl_url: where it was read.
        port: names of the service and port in the WSDL.
        request_tag: the wrapper around the inputs; empty if the request is one bare element.
        response_bare: the answer's element is itself the one output.
        response_arrays: outputs that are SOAP-encoded arrays, whose items are their children.
        needs_serialiser: the plan cannot say the request (choice, any, attributes): zeep does.
        encoded: SOAP encoding, whose answers may point from one element to another.
    """

    name: str
    inputs: tuple[Element, ...]
    outputs: tuple[Element, ...]
    documentation: str = ""
    kind: Kind | None = None
    repeatable: bool = False
    at_most_once: bool = False
    address: str
    soap_action: str = ""
    soap12: bool = False
    wsdl_url: str = ""
    port: tuple[str, str] = ("", "")
    request_tag: str = ""
    request: tuple[Layout, ...] = ()
    response_bare: bool = False
    response_arrays: tuple[str, ...] = ()
    encoded: bool = False
    needs_serialiser: bool = False

    @cached_property
    def http_headers(self) -> dict[str, str]:
        """The headers that a request must carry."""
        if self.soap12:
            action = f'; action="{self.soap_action}"' if self.soap_action else ""
            return {"Content-Type": f"application/soap+xml; charset=utf-8{action}"}
        return {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{self.soap_action}"'}

    def has_input(self, name: str) -> bool:
        """Whether it takes an input of this name."""
        return name in self._by_name

    def input(self, name: str) -> Element | None:
        """The input of this name."""
        return self._by_name.get(name)

    def write_request(self, arguments: Mapping[str, WireValue]) -> bytes:
        """Give the envelope of a call.

        Raises:
            UnknownPort, MissingValue, BadArgument, UnwritableText: each names the argument.
        """
        self.check_names(arguments)
        return self._writer.write(arguments)

    def check_names(self, arguments: Mapping[str, WireValue]) -> None:
        """Refuse arguments that the operation does not have.

        Raises:
            UnknownPort: it names the argument and those that there are.
        """
        for name in arguments:
            if name not in self._by_name:
                raise UnknownPort(port=name, known=", ".join(self._by_name) or "none")

    @cached_property
    def _by_name(self) -> dict[str, Element]:
        return {element.name: element for element in self.inputs}

    @cached_property
    def _writer(self) -> "_RequestWriter":
        return _RequestWriter(self)

    def to_json(self) -> dict[str, Any]:
        """Give JSON-ready data; what is at its default is left out."""
        plain = {
            "name": self.name,
            "documentation": self.documentation,
            "kind": self.kind.value if self.kind else "",
            "repeatable": self.repeatable,
            "at_most_once": self.at_most_once,
            "address": self.address,
            "soap_action": self.soap_action,
            "soap12": self.soap12,
            "wsdl_url": self.wsdl_url,
            "port": list(self.port),
            "request_tag": self.request_tag,
            "response_bare": self.response_bare,
            "response_arrays": list(self.response_arrays),
            "encoded": self.encoded,
            "needs_serialiser": self.needs_serialiser,
            "inputs": [_element_to_json(element) for element in self.inputs],
            "outputs": [_element_to_json(element) for element in self.outputs],
            "request": [_layout_to_json(layout) for layout in self.request],
        }
        return {key: value for key, value in plain.items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "RemoteOperation":
        """Read what `to_json` gave."""
        known = dict(data)
        known["kind"] = Kind(known["kind"]) if known.get("kind") else None
        known["port"] = tuple(known.get("port", ("", "")))
        known["response_arrays"] = tuple(known.get("response_arrays", ()))
        for side in ("inputs", "outputs"):
            known[side] = tuple(_element_from_json(item) for item in known.get(side, ()))
        known["request"] = tuple(_layout_from_json(item) for item in known.get("request", ()))
        return cls(**known)


def from_text(operation: RemoteOperation, name: str, text: str) -> WireValue:
    """Give an input as the wire wants it: records and lists are written as JSON in workflows.

    Raises:
        BadArgument: it is a record or a list, and the text is no JSON.
    """
    element = operation.input(name)
    if element is None or (element.record is None and not element.repeated):
        return text
    wanted = "a list, as JSON" if element.repeated else "a record, as JSON"
    try:
        value = _wire_value(json.loads(text))
    except ValueError:
        raise BadArgument(port=name, wanted=wanted) from None
    if isinstance(value, str) or (isinstance(value, Mapping) == element.repeated):
        raise BadArgument(port=name, wanted=wanted)
    return value


def _wire_value(value: object) -> WireValue:
    match value:
        case dict():
            return {str(key): _wire_value(item) for key, item in value.items() if item is not None}
        case list():
            return [_wire_value(item) for item in value]
        case bool():
            return "true" if value else "false"
        case None:
            return ""
        case _:
            return str(value)


class _RequestWriter:
    """The compiled form of a request: bytes around the values."""

    def __init__(self, operation: RemoteOperation) -> None:
        self._prefixes: dict[str, str] = {}
        self._plan = [
            self._compile(element, layout)
            for element, layout in zip(operation.inputs, operation.request, strict=True)
        ]
        wrapper = self._name(operation.request_tag) if operation.request_tag else ""
        encoding = f' soap:encodingStyle="{_ENCODING}"' if operation.encoded else ""
        declared = "".join(
            f' xmlns:{prefix}="{_attribute(space)}"' for space, prefix in self._prefixes.items()
        )
        envelope = SOAP12 if operation.soap12 else SOAP11
        opening = f"<{wrapper}{encoding}>" if wrapper else ""
        closing = f"</{wrapper}>" if wrapper else ""
        self._head = (
            f'<?xml version="1.0" encoding="utf-8"?>\n<soap:Envelope xmlns:soap="{envelope}"'
            f' xmlns:xsi="{XSI}"{declared}><soap:Body>{opening}'
        ).encode()
        self._tail = f"{closing}</soap:Body></soap:Envelope>".encode()

    def write(self, arguments: Mapping[str, WireValue]) -> bytes:
        pieces = [self._head]
        for part in self._plan:
            part.write(arguments.get(part.name), pieces)
        pieces.append(self._tail)
        return b"".join(pieces)

    def _compile(self, element: Element, layout: Layout) -> "_Part":
        name = self._name(layout.tag)
        told = f' xsi:type="{self._name(layout.xsi_type)}"' if layout.xsi_type else ""
        fields = element.record.fields if element.record else ()
        return _Part(
            element=element,
            layout=layout,
            opening=f"<{name}{told}>".encode(),
            closing=f"</{name}>".encode(),
            nil=f'<{name} xsi:nil="true"/>'.encode(),
            children=tuple(
                self._compile(field, child)
                for field, child in zip(fields, layout.children, strict=True)
            ),
        )

    def _name(self, tag: str) -> str:
        space, brace, name = tag.rpartition("}")
        if not brace:
            return tag
        prefix = self._prefixes.setdefault(space[1:], f"n{len(self._prefixes)}")
        return f"{prefix}:{name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    element: Element
    layout: Layout
    opening: bytes
    closing: bytes
    nil: bytes
    children: tuple["_Part", ...]

    @property
    def name(self) -> str:
        return self.element.name

    def write(self, value: WireValue | None, pieces: list[bytes]) -> None:
        if value is None:
            value = self.element.port.default
        if value is None:
            self._write_absent(pieces)
        elif self.element.repeated:
            if isinstance(value, str | Mapping):
                raise BadArgument(port=self.name, wanted="a list")
            for item in value:
                self._write_one(item, pieces)
        else:
            self._write_one(value, pieces)

    def _write_absent(self, pieces: list[bytes]) -> None:
        if self.layout.optional or self.element.repeated:
            return
        if not self.layout.nillable:
            raise MissingValue(port=self.name)
        pieces.append(self.nil)

    def _write_one(self, value: WireValue, pieces: list[bytes]) -> None:
        pieces.append(self.opening)
        if self.element.record is not None:
            if not isinstance(value, Mapping):
                raise BadArgument(port=self.name, wanted="a record")
            known = {child.name for child in self.children}
            for name in value:
                if name not in known:
                    raise UnknownPort(port=f"{self.name}.{name}", known=", ".join(known))
            for child in self.children:
                child.write(value.get(child.name), pieces)
        elif isinstance(value, str):
            raw = xml.escape(value)
            if len(raw) != len(value) and not xml.can_carry(value):
                raise UnwritableText(port=self.name)
            pieces.append(raw)
        else:
            raise BadArgument(port=self.name, wanted="a plain value")
        pieces.append(self.closing)


def _attribute(text: str) -> str:
    return xml.escape(text).decode().replace('"', "&quot;")


def _element_to_json(element: Element) -> dict[str, Any]:
    found: dict[str, Any] = {"port": to_json(element.port)}
    if element.repeated:
        found["repeated"] = True
    if element.record is not None:
        found["record"] = {
            "name": element.record.name,
            "fields": [_element_to_json(field) for field in element.record.fields],
        }
    return found


def _element_from_json(data: Mapping[str, Any]) -> Element:
    record = None
    if "record" in data:
        fields = tuple(_element_from_json(item) for item in data["record"]["fields"])
        record = Record(name=data["record"]["name"], fields=fields)
    return Element(
        port=from_json(data["port"]), record=record, repeated=bool(data.get("repeated", False))
    )


def _layout_to_json(layout: Layout) -> dict[str, Any]:
    plain = {
        "tag": layout.tag,
        "xsi_type": layout.xsi_type,
        "nillable": layout.nillable,
        "optional": layout.optional,
        "children": [_layout_to_json(child) for child in layout.children],
    }
    return {key: value for key, value in plain.items() if value}


def _layout_from_json(data: Mapping[str, Any]) -> Layout:
    known = dict(data)
    known["children"] = tuple(_layout_from_json(child) for child in known.get("children", ()))
    return Layout(**known)
