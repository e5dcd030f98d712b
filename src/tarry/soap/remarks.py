"""What a WSDL says beyond types, which zeep drops: documentation, facets and Tarry's marks."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from lxml import etree

from tarry.contract.kinds import Kind
from tarry.contract.patterns import is_plain
from tarry.contract.ports import NUMBERS, Port, PortType
from tarry.soap.describe import MARKS, RULES, WSDL, XSD
from tarry.soap.xml import local_name

_LONGEST_PATTERN = 200
# As much as people may say of a service by hand; a whole list of services has to be read at once.
_LONGEST_WORDS = 10_000
_LONGEST_TITLE = 200
_LONGEST_UNIT = 50
# What nobody sees, but turns round the words around it or makes two names look the same: controls,
# marks that override the direction of writing, and spaces without width. What scripts need that are
# written from the right, or join their letters, stays.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff]"
)
_DEEPEST = 20
# What other dialects mean differently or Python does not know
_FOREIGN_PATTERN = re.compile(r"\\[icIC]|\\[pP]\{|-\[|[\^$]|\(\?")
_FACETS = {"minInclusive", "maxInclusive", "enumeration", "pattern"}


@dataclass(frozen=True, kw_only=True)
class OperationRemarks:
    """What is said of an operation."""

    documentation: str = ""
    kind: Kind | None = None
    repeatable: bool = False
    at_most_once: bool = False


class Remarks:
    """An index over all documents of one WSDL."""

    def __init__(self, documents: Iterable[etree._Element]) -> None:
        self._elements: dict[str, etree._Element] = {}
        self._types: dict[str, etree._Element] = {}
        self._documentation: dict[str, str] = {}
        self._encoded: set[tuple[str, str]] = set()
        for document in documents:
            for schema in document.iter(f"{{{XSD}}}schema"):
                self._index(schema)
            for node in document.iterfind(f".//{{{WSDL}}}portType/{{{WSDL}}}operation"):
                text = node.findtext(f"{{{WSDL}}}documentation") or ""
                self._documentation.setdefault(node.get("name", ""), _tidy(text))
            self._index_encoded(document)

    def _index_encoded(self, document: etree._Element) -> None:
        for binding in document.iter(f"{{{WSDL}}}binding"):
            for operation in binding.iterfind(f"{{{WSDL}}}operation"):
                for body in operation.iterfind(f"{{{WSDL}}}input/*"):
                    if local_name(body.tag) == "body" and body.get("use") == "encoded":
                        self._encoded.add((binding.get("name", ""), operation.get("name", "")))

    def is_encoded(self, binding: str, operation: str) -> bool:
        """Whether a binding uses SOAP encoding for the requests of an operation."""
        return (binding, operation) in self._encoded

    def _index(self, schema: etree._Element) -> None:
        space = schema.get("targetNamespace")
        for node in schema:
            name = node.get("name")
            if name is None:
                continue
            tag = f"{{{space}}}{name}" if space else name
            if node.tag == f"{{{XSD}}}element":
                self._elements.setdefault(tag, node)
            elif node.tag in {f"{{{XSD}}}complexType", f"{{{XSD}}}simpleType"}:
                self._types.setdefault(tag, node)

    def of_operation(self, name: str, request_tag: str) -> OperationRemarks:
        """What is said of an operation, in its request element or its port type."""
        node = self._elements.get(request_tag)
        mark = None
        documentation = self._documentation.get(name, "")
        if node is not None:
            mark = node.find(f"{{{XSD}}}annotation/{{{XSD}}}appinfo/{{{MARKS}}}operation")
            documentation = documentation or _documentation(node)
        if mark is None:
            return OperationRemarks(documentation=documentation)
        try:
            kind = Kind(mark.get("kind", ""))
        except ValueError:
            kind = None
        return OperationRemarks(
            documentation=documentation,
            kind=kind,
            repeatable=mark.get("repeatable") == "true",
            at_most_once=mark.get("at-most-once") == "true",
        )

    def element(self, tag: str) -> etree._Element | None:
        """The declaration of a global element."""
        return self._elements.get(tag)

    def type(self, tag: str) -> etree._Element | None:
        """The declaration of a named type."""
        return self._types.get(tag)

    def children(self, node: etree._Element | None) -> dict[str, etree._Element]:
        """The declarations of the children of an element or complex type, by local name."""
        if node is None:
            return {}
        return dict(self._children(node, 0))

    def _children(self, node: etree._Element, depth: int) -> Iterator[tuple[str, etree._Element]]:
        if depth > _DEEPEST:
            return
        for name in ("type", "base", "ref"):
            named = self._types.get(_resolve(node, node.get(name)))
            if named is not None:
                yield from self._children(named, depth + 1)
        for child in node:
            if child.tag == f"{{{XSD}}}element":
                declared = child
                if child.get("ref"):
                    declared = self._elements.get(_resolve(child, child.get("ref")), child)
                yield declared.get("name", ""), declared
            elif local_name(child.tag) != "annotation":
                yield from self._children(child, depth + 1)

    def amend(self, port: Port, node: etree._Element | None) -> Port:
        """Add what a declaration says of a port: marks if there are any, else facets."""
        if node is None:
            return port
        described = replace(port, description=_documentation(node))
        mark = node.find(f"{{{XSD}}}annotation/{{{XSD}}}appinfo/{{{MARKS}}}port")
        if mark is not None:
            return _marked(described, mark)
        for name, value in self._facets(node, 0):
            described = _with_facet(described, name, value)
        return described

    def _facets(self, node: etree._Element, depth: int) -> Iterator[tuple[str, str]]:
        if depth > _DEEPEST:
            return
        for name in ("type", "base"):
            named = self._types.get(_resolve(node, node.get(name)))
            if named is not None and named.tag == f"{{{XSD}}}simpleType":
                yield from self._facets(named, depth + 1)
        for child in node:
            name = local_name(child.tag)
            if name in {"simpleType", "restriction"}:
                yield from self._facets(child, depth + 1)
            elif name in _FACETS and local_name(node.tag) == "restriction":
                yield name, child.get("value", "")


def _resolve(node: etree._Element, name: str | None) -> str:
    """Give a prefixed name with its namespace."""
    prefix, colon, local = (name or "").rpartition(":")
    space = node.nsmap.get(prefix if colon else None)
    return f"{{{space}}}{local}" if space else local


def _documentation(node: etree._Element) -> str:
    for found in node.iterfind(f"{{{XSD}}}annotation/{{{XSD}}}documentation"):
        if found.get("source") != RULES:
            return _tidy("".join(str(text) for text in found.itertext()))
    return ""


def _tidy(text: str) -> str:
    lines = [line.strip() for line in _seen(text.strip(), _LONGEST_WORDS).splitlines()]
    return "\n".join(lines)


def _seen(text: str, longest: int) -> str:
    """Give what can be seen of a text, and no more of it than anybody reads."""
    seen = _UNSEEN.sub("", text)
    return seen if len(seen) <= longest else seen[: longest - 1] + "…"


def _marked(port: Port, mark: etree._Element) -> Port:
    try:
        kind = PortType(mark.get("type", port.type.value))
    except ValueError:
        kind = port.type
    if port.type in NUMBERS | {PortType.BOOLEAN, PortType.DATE_TIME}:
        kind = port.type  # a mark cannot make a text of what the schema says is a number
    choices = tuple(choice.text or "" for choice in mark if choice.tag == f"{{{MARKS}}}choice")
    if kind is PortType.CHOICE and not choices:
        kind = PortType.STRING
    return replace(
        port,
        type=kind,
        title=_seen(mark.get("title", ""), _LONGEST_TITLE),
        unit=_seen(mark.get("unit", ""), _LONGEST_UNIT),
        default=None if kind is PortType.SECRET else mark.get("default", port.default),
        minimum=_number(mark.get("minimum")),
        maximum=_number(mark.get("maximum")),
        step=_step(mark.get("step")),
        pattern=_pattern(mark.get("pattern", "")),
        accept=tuple(mark.get("accept", "").split()),
        choices=choices if kind is PortType.CHOICE else (),
        advanced=mark.get("advanced") == "true",
    )


def _with_facet(port: Port, name: str, value: str) -> Port:
    if name == "enumeration" and port.type in {PortType.STRING, PortType.CHOICE}:
        return replace(port, type=PortType.CHOICE, choices=(*port.choices, value))
    if name == "minInclusive" and port.type in NUMBERS:
        return replace(port, minimum=_number(value))
    if name == "maxInclusive" and port.type in NUMBERS:
        return replace(port, maximum=_number(value))
    if name == "pattern" and not _FOREIGN_PATTERN.search(value):
        return replace(port, pattern=_pattern(value))
    return port


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal(text) if text and len(text) < 100 else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def _step(text: str | None) -> Decimal | None:
    step = _number(text)
    return step if step is not None and step > 0 else None


def _pattern(text: str) -> str:
    if not text or len(text) > _LONGEST_PATTERN:
        return ""
    # What cannot be matched in good time, or is no pattern at all, is left to the service itself.
    return text if is_plain(text) else ""
