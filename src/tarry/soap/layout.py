"""How a request stands on the wire, and the writer that is compiled from that."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tarry.contract.errors import MissingValue, UnknownPort
from tarry.contract.lists import read_list
from tarry.soap import xml
from tarry.soap.envelope import SOAP11, SOAP12, XSI
from tarry.soap.errors import BadArgument, UnwritableText
from tarry.soap.schema import Element, WireValue

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


def from_text(element: Element, text: str) -> WireValue:
    """Give an input as the wire wants it: records and lists are written as JSON in workflows.

    Raises:
        BadArgument: it is a record or a list, and the text is no JSON.
    """
    if element.record is None and not element.repeated:
        return text
    wanted = "a list, as JSON" if element.repeated else "a record, as JSON"
    try:
        value = read_list(text) if element.record is None else _wire_value(json.loads(text))
    except (ValueError, RecursionError):
        raise BadArgument(port=element.name, wanted=wanted) from None
    if isinstance(value, str) or (isinstance(value, Mapping) == element.repeated):
        raise BadArgument(port=element.name, wanted=wanted)
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


class RequestWriter:
    """The compiled form of a request: bytes around the values."""

    def __init__(
        self,
        inputs: Sequence[Element],
        layouts: Sequence[Layout],
        *,
        wrapper: str,
        encoded: bool,
        soap12: bool,
    ) -> None:
        """Compile.

        Args:
            inputs: what is written, in order.
            layouts: how each of them is.
            wrapper: `{namespace}name` of the element around them; empty if there is none.
            encoded: SOAP encoding.
            soap12: the envelope is of SOAP 1.2.
        """
        self._prefixes: dict[str, str] = {}
        self._plan = [
            self._compile(element, layout) for element, layout in zip(inputs, layouts, strict=True)
        ]
        name = self._name(wrapper) if wrapper else ""
        encoding = f' soap:encodingStyle="{_ENCODING}"' if encoded else ""
        declared = "".join(
            f' xmlns:{prefix}="{_attribute(space)}"' for space, prefix in self._prefixes.items()
        )
        envelope = SOAP12 if soap12 else SOAP11
        opening = f"<{name}{encoding}>" if name else ""
        closing = f"</{name}>" if name else ""
        self._head = (
            f'<?xml version="1.0" encoding="utf-8"?>\n<soap:Envelope xmlns:soap="{envelope}"'
            f' xmlns:xsi="{XSI}"{declared}><soap:Body>{opening}'
        ).encode()
        self._tail = f"{closing}</soap:Body></soap:Envelope>".encode()

    def write(self, arguments: Mapping[str, WireValue]) -> bytes:
        """Give the envelope.

        Raises:
            UnknownPort, MissingValue, BadArgument, UnwritableText: each names the argument.
        """
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
        if value is None and self.element.port.default is not None:
            value = from_text(self.element, self.element.port.default)
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
