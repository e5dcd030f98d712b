"""Walking through the body of a workflow, and the keys of what stands in it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import assert_never

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
from tarry.platform.workflows.model.sources import Source, Wire

SEPARATOR = "/"
"""Stands between the pieces of a key: a step inside a construct is `<its key>/<own piece>`."""
THEN, ELSE = "then", "else"
MOST_LEVELS = 32
"""How deep constructs of a document may stand in each other."""


def key_within(parent: str, piece: str) -> str:
    """Give the key of what stands inside a construct."""
    return f"{parent}{SEPARATOR}{piece}" if parent else piece


def level_of(key: str) -> int:
    """Tell how deep a node stands; one of the body stands one deep."""
    return sum(piece[0] in _LETTERS for piece in key.split(SEPARATOR) if piece)


_LETTERS = frozenset("sqpirfn")


def letter_of(node: Node) -> str:
    """Give the letter that keys of such nodes begin with."""
    match node:
        case Step() | Merge():
            return "s"
        case Sequence():
            return "q"
        case Parallel():
            return "p"
        case Branch():
            return "i"
        case Repeat():
            return "r"
        case ForEach():
            return "f"
        case Nested():
            return "n"
        case _:
            assert_never(node)


def sequences_in(node: Node) -> tuple[Sequence, ...]:
    """Give the sequences that a construct consists of; none for what has no inside."""
    match node:
        case Step() | Merge() | Nested():
            return ()
        case Sequence():
            return (node,)
        case Parallel(branches=branches):
            return branches
        case Branch(then=then, otherwise=otherwise):
            return (then, otherwise)
        case Repeat(body=body) | ForEach(body=body):
            return (body,)
        case _:
            assert_never(node)


def nodes_of(node: Node) -> Iterator[Node]:
    """Give a node and every one inside it, in the order of the document."""
    yield node
    for sequence in sequences_in(node):
        for inner in sequence.nodes:
            yield from nodes_of(inner)


def steps_of(node: Node) -> Iterator[Step]:
    """Give every step, in the order of the document."""
    for inner in nodes_of(node):
        if isinstance(inner, Step):
            yield inner


def with_sequences(node: Node, change: Callable[[Sequence], Sequence]) -> Node:
    """Change the sequences that a construct consists of."""
    match node:
        case Step() | Merge() | Nested():
            return node
        case Sequence():
            return change(node)
        case Parallel(branches=branches):
            return replace(node, branches=tuple(change(branch) for branch in branches))
        case Branch(then=then, otherwise=otherwise):
            return replace(node, then=change(then), otherwise=change(otherwise))
        case Repeat(body=body) | ForEach(body=body):
            return replace(node, body=change(body))
        case _:
            assert_never(node)


def rebuilt(sequence: Sequence, change: Callable[[Node], Node]) -> Sequence:
    """Change every node of a sequence; what is inside a node comes before it.

    Args:
        sequence: the sequence; it is itself not given to `change`.
        change: gives what stands in a node's place. It need not look inside.
    """
    nodes = (with_sequences(node, lambda inner: rebuilt(inner, change)) for node in sequence.nodes)
    return replace(sequence, nodes=tuple(change(node) for node in nodes))


def rekeyed(sequence: Sequence, new: Callable[[str], str]) -> Sequence:
    """Give a sequence and every node in it another key."""
    nodes = (with_sequences(node, lambda inner: rekeyed(inner, new)) for node in sequence.nodes)
    return replace(
        sequence,
        key=new(sequence.key),
        # A sequence among the nodes has got its key with its inside.
        nodes=tuple(
            node if isinstance(node, Sequence) else replace(node, key=new(node.key))
            for node in nodes
        ),
    )


def keyed(sequence: Sequence, key: str = "") -> Sequence:
    """Give every node the key that its place in the document demands."""
    counts: dict[str, int] = {}
    nodes: list[Node] = []
    for node in sequence.nodes:
        letter = letter_of(node)
        counts[letter] = counts.get(letter, 0) + 1
        nodes.append(_keyed(node, key_within(key, f"{letter}{counts[letter]}")))
    return replace(sequence, key=key, nodes=tuple(nodes))


def _keyed(node: Node, key: str) -> Node:
    match node:
        case Step() | Merge() | Nested():
            return replace(node, key=key)
        case Sequence():
            return keyed(node, key)
        case Parallel(branches=branches):
            inner = (
                keyed(branch, key_within(key, f"b{number}"))
                for number, branch in enumerate(branches, 1)
            )
            return replace(node, key=key, branches=tuple(inner))
        case Branch(then=then, otherwise=otherwise):
            return replace(
                node,
                key=key,
                then=keyed(then, key_within(key, THEN)),
                otherwise=keyed(otherwise, key_within(key, ELSE)),
            )
        case Repeat(body=body) | ForEach(body=body):
            return replace(node, key=key, body=keyed(body, key))
        case _:
            assert_never(node)


def branches_of_merges(sequence: Sequence) -> Mapping[str, str]:
    """Tell for every merge the key of the branch that it belongs to, if there is one.

    That is, of the branches before it in its own sequence, the last of which a side defines what
    the merge takes from that side; if there is none, the last one.
    """
    found: dict[str, str] = {}
    for node in nodes_of(sequence):
        for inner in sequences_in(node):
            before: list[Branch] = []
            for one in inner.nodes:
                if isinstance(one, Branch):
                    before.insert(0, one)
                elif isinstance(one, Merge) and before:
                    own = next((branch for branch in before if _feeds(branch, one)), before[0])
                    found[one.key] = own.key
    return found


def _feeds(branch: Branch, merge: Merge) -> bool:
    return _defines(branch.then, merge.then) or _defines(branch.otherwise, merge.otherwise)


def _defines(sequence: Sequence, source: Source | None) -> bool:
    return isinstance(source, Wire) and source.id in ids_defined_in(sequence)


def ids_defined_in(sequence: Sequence) -> frozenset[str]:
    """Give the ids that a sequence defines for what comes after it."""
    found: set[str] = set(sequence.aliases)
    for node in sequence.nodes:
        found |= ids_defined_by(node)
    return frozenset(found)


def ids_defined_by(node: Node) -> frozenset[str]:
    """Give the ids that a node defines for what comes after it."""
    match node:
        case Step(outputs=outputs) | Nested(outputs=outputs):
            return frozenset(outputs.values())
        case Merge(id=end):
            return frozenset({end} - {""})
        case Sequence():
            return ids_defined_in(node)
        case Parallel(branches=branches):
            return frozenset().union(*(ids_defined_in(branch) for branch in branches))
        case Branch(then=then, otherwise=otherwise, merged=merged):
            own = {one.id for one in merged}
            return ids_defined_in(then) | ids_defined_in(otherwise) | own
        case Repeat(body=body, carried=carried):
            return ids_defined_in(body) | {one.id for one in carried}
        case ForEach(gathered=gathered):
            return frozenset(one.id for one in gathered)
        case _:
            assert_never(node)
