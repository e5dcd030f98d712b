"""What is behind an id: its rules, through all that passes it on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from tarry.contract.errors import InvalidValue
from tarry.contract.lists import NotAList, read_list, write_list
from tarry.contract.ports import Port, PortType, parse
from tarry.platform.workflows.model import Constant, Literal, Variable
from tarry.platform.workflows.validation.ends import Definition, Ends, Shape, Use
from tarry.platform.workflows.validation.fits import Misfit, common, either

_LEXICAL = (
    (PortType.INTEGER, re.compile(r"[+-]?[0-9]+", re.ASCII)),
    (PortType.DECIMAL, re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", re.ASCII)),
    (PortType.BOOLEAN, re.compile(r"true|false")),
)


MOST_LEAVES = 256
"""So many things behind one id are looked at."""
_DEEPEST = 20
"""So many inputs may follow from each other."""


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One of the things that may be behind an id.

    Attributes:
        place: of the end that it comes from.
        port: its rules; none if they are unknown.
        given: name of the workflow input that it is.
        constant: its lexical form, if it stands in the document.
    """

    place: str
    port: Port | None = None
    given: str = ""
    constant: str | None = None


@dataclass(frozen=True, kw_only=True)
class Target:
    """A port that a value goes to in the end, and its place."""

    place: str
    port: Port


class Types:
    """Knows what is behind the ids of a document, and what they go to."""

    def __init__(self, ends: Ends) -> None:
        self._ends = ends
        self._inputs: dict[str, Port] = {}
        self._leaves: dict[str, list[Leaf]] = {}
        self._targets: dict[str, list[Target]] = {}
        self._busy: set[str] = set()
        self._given: dict[str, list[Definition]] = {}
        for found in ends.definitions.values():
            for one in found:
                if one.given:
                    self._given.setdefault(one.given, []).append(one)

    def port_of(self, end: str) -> Port | None:
        """Give the rules of what is behind an id, as far as they are known."""
        found: Port | None = None
        for port in self._ports(end):
            try:
                found = port if found is None else either(found, port)
            except Misfit:
                continue
        return found

    def check_meeting(self, end: str) -> None:
        """Hold what may be behind an id against each other.

        Raises:
            Misfit: no port takes all of it.
        """
        found: Port | None = None
        for port in self._ports(end):
            found = port if found is None else either(found, port)

    def leaves(self, end: str) -> list[Leaf]:
        """Give everything that may be behind an id."""
        if end not in self._leaves:
            self._leaves[end] = list(islice(dict.fromkeys(self._find_leaves(end)), MOST_LEAVES))
        return self._leaves[end]

    def targets(self, end: str) -> list[Target]:
        """Give every port that an id goes to in the end."""
        if end not in self._targets:
            self._targets[end] = list(self._find_targets(end))
        return self._targets[end]

    def is_secret(self, end: str) -> bool:
        """Tell whether a secret is behind an id, or may be."""
        return any(
            target.port.type is PortType.SECRET
            for given in {leaf.given for leaf in self.leaves(end)}
            for one in self._given.get(given, ())
            for target in self.targets(one.id)
        )

    def input_port(self, given: str) -> Port:
        """Give what fits every port that a workflow input goes to, as far as they agree."""
        if given not in self._inputs and given not in self._busy and len(self._busy) < _DEEPEST:
            self._busy.add(given)
            self._inputs[given] = self._input_port(given)
            self._busy.discard(given)
        return self._inputs.get(given, Port(name=given))

    def _input_port(self, given: str) -> Port:
        end = self._given[given][0].id
        port: Port | None = None
        for target in self.targets(end):
            try:
                port = target.port if port is None else common(port, target.port)
            except Misfit:
                continue
        asked = [use for use in self._uses_through(end) if use.like is not None]
        if port is None and not asked:
            return Port(name=given, required=False)
        if port is None:
            port = Port(name=given, type=self._asked_type(asked))
        return replace(port, name=given, required=port.required or bool(asked))

    def _asked_type(self, uses: list[Use]) -> PortType:
        for use in uses:
            match use.like:
                case Literal(type=kind):
                    return kind
                case Variable(id=other) if (port := self.port_of(other)) is not None:
                    return port.type
        return PortType.STRING

    def _ports(self, end: str) -> list[Port]:
        """Give the rules of everything that may be behind an id; constants come last."""
        leaves = self.leaves(end)
        found = [port for leaf in leaves if (port := self._port(leaf)) is not None]
        for leaf in leaves:
            if leaf.constant is not None and not _is_taken(found, leaf.constant):
                found.append(constant_port(leaf.constant))
        return found

    def _port(self, leaf: Leaf) -> Port | None:
        if leaf.given:
            # Of a list that is passed on item by item, the leaf says so.
            port = self.input_port(leaf.given)
            return replace(port, many=leaf.port.many) if leaf.port else port
        return leaf.port

    def _find_leaves(self, end: str) -> Iterator[Leaf]:
        """Walk back along what passes a value on; each way is gone once."""
        ahead: list[tuple[str, tuple[Shape, ...]]] = [(end, ())]
        seen = set(ahead)
        while ahead:
            at, shapes = ahead.pop()
            if at in self._leaves:
                for known in self._leaves[at]:
                    yield from _shaped(known, shapes)
                continue
            definition = self._ends.source(at)
            if definition is None:
                continue
            if definition.passed is None:
                leaf = Leaf(place=definition.place, port=definition.port, given=definition.given)
                yield from _shaped(leaf, shapes)
                continue
            inner = _joined(definition.passed.shape, shapes)
            for source in reversed(definition.passed.sources):
                if isinstance(source, Constant):
                    leaf = Leaf(place=definition.place, constant=source.text)
                    yield from _shaped(leaf, inner)
                elif (source.id, inner) not in seen:
                    seen.add((source.id, inner))
                    ahead.append((source.id, inner))

    def _uses_through(self, end: str) -> Iterator[Use]:
        """Give the uses of an id, those of the ids that pass it on as it is included."""
        seen, ahead = {end}, [end]
        while ahead:
            for use in self._ends.uses.get(ahead.pop(), ()):
                yield use
                if use.into and use.shape is Shape.SAME and use.into not in seen:
                    seen.add(use.into)
                    ahead.append(use.into)

    def _find_targets(self, end: str) -> Iterator[Target]:
        """Walk on along what passes a value on; each way is gone once."""
        ahead: list[tuple[str, tuple[Shape, ...], str]] = [(end, (), "")]
        seen = set(ahead)
        lists: dict[str, bool] = {}
        while ahead:
            at, shapes, first = ahead.pop()
            for use in self._ends.uses.get(at, ()):
                if use.port is not None:
                    lists[first] = True
                    yield from _before(Target(place=use.place, port=use.port), shapes)
                elif use.into:
                    # A list whose items go nowhere is a list all the same, unless it was gathered.
                    given_out = use.shape is Shape.ITEM and Shape.LIST not in shapes
                    around = first or (use.place if given_out else "")
                    lists.setdefault(around, False)
                    way = (use.into, _joined(use.shape, shapes), around)
                    if way not in seen:
                        seen.add(way)
                        ahead.append(way)
        for place, found in lists.items():
            if place and not found:
                yield Target(place=place, port=Port(name="", many=True))


def constant_port(text: str) -> Port:
    """Give the rules of a value that stands in the document: its form alone tells its type."""
    for kind, form in _LEXICAL:
        if form.fullmatch(text):
            return Port(name="", type=kind)
    try:
        found = [constant_port(item) for item in read_list(text)]
        port = found[0] if found else Port(name="")
        for other in found[1:]:
            port = either(port, other)
    except (NotAList, Misfit):
        return Port(name="", type=PortType.TEXT if "\n" in text else PortType.STRING)
    return replace(port, many=True)


def _joined(shape: Shape, shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """Put one more change before others; an item of a list of such is what it was."""
    if shape is Shape.SAME:
        return shapes
    if shapes and shapes[0] is not shape:
        return shapes[1:]
    return (shape, *shapes)[:_MOST_SHAPES]


_MOST_SHAPES = 2
"""Lists of lists are refused anyhow."""


def _shaped(leaf: Leaf, shapes: tuple[Shape, ...]) -> list[Leaf]:
    """Give a leaf as it is after these changes, the first one first."""
    found = [leaf]
    for shape in shapes:
        found = [changed for one in found for changed in _changed(one, shape)]
    return found


def _changed(leaf: Leaf, shape: Shape) -> list[Leaf]:
    if leaf.constant is None:
        port = leaf.port or (Port(name=leaf.given) if leaf.given else None)
        return [replace(leaf, port=port and replace(port, many=shape is Shape.LIST))]
    if shape is Shape.LIST:
        return [replace(leaf, constant=write_list([leaf.constant]))]
    return [replace(leaf, constant=item) for item in _items(leaf.constant)]


def _before(target: Target, shapes: tuple[Shape, ...]) -> Iterator[Target]:
    """Give what a value goes to, seen from before these changes, the last one first."""
    port = target.port
    for shape in shapes:
        if port.many is not (shape is Shape.LIST):
            return
        port = replace(port, many=not port.many)
        if port.many:
            port = replace(port, required=True, default=None)
    yield replace(target, port=port)


def _is_taken(ports: list[Port], text: str) -> bool:
    """Tell whether a constant is one of the values that come from elsewhere too."""
    for port in ports:
        loose = replace(port, minimum=None, maximum=None, step=None, pattern="", accept=())
        try:
            for item in read_list(text) if port.many else (text,):
                parse(loose, item)
        except (InvalidValue, NotAList):
            continue
        return True
    return False


def _items(text: str) -> tuple[str, ...]:
    try:
        return read_list(text)
    except NotAList:
        return ()
