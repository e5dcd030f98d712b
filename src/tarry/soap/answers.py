"""Reads what a service answered: outputs by name in any order, or its fault. Trusts nothing."""

import json
from collections.abc import Sequence

from tarry.contract.ports import NUMBERS, PortType
from tarry.soap import xml
from tarry.soap.envelope import SOAP11, SOAP12, XSI
from tarry.soap.errors import BadAnswer, SoapFault
from tarry.soap.plan import RemoteOperation
from tarry.soap.schema import FAULT_ELEMENT, Element, WireValue

_ENVELOPES = {f"{{{space}}}Envelope": space for space in (SOAP11, SOAP12)}
_NIL = f"{{{XSI}}}nil"
_XML_TYPES = frozenset({"text/xml", "application/xml", "application/soap+xml", ""})
_LONGEST_REASON = 4_000
_TEXTS = frozenset(PortType) - NUMBERS - {PortType.BOOLEAN, PortType.DATE_TIME}


def read_answer(
    operation: RemoteOperation, status: int, content_type: str, raw: bytes
) -> dict[str, WireValue]:
    """Read an HTTP answer.

    Raises:
        SoapFault: the service says that it failed.
        BadAnswer: it is no answer to this operation; the message says what came.
    """
    body = _open(operation, status, content_type, raw)
    if body is None:
        return {}
    first = body[0] if len(body) else None
    if first is not None and xml.local_name(first.tag) == "Fault":
        raise _fault(operation, first)
    if not 200 <= status < 300:
        raise _bad(operation, f"HTTP {status} with an envelope that holds no fault")
    if first is None:
        if any(element.must_be_given for element in operation.outputs):
            raise _bad(operation, "an envelope with an empty body")
        return {}
    reader = _Reader(operation, body)
    if operation.response_bare:
        element = operation.outputs[0]
        value = reader.value(element, first)
        return {} if value is None else {element.name: value}
    return reader.children(operation.outputs, first)


def _open(
    operation: RemoteOperation, status: int, content_type: str, raw: bytes
) -> xml.Node | None:
    kind = content_type.partition(";")[0].strip().lower()
    if not raw.strip():
        if status in {200, 202, 204} and not operation.outputs:
            return None
        raise _bad(operation, f"HTTP {status} with an empty body")
    if kind not in _XML_TYPES:
        raise _bad(operation, f"HTTP {status} with {kind} instead of XML: {_excerpt(raw)}")
    try:
        envelope = xml.parse_answer(raw)
    except xml.UnsafeXml as error:
        raise _bad(operation, f"HTTP {status}, {error}: {_excerpt(raw)}") from None
    space = _ENVELOPES.get(envelope.tag)
    if space is None:
        raise _bad(operation, f"HTTP {status} with <{envelope.tag}>, which is no SOAP envelope")
    body = envelope.find(f"{{{space}}}Body")
    if body is None:
        raise _bad(operation, f"HTTP {status} with an envelope that has no body")
    return body


class _Reader:
    """Reads elements of one answer."""

    def __init__(self, operation: RemoteOperation, body: xml.Node) -> None:
        self._operation = operation
        self._targets = {}
        if operation.encoded:
            self._targets = {
                f"#{node.get('id')}": node for node in body.iter() if node.get("id") is not None
            }

    def children(self, expected: Sequence[Element], parent: xml.Node) -> dict[str, WireValue]:
        """Read the expected children; others are ignored, as newer services may have more."""
        by_name = {element.name: element for element in expected}
        values: dict[str, WireValue] = {}
        lists: dict[str, list[WireValue]] = {}
        for child in parent:
            element = by_name.get(xml.local_name(child.tag))
            if element is None:
                continue
            if element.name in self._operation.response_arrays:
                items = [self.value(element, item) for item in self._follow(child)]
                values[element.name] = [item for item in items if item is not None]
                continue
            value = self.value(element, child)
            if value is None:
                continue
            if element.repeated:
                lists.setdefault(element.name, []).append(value)
            elif element.name in values:
                raise _bad(self._operation, f"the output {element.name} came twice")
            else:
                values[element.name] = value
        for element in expected:
            if element.repeated:
                values.setdefault(element.name, lists.get(element.name, []))
            elif element.must_be_given and element.name not in values:
                raise _bad(self._operation, f"the output {element.name} is missing")
        return values

    def value(self, element: Element, node: xml.Node) -> WireValue | None:
        """Read one element; `None` if it says that there is no value."""
        node = self._follow(node)
        if node.get(_NIL) in {"true", "1"}:
            return None
        if element.record is not None:
            return self.children(element.record.fields, node)
        if len(node):
            return _anything(node)
        text = node.text or ""
        if element.port.type in _TEXTS:
            return text
        return text.strip() or None

    def _follow(self, node: xml.Node) -> xml.Node:
        target = self._targets.get(node.get("href", ""))
        return node if target is None else target


def _anything(node: xml.Node) -> WireValue:
    """Read an element of which nothing is known: records and lists as they look."""
    if len(node) == 0:
        return node.text or ""
    found: dict[str, WireValue] = {}
    for child in node:
        name, value = xml.local_name(child.tag), _anything(child)
        before = found.get(name)
        if before is None:
            found[name] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            found[name] = [before, value]
    return found


def _fault(operation: RemoteOperation, fault: xml.Node) -> SoapFault:
    """Read a fault of SOAP 1.1 or 1.2, however its children are qualified."""
    code = text = detail_code = ""
    for node in fault:
        name = xml.local_name(node.tag)
        if name == "faultcode":
            code = _text(node)
        elif name == "faultstring":
            text = _text(node)
        elif name == "Code":
            code = _text(node[0]) if len(node) else ""
        elif name == "Reason":
            text = " ".join(_text(reason) for reason in node)
        elif name in {"detail", "Detail"}:
            detail_code = _detail_code(node)
    return SoapFault(
        operation=operation.name,
        url=operation.address,
        faultcode=code.rpartition(":")[2] or "no code",
        faultstring=text[:_LONGEST_REASON],
        detail_code=detail_code,
    )


def _detail_code(detail: xml.Node) -> str:
    for entry in detail:
        if xml.local_name(entry.tag) == FAULT_ELEMENT:
            for field in entry:
                if xml.local_name(field.tag) == "code":
                    return _text(field)
    return ""


def _text(node: xml.Node) -> str:
    return (node.text or "").strip()


def _excerpt(raw: bytes) -> str:
    """The beginning of what came, for people."""
    text = " ".join(raw[:400].decode("utf-8", "replace").split())
    return repr(text if len(text) <= 120 else f"{text[:120]}…")


def _bad(operation: RemoteOperation, what: str) -> BadAnswer:
    return BadAnswer(operation=operation.name, url=operation.address, what=what)


def as_text(value: WireValue) -> str:
    """Give any output as text: plain ones as they are, records and lists as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
