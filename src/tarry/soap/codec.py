"""Values of one element's children: read and checked, or written, as the interface says."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element as Node

from tarry.contract import ports
from tarry.contract.errors import MissingValue, UnknownPort
from tarry.contract.lists import read_list
from tarry.contract.ports import PortType
from tarry.soap import xml
from tarry.soap.errors import NestedElement, RepeatedElement, TooManyItems
from tarry.soap.schema import Element, WireValue

_TEXTS = frozenset({PortType.STRING, PortType.TEXT})
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


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

    def read(self, parent: Node) -> dict[str, WireValue]:
        """Read and check; defaults are filled in.

        Raises:
            UnknownPort, MissingValue, InvalidValue, RepeatedElement, NestedElement,
                TooManyItems: each names the argument.
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

    def _by_local_name(self, child: Node) -> Element:
        name = xml.local_name(child.tag)
        element = self._by_name.get(name)
        if element is None:
            raise UnknownPort(port=name, known=", ".join(self._by_name) or "none")
        return element

    def _read_rich(self, child: Node, element: Element, rich: dict[str, list[WireValue]]) -> None:
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
        if len(items) >= ports.MAX_ITEMS:
            raise TooManyItems(port=element.name, limit=ports.MAX_ITEMS)
        if text == "" and element.port.type not in _TEXTS:
            return  # some clients send this for no value at all
        ports.parse(element.port, text)
        items.append(text)

    def _add_rich(self, values: dict[str, WireValue], rich: dict[str, list[WireValue]]) -> None:
        for element in self._other:
            items = rich.get(element.name, [])
            if not items and element.port.many and element.port.default is not None:
                items = [*ports.items(element.port, element.port.default)]
            if not items and element.must_be_given:
                raise MissingValue(port=element.name)
            if element.repeated:
                values[element.name] = items
            elif items:
                values[element.name] = items[0]


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
        """Append the children. A list of plain values may also be given in its lexical form.

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
            if element.port.many and isinstance(value, str):
                value = read_list(value)
            elif record is None and isinstance(value, str):
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
