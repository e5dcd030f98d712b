"""The same body with other ids."""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from tarry.platform.workflows.model.conditions import with_variables
from tarry.platform.workflows.model.nodes import (
    Branch,
    ForEach,
    Merge,
    Nested,
    Node,
    Parallel,
    Repeat,
    Sequence,
    Step,
)
from tarry.platform.workflows.model.sources import Constant, Source, Wire
from tarry.platform.workflows.model.walking import rebuilt

New = Callable[[str], str]
"""Gives the new id of an end; never asked for the empty id, which is no wire."""


def renamed(sequence: Sequence, new: New) -> Sequence:
    """Give every end another id, where it is defined and where it is used; what is wired stays so.

    Ids that the manager's own ends carry (`filled`, `status_id`) are left as they are.
    """
    body = rebuilt(sequence, lambda node: _node(node, new))
    return replace(body, aliases=_aliases(sequence, new))


def _aliases(sequence: Sequence, new: New) -> dict[str, Source]:
    return {new(end): _source(source, new) for end, source in sequence.aliases.items()}


def _node(node: Node, new: New) -> Node:
    match node:
        case Step() | Nested():
            return replace(
                node,
                inputs={name: _source(source, new) for name, source in node.inputs.items()},
                outputs={name: new(end) for name, end in node.outputs.items()},
            )
        case Merge():
            return replace(
                node,
                then=_optional(node.then, new),
                otherwise=_optional(node.otherwise, new),
                id=new(node.id) if node.id else "",
            )
        case Sequence():
            return replace(node, aliases=_aliases(node, new))
        case Parallel(branches=branches):
            inner = (replace(one, aliases=_aliases(one, new)) for one in branches)
            return replace(node, branches=tuple(inner))
        case Branch():
            return _branch(node, new)
        case Repeat():
            return _repeat(node, new)
        case ForEach():
            return _for_each(node, new)
        case _:
            assert_never(node)


def _branch(node: Branch, new: New) -> Branch:
    merged = (
        replace(
            one,
            id=new(one.id),
            then=_optional(one.then, new),
            otherwise=_optional(one.otherwise, new),
        )
        for one in node.merged
    )
    return replace(
        node,
        condition=with_variables(node.condition, new),
        merged=tuple(merged),
    )


def _repeat(node: Repeat, new: New) -> Repeat:
    carried = (
        replace(one, id=new(one.id), first=_source(one.first, new), next=Wire(new(one.next.id)))
        for one in node.carried
    )
    return replace(
        node,
        condition=with_variables(node.condition, new),
        carried=tuple(carried),
    )


def _for_each(node: ForEach, new: New) -> ForEach:
    gathered = (
        replace(one, id=new(one.id), source=_source(one.source, new)) for one in node.gathered
    )
    return replace(
        node,
        over=_source(node.over, new),
        item=new(node.item),
        gathered=tuple(gathered),
    )


def _source(source: Source, new: New) -> Source:
    match source:
        case Constant():
            return source
        case Wire(end):
            return Wire(new(end))
        case _:
            assert_never(source)


def _optional(source: Source | None, new: New) -> Source | None:
    return None if source is None else _source(source, new)


def ids_in(sequence: Sequence) -> frozenset[str]:
    """Give every id that is defined or used in a sequence."""
    found: set[str] = set()

    def noted(end: str) -> str:
        found.add(end)
        return end

    renamed(sequence, noted)
    return frozenset(found)
