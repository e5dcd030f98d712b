"""Ids as the field's editors make them: `main_input2` and `s1io2`."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from tarry.platform.workflows.model.document import Document
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
from tarry.platform.workflows.model.renaming import renamed
from tarry.platform.workflows.model.walking import nodes_of, rebuilt


def numbered(document: Document) -> Document:
    """Give every end of a valid document a generated id; what is wired stays wired.

    Workflow inputs become `main_input<n>`, the outputs of the n-th step `s<n>io<m>` where m counts
    the step's ports: first what the manager fills in, then the other inputs, then the outputs.
    Merges and nested workflows count as steps. What a branch merges becomes `i<n>io<m>`, what a
    loop carries `r<n>io<m>`; the item of a for-each becomes `f<n>io1`, and the lists that it
    gathers follow. What the manager fills in keeps its own name as id, as documents of the field
    have it.
    """
    new = {known.id or known.name: known.name for known in document.filled}
    new |= {given.id: f"main_input{number}" for number, given in enumerate(document.inputs, 1)}
    counts: Counter[str] = Counter()
    starts: dict[str, str] = {}
    for node in nodes_of(document.body):
        if ports := _ports(node):
            counts[ports.letter] += 1
            start = starts[ports.key] = f"{ports.letter}{counts[ports.letter]}io"
            for number, old in enumerate(ports.defined, ports.before + 1):
                new[old] = f"{start}{number}"
    body = renamed(document.body, lambda old: new.get(old, old))
    return replace(
        document,
        filled=tuple(replace(known, id=known.name) for known in document.filled),
        inputs=tuple(replace(given, id=new[given.id]) for given in document.inputs),
        outputs=tuple(replace(shown, id=new.get(shown.id, "")) for shown in document.outputs),
        body=rebuilt(body, lambda node: _filled(node, new, starts)),
    )


@dataclass(frozen=True, kw_only=True)
class _Ports:
    """What a node has that can be numbered.

    Attributes:
        before: how many ports come before those that define an id.
    """

    letter: str
    key: str
    before: int = 0
    defined: tuple[str, ...] = ()


def _ports(node: Node) -> _Ports | None:
    match node:
        case Step() | Nested():
            before = len(node.filled) + len(node.inputs)
            ends = tuple(node.outputs.values())
            return _Ports(letter="s", key=node.key, before=before, defined=ends)
        case Merge():
            ends = (node.id,) if node.id else ()
            return _Ports(letter="s", key=node.key, before=len(node.filled) + 2, defined=ends)
        case Branch():
            return _Ports(letter="i", key=node.key, defined=tuple(one.id for one in node.merged))
        case Repeat():
            return _Ports(letter="r", key=node.key, defined=tuple(one.id for one in node.carried))
        case ForEach():
            ends = (node.item, *(one.id for one in node.gathered))
            return _Ports(letter="f", key=node.key, defined=ends)
        case Sequence() | Parallel():
            return None
        case _:
            assert_never(node)


def _filled(node: Node, new: Mapping[str, str], starts: Mapping[str, str]) -> Node:
    """Number what the manager fills in, and the status page."""
    if not isinstance(node, Step | Nested | Merge):
        return node
    filled = {name: new.get(old, "") for name, old in node.filled.items()}
    if isinstance(node, Merge) or not node.status_id:
        return replace(node, filled=filled)
    status = len(node.filled) + len(node.inputs) + len(node.outputs) + 1
    return replace(node, filled=filled, status_id=f"{starts[node.key]}{status}")
