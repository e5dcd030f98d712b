"""Walking the paths that a run may take: what has a value where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from tarry.contract.ports import NUMBERS, Port, PortType
from tarry.platform.workflows.model import (
    AllOf,
    AnyOf,
    Branch,
    Compare,
    Comparison,
    Condition,
    Document,
    ForEach,
    IsTrue,
    Literal,
    Merge,
    Nested,
    Node,
    Not,
    Parallel,
    Repeat,
    Sequence,
    Source,
    Step,
    Variable,
    Wire,
    branches_of_merges,
    nodes_of,
)
from tarry.platform.workflows.model.conditions import Operand
from tarry.platform.workflows.model.walking import ids_defined_by, ids_defined_in, key_within
from tarry.platform.workflows.validation.ends import Definition, Ends, Known, Passed, Shape, Use
from tarry.platform.workflows.validation.library import Library

Scope = Mapping[str, Known]
_SET = Known()


def ends_of(document: Document, library: Library) -> Ends:
    """Find all ends, with the ports behind them and what is known where."""
    walk = _Walk(library, branches_of_merges(document.body))
    scope: dict[str, Known] = {}
    for known in document.filled:
        if known.id:
            port = Port(name=known.name)
            walk.define(Definition(id=known.id, place=f"inputs/{known.name}", port=port))
            scope[known.id] = _SET
    for given in document.inputs:
        if given.id:
            place = f"inputs/{given.name}"
            walk.define(Definition(id=given.id, place=place, given=given.name))
            scope[given.id] = _SET
    scope |= walk.sequence(document.body, scope)
    uses: dict[str, list[Use]] = {}
    for use in walk.uses:
        uses.setdefault(use.id, []).append(use)
    return Ends(
        definitions=walk.definitions,
        uses=uses,
        in_order=walk.uses,
        statuses={
            node.status_id: node.key
            for node in nodes_of(document.body)
            if isinstance(node, Step | Nested) and node.status_id
        },
        final=scope,
    )


@dataclass
class _Walk:
    """Walks a document as a run would, but along every path.

    Attributes:
        branches: key of a merge to that of its branch.
        sides: what is known at the ends of a branch's two sides.
    """

    library: Library
    branches: Mapping[str, str]
    definitions: dict[str, list[Definition]] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)
    sides: dict[str, tuple[Scope, Scope]] = field(default_factory=dict)

    def define(self, definition: Definition) -> None:
        """Note an end that a value comes from."""
        self.definitions.setdefault(definition.id, []).append(definition)

    def sequence(self, sequence: Sequence, scope: Scope) -> dict[str, Known]:
        """Walk a sequence; give what is known after it that was not before."""
        found: dict[str, Known] = {}
        own = {end for node in sequence.nodes for end in ids_defined_by(node)}
        shown = {
            end: source
            for end, source in sequence.aliases.items()
            if isinstance(source, Wire) and source.id in own
        }
        for end, source in sequence.aliases.items():
            if end not in shown:
                found[end] = self._alias(sequence, end, source, scope)
        for node in sequence.nodes:
            found |= self._node(node, {**scope, **found})
        for end, source in shown.items():
            found[end] = self._alias(sequence, end, source, {**scope, **found})
        return found

    def _alias(self, sequence: Sequence, end: str, source: Source, scope: Scope) -> Known:
        place = key_within(sequence.key, end)
        return self._pass(end, place, sequence.key, ((source, scope),))

    def _node(self, node: Node, scope: Scope) -> dict[str, Known]:
        match node:
            case Step() | Nested():
                return self._step(node, scope)
            case Sequence():
                return self.sequence(node, scope)
            case Parallel():
                found: dict[str, Known] = {}
                for branch in node.branches:
                    found |= self.sequence(branch, scope)
                return found
            case Branch():
                return self._branch(node, scope)
            case Merge():
                return self._merge(node, scope)
            case Repeat():
                return self._repeat(node, scope)
            case ForEach():
                return self._for_each(node, scope)
            case _:
                assert_never(node)

    def _step(self, node: Step | Nested, scope: Scope) -> dict[str, Known]:
        inputs = self.library.inputs_of(node)
        for name, source in node.inputs.items():
            port = inputs.get(name)
            needed = port is not None and port.must_be_given
            place = key_within(node.key, name)
            self._use(source, place, node.key, scope, port=port, needed=needed)
        outputs = self.library.outputs_of(node)
        found: dict[str, Known] = {}
        for name, end in node.outputs.items():
            place = key_within(node.key, name)
            self.define(Definition(id=end, place=place, key=node.key, port=outputs.get(name)))
            found[end] = _SET
            defaults = node.on_failure if isinstance(node, Step) else None
            if defaults is not None and name not in defaults:
                found[end] = Known(f"{node.key} may fail, and has no default for it")
        return found

    def _branch(self, node: Branch, scope: Scope) -> dict[str, Known]:
        self._condition(node.condition, node.key, scope)
        then = self.sequence(node.then, scope)
        otherwise = self.sequence(node.otherwise, scope)
        sides = self.sides[node.key] = {**scope, **then}, {**scope, **otherwise}
        merged: dict[str, Known] = {}
        for one in node.merged:
            place = key_within(node.key, one.id)
            merged[one.id] = self._pass_sides(
                one.id, place, node.key, (one.then, one.otherwise), sides
            )
        unsure = Known(f"only one side of {node.key} runs")
        return {**dict.fromkeys((*then, *otherwise), unsure), **merged}

    def _merge(self, node: Merge, scope: Scope) -> dict[str, Known]:
        then, otherwise = self.sides.get(self.branches.get(node.key, ""), (scope, scope))
        sides = {**scope, **then}, {**scope, **otherwise}
        sources = node.then, node.otherwise
        known = self._pass_sides(node.id, node.key, node.key, sources, sides)
        return {node.id: known} if node.id else {}

    def _repeat(self, node: Repeat, scope: Scope) -> dict[str, Known]:
        carried = {
            one.id: self._pass(
                one.id,
                key_within(node.key, one.id),
                node.key,
                ((one.first, scope),),
                more=(one.next,),
            )
            for one in node.carried
        }
        early = dict.fromkeys(
            ids_defined_in(node.body), Known(f"it has no value in the first round of {node.key}")
        )
        body = self.sequence(node.body, {**early, **scope, **carried})
        after = {**scope, **carried, **body}
        for one in node.carried:
            place = key_within(node.key, one.id)
            known = self._use(one.next, place, node.key, after, into=one.id)
            if known is None or known.unsure:
                reason = known.unsure if known else f"{one.next.id} has none after a round"
                carried[one.id] = carried[one.id] if carried[one.id].unsure else Known(reason)
        if node.first:
            unsure = Known(f"{node.key} may have no round")
            body = dict.fromkeys(body, unsure)
        self._condition(node.condition, node.key, {**scope, **carried, **body})
        return {**body, **carried}

    def _for_each(self, node: ForEach, scope: Scope) -> dict[str, Known]:
        place = key_within(node.key, "over")
        self._use(node.over, place, node.key, scope, needed=True, into=node.item, shape=Shape.ITEM)
        self.define(
            Definition(
                id=node.item,
                place=key_within(node.key, node.item),
                key=node.key,
                passed=Passed(sources=(node.over,), shape=Shape.ITEM),
                inside=True,
            )
        )
        inside = {**scope, node.item: _SET}
        inside |= self.sequence(node.body, inside)
        for one in node.gathered:
            place = key_within(node.key, one.id)
            self._use(
                one.source, place, node.key, inside, needed=True, into=one.id, shape=Shape.LIST
            )
            passed = Passed(sources=(one.source,), shape=Shape.LIST)
            self.define(Definition(id=one.id, place=place, key=node.key, passed=passed))
        return {one.id: _SET for one in node.gathered}

    def _pass_sides(
        self,
        end: str,
        place: str,
        key: str,
        sources: tuple[Source | None, Source | None],
        sides: tuple[Scope, Scope],
    ) -> Known:
        pairs = [(one, scope) for one, scope in zip(sources, sides, strict=True) if one is not None]
        known = self._pass(end, place, key, tuple(pairs))
        if len(pairs) < len(sources):
            side = "then" if sources[0] is None else "else"
            return Known(f"{place} takes nothing from the {side} side")
        return known

    def _pass(
        self,
        end: str,
        place: str,
        key: str,
        sources: tuple[tuple[Source, Scope], ...],
        more: tuple[Source, ...] = (),
    ) -> Known:
        """Note an id that passes on what others define.

        Args:
            end: the id; empty: it is passed on to nobody.
            place: of the construct's end.
            key: of the construct.
            sources: what is passed on, and what is known where it is taken from.
            more: what may be behind it too, and is looked at later.
        """
        unsure = ""
        for source, scope in sources:
            known = self._use(source, place, key, scope, into=end)
            if known is None or known.unsure:
                unsure = unsure or (known.unsure if known else "what it comes from is not there")
        if end:
            passed = Passed(sources=(*(source for source, _ in sources), *more))
            self.define(Definition(id=end, place=place, key=key, passed=passed))
        return Known(unsure)

    def _use(
        self,
        source: Source,
        place: str,
        key: str,
        scope: Scope,
        *,
        port: Port | None = None,
        needed: bool = False,
        into: str = "",
        shape: Shape = Shape.SAME,
    ) -> Known | None:
        """Note an end that a value goes to; give what is known of the value there."""
        if not isinstance(source, Wire):
            return _SET
        known = scope.get(source.id)
        use = Use(id=source.id, place=place, key=key, port=port, needed=needed, known=known)
        self.uses.append(replace(use, into=into, shape=shape))
        return known

    def _condition(self, condition: Condition, key: str, scope: Scope) -> None:
        place = key_within(key, "condition")
        for end, like in _asked(condition):
            known = scope.get(end)
            self.uses.append(Use(id=end, place=place, key=key, needed=True, known=known, like=like))


def _asked(condition: Condition) -> Iterator[tuple[str, Operand]]:
    """Give the ids that a condition uses, each with what it is held against."""
    match condition:
        case Compare(comparison=comparison, left=left, right=right):
            # Numbers alone have an order; whole ones are compared with all others.
            number = Literal("", PortType.DECIMAL)
            for one, other in ((left, right), (right, left)):
                if isinstance(one, Variable):
                    numeric = isinstance(other, Literal) and other.type in NUMBERS
                    ordered = comparison is not Comparison.EQUAL
                    yield one.id, number if numeric or ordered else other
        case IsTrue(of=of):
            if isinstance(of, Variable):
                yield of.id, Literal("", PortType.BOOLEAN)
        case Not(condition=inner):
            yield from _asked(inner)
        case AllOf(conditions=inners) | AnyOf(conditions=inners):
            for inner in inners:
                yield from _asked(inner)
        case _:
            assert_never(condition)
