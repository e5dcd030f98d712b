"""What an interface looks like on the wire: operations, their elements, and records. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.soap.errors import BadInterface

XSD_TYPES = {
    PortType.STRING: "string",
    PortType.TEXT: "string",
    PortType.INTEGER: "integer",
    PortType.DECIMAL: "decimal",
    PortType.BOOLEAN: "boolean",
    PortType.DATE_TIME: "dateTime",
    PortType.CHOICE: "string",
    PortType.FILE: "string",
    PortType.FOLDER: "string",
    PortType.SECRET: "string",
}
"""The type of XML Schema that carries each type of port."""

WireValue = str | Mapping[str, "WireValue"] | Sequence["WireValue"]
"""A text in its lexical form, a record (name to value) or a list."""


class Lasting(dict[str, WireValue]):
    """Outputs that many calls are answered with. As they never change, they are written once.

    Attributes:
        written: the whole answer, for each writer that wrote it.
    """

    __slots__ = ("written",)

    def __init__(self, outputs: Mapping[str, WireValue]) -> None:
        super().__init__(outputs)
        self.written: dict[object, bytes] = {}


FAULT_ELEMENT = "ServiceFault"
"""The element in the detail of every fault of ours: a stable code and a message."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Record:
    """A named structure, such as the `tokenInfo` of the authentication manager."""

    name: str
    fields: tuple["Element", ...]


@dataclass(frozen=True, kw_only=True)
class Element:
    """One child of a request or answer.

    Attributes:
        port: name, type and rules; with `record` only its name, documentation and `required` count.
        repeated: a list, sent as a repeated element and never as a wrapper. If its port is one of
            `many`, the port's rules hold: a required list has items, a default takes its place.
    """

    port: Port
    record: Record | None = None
    repeated: bool = False

    @property
    def name(self) -> str:
        """The local name on the wire."""
        return self.port.name

    @property
    def must_be_given(self) -> bool:
        """Whether a request without it is refused."""
        return self.port.must_be_given and (self.port.many or not self.repeated)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """Something that can be called.

    Attributes:
        inputs: in the order that clients use for arguments by position: part of the contract.
        kind: written into the WSDL for Tarry's registry, if set.
        repeatable: calling it twice does no harm.
        at_most_once: the same `serviceID` never starts a second program.
    """

    name: str
    inputs: tuple[Element, ...]
    outputs: tuple[Element, ...]
    documentation: str = ""
    kind: Kind | None = None
    repeatable: bool = False
    at_most_once: bool = False


@dataclass(frozen=True, kw_only=True)
class Interface:
    """All operations behind one WSDL.

    Attributes:
        qualified_inputs: whether the children of requests carry the namespace.
        qualified_outputs: whether the children of answers do.
        match_any_namespace: go by the operation's local name alone; pages in the field post
            under older namespaces.

    Raises:
        BadInterface: a name cannot stand in XML, occurs twice, or means two things.
    """

    name: str
    namespace: str
    operations: tuple[Operation, ...]
    documentation: str = ""
    qualified_inputs: bool = True
    qualified_outputs: bool = True
    match_any_namespace: bool = False

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise BadInterface(interface=self.name, reason=problem)

    @property
    def qualified(self) -> bool:
        """Whether fields of records, and all else that is not said otherwise, are qualified."""
        return self.qualified_inputs and self.qualified_outputs

    def records(self) -> dict[str, Record]:
        """All records that its operations use, by name."""
        found: dict[str, Record] = {}
        for operation in self.operations:
            for element in (*operation.inputs, *operation.outputs):
                found.update((record.name, record) for record in _records(element))
        return found


def elements(*ports: Port) -> tuple[Element, ...]:
    """Make plain elements of ports."""
    return tuple(Element(port=port, repeated=port.many) for port in ports)


def _records(element: Element) -> Iterator[Record]:
    if element.record is not None:
        yield element.record
        for field in element.record.fields:
            yield from _records(field)


def _problems(interface: Interface) -> Iterator[str]:
    yield from _bad_names([interface.name, *(op.name for op in interface.operations)], "operations")
    if not re.fullmatch(r'[^\s<>"{}|\\^`]+', interface.namespace):
        yield "the namespace must be a URI"
    elements_of_ours = {FAULT_ELEMENT} | {f"{op.name}Response" for op in interface.operations}
    for operation in interface.operations:
        if operation.name in elements_of_ours:
            yield f"{operation.name} cannot be an operation: an element of that name exists"
        yield from _bad_names([e.name for e in operation.inputs], f"inputs of {operation.name}")
        yield from _bad_names([e.name for e in operation.outputs], f"outputs of {operation.name}")
        outputs = {element.name: element for element in operation.outputs}
        for element in operation.inputs:
            other = outputs.get(element.name)
            if other is not None and _wire_type(other) != _wire_type(element):
                # wsimport makes one in-out parameter of the two and fails otherwise
                yield f"{operation.name}: input and output {element.name} must have one type"
    yield from _record_problems(interface)


def _record_problems(interface: Interface) -> Iterator[str]:
    seen: dict[str, Record] = {}
    for operation in interface.operations:
        for element in (*operation.inputs, *operation.outputs):
            for record in _records(element):
                if seen.setdefault(record.name, record) != record:
                    yield f"two different records are called {record.name}"
    for record in seen.values():
        yield from _bad_names([record.name], "records")
        yield from _bad_names([field.name for field in record.fields], f"fields of {record.name}")


def _wire_type(element: Element) -> tuple[str, bool]:
    kind = element.record.name if element.record else XSD_TYPES[element.port.type]
    return kind, element.repeated


def _bad_names(names: Sequence[str], what: str) -> Iterator[str]:
    for name in names:
        if not _NAME.fullmatch(name):
            yield f"{name!r} cannot be a name in XML ({what})"
        if names.count(name) > 1:
            yield f"{name} occurs twice ({what})"
