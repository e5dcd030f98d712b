"""Reading the body of a workflow: what runs in which order, and on which conditions."""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from lxml import etree

from tarry.contract.ports import PortType
from tarry.platform.workflows.model import (
    Branch,
    Carried,
    Condition,
    Constant,
    ForEach,
    Gathered,
    IsTrue,
    Literal,
    Merge,
    Merged,
    Node,
    Parallel,
    Repeat,
    Sequence,
    Source,
    Wire,
)
from tarry.platform.workflows.model.nodes import MOST_ROUNDS, WIDTH
from tarry.platform.workflows.model.walking import (
    ELSE,
    MOST_LEVELS,
    THEN,
    key_within,
    level_of,
)
from tarry.platform.workflows.xml import names
from tarry.platform.workflows.xml.conditions import ConditionUnreadable, read_condition
from tarry.platform.workflows.xml.findings import Findings
from tarry.platform.workflows.xml.ports import read_source
from tarry.platform.workflows.xml.settings import Settings
from tarry.platform.workflows.xml.steps import ServiceElement, is_nested
from tarry.platform.workflows.xml.variables import Variables

_LETTERS = {
    names.SERVICE: "s",
    names.SEQUENCE: "q",
    names.PARALLEL: "p",
    names.IF: "i",
    names.REPEAT_UNTIL: "r",
    names.WHILE: "r",
    names.FOR_EACH: "f",
}
_OURS = frozenset({names.PARALLEL, names.WHILE, names.FOR_EACH})
_SAID = {names.NAME, names.NOTE}
_CONDITIONS = frozenset({names.CONDITION, names.TYPED_CONDITION})
_NEVER = IsTrue(Literal("false", PortType.BOOLEAN))
"""Stands in for what could not be read; the document is refused then."""


class BodyReader:
    """Reads sequences and what stands in them.

    Args:
        found: takes what is wrong or unknown.
        variables: knows what variables mean.
        workflow_ids: ids of the workflow inputs that the manager fills in, by name.
    """

    def __init__(
        self, found: Findings, variables: Variables, workflow_ids: Mapping[str, str]
    ) -> None:
        self._found = found
        self._variables = variables
        self._workflow_ids = workflow_ids

    def inside(
        self,
        element: etree._Element,
        *,
        key: str,
        place: str = "",
        rest: tuple[etree._Element, ...] = (),
    ) -> Sequence:
        """Read what stands in an element as one sequence; a single one in it is meant itself.

        Args:
            element: the element; its own attributes and texts are read already.
            key: of the sequence.
            place: of the element, and of the sequence if it is not the body.
            rest: children that mean something else.
        """
        children = [child for child in element.iterchildren("*") if child not in rest]
        nodes = [child for child in children if self._found.name(child) in names.NODES]
        if len(nodes) != 1 or self._found.name(nodes[0]) != names.SEQUENCE:
            return Sequence(key=key, nodes=self._nodes(element, key, place, rest))
        for child in self._found.children(element, place, {str(one.tag) for one in rest}):
            if child is not nodes[0] and child not in rest:
                self._other(child, place)
        inner = "sequence" if place == "services" else place
        return self.sequence(nodes[0], key=key, place=inner)

    def sequence(self, element: etree._Element, *, key: str, place: str) -> Sequence:
        """Read a `<sequence>`."""
        self._found.attributes(element, place)
        self._found.text(element, place)
        return Sequence(key=key, nodes=self._nodes(element, key, place))

    def _nodes(
        self,
        element: etree._Element,
        key: str,
        place: str,
        rest: tuple[etree._Element, ...] = (),
    ) -> tuple[Node, ...]:
        nodes: list[Node] = []
        counts: Counter[str] = Counter()
        known = _OURS | {str(one.tag) for one in rest}
        for child in self._found.children(element, place, known):
            if child in rest:
                continue
            letter = _LETTERS.get(self._found.name(child), "")
            if letter == "s" and is_nested(child, self._found):
                letter = "n"
            if not letter:
                self._other(child, place)
                continue
            counts[letter] += 1
            own = key_within(key, f"{letter}{counts[letter]}")
            if level_of(own) > MOST_LEVELS:
                message = f"constructs stand in each other more than {MOST_LEVELS} deep"
                self._found.fault(key, "too-deep", message)
                break
            nodes.append(self._node(child, own))
        return tuple(nodes)

    def _node(self, element: etree._Element, key: str) -> Node:
        match self._found.name(element):
            case names.SEQUENCE:
                return self.sequence(element, key=key, place=key)
            case names.PARALLEL:
                return self._parallel(element, key)
            case names.IF:
                return self._branch(element, key)
            case names.REPEAT_UNTIL | names.WHILE:
                return self._repeat(element, key)
            case names.FOR_EACH:
                return self._for_each(element, key)
            case _:
                return self._service(element, key)

    def _other(self, element: etree._Element, place: str) -> None:
        """Refuse what steers or hides steps; keep anything else."""
        name = names.local(element)
        hides = any(names.local(inner) == names.SERVICE for inner in element.iterdescendants("*"))
        if hides or name.lower() in names.CONSTRUCTS:
            self._found.refuse(place, name)
        else:
            self._found.unknown_element(element, place)

    def _service(self, element: etree._Element, key: str) -> Node:
        found = ServiceElement(element, key, self._found, self._workflow_ids)
        node, unwired = found.read()
        if isinstance(node, Merge):
            self._variables.end(names.ITE_OUT, node.id, "")
            return node
        for name, source in node.inputs.items():
            if isinstance(source, Wire):
                self._variables.end(name, source.id, "")
        for name in unwired:
            self._variables.end(name, "", key_within(key, name))
        for name, end in node.outputs.items():
            self._variables.end(name, end, "")
        return node

    def _parallel(self, element: etree._Element, key: str) -> Parallel:
        given = self._settings(element, key)
        branches: list[Sequence] = []
        for child in self._found.children(element, key):
            if self._found.name(child) == names.SEQUENCE:
                own = key_within(key, f"b{len(branches) + 1}")
                branches.append(self.sequence(child, key=own, place=own))
            else:
                self._other(child, key)
        self._found.text(element, key)
        return Parallel(
            key=key,
            branches=tuple(branches),
            name=given.text(names.NAME),
            note=given.text(names.NOTE),
        )

    def _branch(self, element: etree._Element, key: str) -> Branch:
        given = self._settings(element, key)
        conditions: list[Condition] = []
        sides: dict[str, Sequence] = {}
        merged: list[Merged] = []
        for child in self._found.children(element, key, {names.TYPED_CONDITION, names.MERGED}):
            match self._found.name(child):
                case names.CONDITION | names.TYPED_CONDITION:
                    conditions.append(self._condition(child, key))
                case names.THEN | names.ELSE as side:
                    if side in sides:
                        self._found.fault(key, f"{side}-twice", f"there is more than one {side}")
                    sides[side] = self._side(child, key_within(key, side))
                case names.MERGED:
                    merged.append(self._merged(child, key))
                case _:
                    self._other(child, key)
        self._found.text(element, key)
        return Branch(
            key=key,
            condition=self._only(conditions, key),
            then=sides.get(names.THEN, Sequence(key=key_within(key, THEN))),
            otherwise=sides.get(names.ELSE, Sequence(key=key_within(key, ELSE))),
            merged=tuple(merged),
            name=given.text(names.NAME),
            note=given.text(names.NOTE),
        )

    def _side(self, element: etree._Element, key: str) -> Sequence:
        self._found.attributes(element, key)
        self._found.text(element, key)
        return self.inside(element, key=key, place=key)

    def _merged(self, element: etree._Element, key: str) -> Merged:
        end, place = self._defined(element, key)
        sources = self._sources(element, place, {names.FROM_THEN, names.FROM_ELSE})
        return Merged(
            id=end, then=sources.get(names.FROM_THEN), otherwise=sources.get(names.FROM_ELSE)
        )

    def _repeat(self, element: etree._Element, key: str) -> Repeat:
        given = self._settings(element, key, {names.MOST})
        self._found.text(element, key)
        rest = tuple(
            child
            for child in element.iterchildren("*")
            if self._found.name(child) in _CONDITIONS | {names.CARRIED}
        )
        carried = [
            self._carried(child, key) for child in rest if self._found.name(child) == names.CARRIED
        ]
        body = self.inside(element, key=key, place=key, rest=rest)
        # The body comes first whatever the order: a fragment in the condition means an end in it.
        conditions = [
            self._condition(child, key) for child in rest if self._found.name(child) in _CONDITIONS
        ]
        return Repeat(
            key=key,
            body=body,
            condition=self._only(conditions, key),
            first=self._found.name(element) == names.WHILE,
            carried=tuple(carried),
            most=given.number(names.MOST, MOST_ROUNDS),
            name=given.text(names.NAME),
            note=given.text(names.NOTE),
        )

    def _carried(self, element: etree._Element, key: str) -> Carried:
        end, place = self._defined(element, key)
        sources = self._sources(element, place, {names.FIRST, names.NEXT})
        follows = sources.get(names.NEXT)
        if not isinstance(follows, Wire):
            self._found.fault(place, "missing-source", "what is carried has no next value")
            follows = Wire("")
        return Carried(id=end, first=self._needed(sources, names.FIRST, place), next=follows)

    def _for_each(self, element: etree._Element, key: str) -> ForEach:
        given = self._settings(element, key, {names.WIDTH})
        self._found.text(element, key)
        ours = {names.OVER, names.ITEM, names.GATHERED}
        rest = tuple(
            child for child in element.iterchildren("*") if self._found.name(child) in ours
        )
        over = self._one(rest, names.OVER, key)
        item = self._one(rest, names.ITEM, key)
        end = ""
        if item is not None:
            end, _ = self._defined(item, key)
            self._found.leaf(item, key)
            self._variables.end("item", end, "")
        source = None if over is None else read_source(over, key_within(key, "over"), self._found)
        if over is not None and source is None:
            self._found.fault(key, "missing-source", "there is no list to go through")
        body = self.inside(element, key=key, place=key, rest=rest)
        gathered = [
            self._gathered(child, key)
            for child in rest
            if self._found.name(child) == names.GATHERED
        ]
        return ForEach(
            key=key,
            body=body,
            over=source or Constant(""),
            item=end,
            width=given.number(names.WIDTH, WIDTH),
            gathered=tuple(gathered),
            name=given.text(names.NAME),
            note=given.text(names.NOTE),
        )

    def _gathered(self, element: etree._Element, key: str) -> Gathered:
        end, place = self._defined(element, key)
        sources = self._sources(element, place, {names.EACH})
        return Gathered(id=end, source=self._needed(sources, names.EACH, place))

    def _condition(self, element: etree._Element, key: str) -> Condition:
        place = key_within(key, names.CONDITION)
        self._found.attributes(element, place)
        for child in self._found.children(element, place):
            self._found.unknown_element(child, place)
        text = "".join([element.text or "", *(child.tail or "" for child in element)])
        try:
            return self._variables.resolved(read_condition(text))
        except ConditionUnreadable as error:
            self._found.fault(place, "condition", f"the condition cannot be read: {error}")
            return _NEVER

    def _only(self, conditions: list[Condition], key: str) -> Condition:
        if not conditions:
            self._found.fault(key, "missing-condition", "there is no condition")
        elif len(conditions) > 1:
            self._found.fault(key, "condition-twice", "there is more than one condition")
        return conditions[0] if conditions else _NEVER

    def _settings(
        self, element: etree._Element, key: str, more: AbstractSet[str] = frozenset()
    ) -> Settings:
        return Settings(self._found.attributes(element, key, _SAID | more), key, self._found)

    def _defined(self, element: etree._Element, key: str) -> tuple[str, str]:
        """Give the id that an element of ours defines, and the element's place."""
        end = self._found.attribute(element, names.ID)
        if not end:
            what = f"{names.PREFIX}:{names.local(element)}"
            self._found.fault(key, "missing-id", f"{what} has no ID")
        place = key_within(key, end)
        self._found.attributes(element, place, {names.ID})
        return end, place

    def _sources(
        self, element: etree._Element, place: str, known: set[str]
    ) -> dict[str, Source | None]:
        """Read the sources that stand in an element of ours, by the name of their element."""
        sources: dict[str, Source | None] = {}
        for child in self._found.children(element, place, known):
            name = self._found.name(child)
            if name not in known:
                self._found.unknown_element(child, place)
                continue
            if name in sources:
                what = f"{names.PREFIX}:{names.local(child)}"
                self._found.fault(place, "source-twice", f"there is more than one {what}")
            sources[name] = read_source(child, place, self._found)
        self._found.text(element, place)
        return sources

    def _needed(self, sources: Mapping[str, Source | None], name: str, place: str) -> Source:
        source = sources.get(name)
        if source is None:
            what = f"{names.PREFIX}:{name.rpartition('}')[2]}"
            self._found.fault(place, "missing-source", f"{what} has neither an ID nor a value")
        return source or Constant("")

    def _one(self, rest: tuple[etree._Element, ...], name: str, key: str) -> etree._Element | None:
        found = [child for child in rest if self._found.name(child) == name]
        what = f"{names.PREFIX}:{name.rpartition('}')[2]}"
        if len(found) != 1:
            how = "more than one" if found else "no"
            self._found.fault(key, "one-needed", f"there is {how} {what}")
        return found[0] if found else None
