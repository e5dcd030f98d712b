"""What is behind an id: its rules, through all that passes it on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tarry.contract.errors import InvalidValue
from tarry.contract.lists import NotAList, read_list, write_list
from tarry.contract.ports import Port, PortType, parse
from tarry.platform.workflows.model import Constant, Literal, Source, Variable
from tarry.platform.workflows.validation.ends import Definition, Ends, Shape, Use
from tarry.platform.workflows.validation.fits import Misfit, common, either

_LEXICAL = (
    (PortType.INTEGER, re.compile(r"[+-]?[0-9]+", re.ASCII)),
    (PortType.DECIMAL, re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", re.ASCII)),
    (PortType.BOOLEAN, re.compile(r"true|false")),
)


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
        self._busy: set[str] = set()

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
        return list(self._leaves(end, frozenset()))

    def targets(self, end: str) -> list[Target]:
        """Give every port that an id goes to in the end."""
        return list(self._targets(end, frozenset()))

    def is_secret(self, end: str) -> bool:
        """Tell whether a secret is behind an id, or may be."""
        return any(
            target.port.type is PortType.SECRET
            for leaf in self._given(end)
            for target in self.targets(leaf.id)
        )

    def input_port(self, given: str) -> Port:
        """Give what fits every port that a workflow input goes to, as far as they agree."""
        if given not in self._inputs and given not in self._busy:
            self._busy.add(given)
            self._inputs[given] = self._input_port(given)
            self._busy.discard(given)
        return self._inputs.get(given, Port(name=given))

    def _input_port(self, given: str) -> Port:
        end = next(one.id for one in self._definitions() if one.given == given)
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

    def _definitions(self) -> Iterator[Definition]:
        for found in self._ends.definitions.values():
            yield from found

    def _given(self, end: str) -> Iterator[Definition]:
        names = {leaf.given for leaf in self.leaves(end) if leaf.given}
        return (one for one in self._definitions() if one.given in names)

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

    def _leaves(self, end: str, seen: frozenset[str]) -> Iterator[Leaf]:
        definition = self._ends.source(end)
        if definition is None or end in seen:
            return
        if definition.passed is None:
            yield Leaf(place=definition.place, port=definition.port, given=definition.given)
            return
        for source in definition.passed.sources:
            for leaf in self._source_leaves(source, definition.place, seen | {end}):
                yield from self._shaped(leaf, definition.passed.shape)

    def _source_leaves(self, source: Source, place: str, seen: frozenset[str]) -> Iterator[Leaf]:
        if isinstance(source, Constant):
            yield Leaf(place=place, constant=source.text)
        else:
            yield from self._leaves(source.id, seen)

    def _shaped(self, leaf: Leaf, shape: Shape) -> Iterator[Leaf]:
        if shape is Shape.SAME:
            yield leaf
        elif leaf.constant is not None:
            if shape is Shape.LIST:
                yield replace(leaf, constant=write_list([leaf.constant]))
            else:
                yield from (replace(leaf, constant=item) for item in _items(leaf.constant))
        else:
            port = leaf.port or (Port(name=leaf.given) if leaf.given else None)
            yield replace(leaf, port=port and replace(port, many=shape is Shape.LIST))

    def _uses_through(self, end: str) -> Iterator[Use]:
        """Give the uses of an id, those of the ids that pass it on as it is included."""
        seen, ahead = {end}, [end]
        while ahead:
            for use in self._ends.uses.get(ahead.pop(), ()):
                yield use
                if use.into and use.shape is Shape.SAME and use.into not in seen:
                    seen.add(use.into)
                    ahead.append(use.into)

    def _targets(self, end: str, seen: frozenset[str]) -> Iterator[Target]:
        if end in seen:
            return
        for use in self._ends.uses.get(end, ()):
            if use.port is not None:
                yield Target(place=use.place, port=use.port)
            elif use.into:
                found = list(self._targets(use.into, seen | {end}))
                yield from _before(use, found)


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


def _before(use: Use, targets: list[Target]) -> Iterator[Target]:
    """Give what goes to a construct, seen from what comes out of it."""
    match use.shape:
        case Shape.SAME:
            yield from targets
        case Shape.ITEM:
            for target in targets or [Target(place=use.place, port=Port(name=""))]:
                if not target.port.many:
                    port = replace(target.port, many=True, required=True, default=None)
                    yield replace(target, port=port)
        case Shape.LIST:
            for target in targets:
                if target.port.many:
                    yield replace(target, port=replace(target.port, many=False))


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
