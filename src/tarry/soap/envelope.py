"""The envelope codec of the server: requests to values, values to answers, errors to faults.

Everything that can be known beforehand is compiled once per interface; a call costs one parse, one
pass over the arguments and one join of bytes.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import chain

from lxml import etree

from tarry.contract import ports
from tarry.contract.errors import CALLERS_FAULT, MissingValue, TarryError, UnknownPort
from tarry.contract.ports import PortType
from tarry.soap import xml
from tarry.soap.errors import (
    MalformedRequest,
    NestedElement,
    NotUnderstood,
    RepeatedElement,
    VersionMismatch,
)
from tarry.soap.schema import FAULT_ELEMENT, Element, WireValue

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

_ENVELOPE = f"{{{SOAP11}}}Envelope"
_BODY = f"{{{SOAP11}}}Body"
_HEADER = f"{{{SOAP11}}}Header"
_MUST_UNDERSTAND = f"{{{SOAP11}}}mustUnderstand"
_NIL = f"{{{XSI}}}nil"

_HEAD = f'<?xml version="1.0" encoding="utf-8"?>\n<soap:Envelope xmlns:soap="{SOAP11}"><soap:Body>'
_TAIL = "</soap:Body></soap:Envelope>"


def open_request(raw: bytes) -> etree._Element:
    """Find the element that names the operation.

    Raises:
        MalformedRequest: it is no SOAP 1.1 envelope with one element in its body.
    """
    try:
        envelope = xml.parse(raw)
    except xml.UnsafeXml as error:
        raise MalformedRequest(reason=str(error)) from None
    if envelope.tag != _ENVELOPE:
        if xml.local_name(envelope.tag) == "Envelope":
            raise VersionMismatch(reason=f"its namespace must be {SOAP11}")
        raise MalformedRequest(reason=f"{envelope.tag} is no SOAP envelope")
    body = None
    for part in envelope:
        if part.tag == _BODY:
            body = part
        elif part.tag == _HEADER:
            _check_headers(part)
    if body is None or len(body) == 0:
        raise MalformedRequest(reason="the envelope holds no operation")
    return body[0]


def _check_headers(header: etree._Element) -> None:
    for entry in header:
        if entry.get(_MUST_UNDERSTAND, "0").strip() in {"1", "true"}:
            raise NotUnderstood(reason=entry.tag)


class Reader:
    """Reads the children of one element into checked values; order does not matter."""

    def __init__(self, expected: Sequence[Element], namespace: str) -> None:
        self._by_tag = {
            tag: element
            for element in expected
            for tag in (element.name, f"{{{namespace}}}{element.name}")
        }
        self._by_name = {element.name: element for element in expected}
        self._plain = tuple(e.port for e in expected if e.record is None and not e.repeated)
        self._other = tuple(e for e in expected if e.record is not None or e.repeated)
        self._records = {
            e.name: Reader(e.record.fields, namespace) for e in expected if e.record is not None
        }

    def read(self, parent: etree._Element) -> dict[str, WireValue]:
        """Read and check; defaults are filled in.

        Raises:
            UnknownPort, MissingValue, InvalidValue, RepeatedElement, NestedElement: each names
                the argument.
        """
        plain: dict[str, str] = {}
        rich: dict[str, list[WireValue]] = {}
        by_tag = self._by_tag
        for child in parent:
            element = by_tag.get(child.tag) or self._by_local_name(child)
            name = element.name
            if element.record is not None or element.repeated:
                self._read_rich(child, element, rich)
                continue
            if name in plain:
                raise RepeatedElement(port=name)
            if len(child):
                raise NestedElement(port=name, got=xml.local_name(child[0].tag))
            text = child.text
            if text is None:
                if child.get(_NIL) in {"true", "1"}:
                    continue
                text = ""
            plain[name] = text
        values: dict[str, WireValue] = {**ports.check(self._plain, plain)}
        if self._other:
            self._add_rich(values, rich)
        return values

    def _by_local_name(self, child: etree._Element) -> Element:
        name = xml.local_name(child.tag)
        element = self._by_name.get(name)
        if element is None:
            raise UnknownPort(port=name, known=", ".join(self._by_name) or "none")
        return element

    def _read_rich(
        self, child: etree._Element, element: Element, rich: dict[str, list[WireValue]]
    ) -> None:
        if child.get(_NIL) in {"true", "1"}:
            return
        items = rich.setdefault(element.name, [])
        if items and not element.repeated:
            raise RepeatedElement(port=element.name)
        if element.record is not None:
            items.append(self._records[element.name].read(child))
            return
        if len(child):
            raise NestedElement(port=element.name, got=xml.local_name(child[0].tag))
        text = child.text or ""
        ports.parse(element.port, text)
        items.append(text)

    def _add_rich(self, values: dict[str, WireValue], rich: dict[str, list[WireValue]]) -> None:
        for element in self._other:
            items = rich.get(element.name, [])
            if element.repeated:
                values[element.name] = items
            elif items:
                values[element.name] = items[0]
            elif element.must_be_given:
                raise MissingValue(port=element.name)


class Writer:
    """Writes values as the children of one element, in the order of the WSDL."""

    def __init__(self, expected: Sequence[Element], *, qualified: bool, fields: bool) -> None:
        """Compile.

        Args:
            expected: the children.
            qualified: whether they carry the prefix `t`.
            fields: whether fields of records do.
        """
        prefix = "t:" if qualified else ""
        self._names = frozenset(element.name for element in expected)
        self._plan = tuple(
            (
                element.name,
                element,
                f"<{prefix}{element.name}>".encode(),
                f"</{prefix}{element.name}>".encode(),
                Writer(element.record.fields, qualified=fields, fields=fields)
                if element.record
                else None,
            )
            for element in expected
        )

    def write(self, values: Mapping[str, WireValue], pieces: list[bytes]) -> None:
        """Append the children.

        Raises:
            TypeError, ValueError: the values are not what the interface promises, which is our
                mistake and not the caller's.
        """
        written = 0
        for name, element, opening, closing, record in self._plan:
            value = values.get(name)
            if value is None:
                if element.port.required and not element.repeated:
                    raise ValueError(f"the output {name} is missing")
                written += name in values
                continue
            written += 1
            if record is None and isinstance(value, str):
                pieces += (opening, xml.escape(_lexical(element, value)), closing)
                continue
            for item in self._items(element, value):
                pieces.append(opening)
                if record is None and isinstance(item, str):
                    pieces.append(xml.escape(_lexical(element, item)))
                elif record is not None and isinstance(item, Mapping):
                    record.write(item, pieces)
                else:
                    raise TypeError(f"the output {name} cannot be {type(item).__name__}")
                pieces.append(closing)
        if written != len(values):
            unknown = ", ".join(sorted(set(values) - self._names))
            raise ValueError(f"outputs that the WSDL does not declare: {unknown}")

    @staticmethod
    def _items(element: Element, value: WireValue) -> Sequence[WireValue]:
        if not element.repeated:
            return (value,)
        if isinstance(value, str | Mapping):
            raise TypeError(f"the output {element.name} must be a list")
        return value


def _lexical(element: Element, value: str) -> str:
    """Numbers with an exponent are fine for us, but are no `xs:decimal`."""
    if element.port.type is PortType.DECIMAL and "e" in value.lower():
        try:
            return format(Decimal(value), "f")
        except InvalidOperation:
            return value
    return value


class AnswerWriter:
    """Writes the whole answer of one operation."""

    def __init__(
        self,
        operation: str,
        outputs: Sequence[Element],
        namespace: str,
        *,
        qualified: bool,
        fields: bool,
    ) -> None:
        tag = f"t:{operation}Response"
        space = xml.escape(namespace).decode().replace('"', "&quot;")
        self._head = f'{_HEAD}<{tag} xmlns:t="{space}">'.encode()
        self._tail = f"</{tag}>{_TAIL}".encode()
        self._children = Writer(outputs, qualified=qualified, fields=fields)

    def write(self, outputs: Mapping[str, WireValue]) -> bytes:
        """Give the answer's bytes.

        Raises:
            TypeError, ValueError: see `Writer.write`.
        """
        pieces = [self._head]
        self._children.write(outputs, pieces)
        pieces.append(self._tail)
        return b"".join(pieces)


def write_fault(error: TarryError, namespace: str, *, qualified: bool) -> bytes:
    """Give the envelope of a fault: its text for people, its code in the declared detail."""
    if isinstance(error, MalformedRequest):
        fault_code = error.fault
    else:
        fault_code = "Client" if error.sort in CALLERS_FAULT else "Server"
    message = xml.escape(str(error)).decode()
    prefix = "t:" if qualified else ""
    space = xml.escape(namespace).decode().replace('"', "&quot;")
    detail = (
        f'<detail><t:{FAULT_ELEMENT} xmlns:t="{space}"><{prefix}code>{error.code}</{prefix}code>'
        f"<{prefix}message>{message}</{prefix}message></t:{FAULT_ELEMENT}></detail>"
    )
    return "".join(
        chain(
            (_HEAD, f"<soap:Fault><faultcode>soap:{fault_code}</faultcode>"),
            (f"<faultstring>{message}</faultstring>", detail, "</soap:Fault>", _TAIL),
        )
    ).encode()
