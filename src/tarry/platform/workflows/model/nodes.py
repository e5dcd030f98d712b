"""The body of a workflow: steps, and what orders them.

Further constructs (branches, loops, nested workflows) become further members of `Node`; the type
checker then finds every place that has to learn about them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import assert_never

SEPARATOR = "/"
"""Stands between the pieces of a key: a step inside a construct is `<its key>/<own piece>`."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A value that comes from the end that defines this id."""

    id: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that stands in the document, in its lexical form."""

    text: str


Source = Wire | Constant
"""Where a step's input gets its value from."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One use of a service.

    Attributes:
        key: path of the step in the document, unique in it; `s1` is the first of the body.
        service: URI of the service.
        inputs: port name to source. A port that is not here is unwired.
        outputs: port name to the id that it defines, never empty.
        filled: inputs that the manager fills in by itself (`serviceID`, `sessionToken`, and
            `extraParameters` wired as usual), with the id that the document gave them, if any.
        status_id: the id that the document gave to `status_base64`; nothing can be wired to it.
        name: what people call this step; empty: the service's title.
    """

    key: str
    service: str
    inputs: Mapping[str, Source] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    filled: Mapping[str, str] = field(default_factory=dict)
    status_id: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Sequence:
    """Nodes that run one after the other.

    Attributes:
        key: path of the sequence; empty for the body of the document.
    """

    nodes: tuple["Node", ...] = ()
    key: str = ""


Node = Step | Sequence


def steps_of(node: Node) -> Iterator[Step]:
    """Give every step, in the order of the document."""
    match node:
        case Step():
            yield node
        case Sequence(nodes=nodes):
            for inner in nodes:
                yield from steps_of(inner)
        case _:
            assert_never(node)


def key_within(parent: str, piece: str) -> str:
    """Give the key of what stands inside a construct."""
    return f"{parent}{SEPARATOR}{piece}" if parent else piece
