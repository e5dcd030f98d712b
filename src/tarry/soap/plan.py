"""The compiled plan of a remote operation: all that a call needs, with no WSDL at hand.

It is plain data, so that the catalogue can store it, and it compiles itself on first use.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tarry.contract.errors import UnknownPort
from tarry.contract.kinds import Kind
from tarry.contract.ports import from_json, to_json
from tarry.soap.layout import Layout, RequestWriter
from tarry.soap.schema import Element, Record, WireValue

FORMAT = 1
"""The version of the JSON form; what holds another one is read from its WSDL again."""


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
    def _writer(self) -> RequestWriter:
        return RequestWriter(
            self.inputs,
            self.request,
            wrapper=self.request_tag,
            encoded=self.encoded,
            soap12=self.soap12,
        )

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
