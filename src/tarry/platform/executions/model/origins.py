"""Where the values behind the ids of a document come from."""

from collections.abc import Mapping
from dataclasses import dataclass

from tarry.platform.workflows.model import (
    Branch,
    Document,
    ForEach,
    Merge,
    Repeat,
    Sequence,
    Source,
    Step,
    branches_of_merges,
    nodes_of,
)
from tarry.platform.workflows.model.walking import sequences_in


@dataclass(frozen=True, slots=True)
class FromInput:
    """An input of the workflow."""

    name: str


@dataclass(frozen=True, slots=True)
class FromManager:
    """What only the manager knows, such as the token; it is filled in at the call."""

    name: str


@dataclass(frozen=True, slots=True)
class FromStep:
    """An output of a step."""

    key: str
    port: str


@dataclass(frozen=True, slots=True)
class FromSides:
    """What one of two sides of a branch gives.

    Attributes:
        key: of the branch or, if it belongs to none, of the merge.
        decided: the branch says which side; else it is the first that has a value.
    """

    key: str
    then: Source | None
    otherwise: Source | None
    decided: bool


@dataclass(frozen=True, slots=True)
class FromLoop:
    """A value that a loop carries from round to round."""

    key: str
    first: Source
    next: Source


@dataclass(frozen=True, slots=True)
class FromItem:
    """The item of a for-each."""

    key: str
    over: Source


@dataclass(frozen=True, slots=True)
class FromItems:
    """A list that a for-each has gathered."""

    key: str
    source: Source


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of a source."""

    source: Source


Origin = FromInput | FromManager | FromStep | FromSides | FromLoop | FromItem | FromItems | Alias
"""Where the value behind an id comes from."""


def origins_of(document: Document) -> Mapping[str, Origin]:
    """Tell for every id of a document where its value comes from."""
    found: dict[str, Origin] = {known.id: FromManager(known.name) for known in document.filled}
    found |= {given.id: FromInput(given.name) for given in document.inputs}
    found |= _aliases(document.body)
    merges = branches_of_merges(document.body)
    for node in nodes_of(document.body):
        for sequence in sequences_in(node):
            found |= _aliases(sequence)
        match node:
            case Step(key=key, outputs=outputs):
                found |= {wire: FromStep(key, port) for port, wire in outputs.items()}
            case Merge(key=key, id=wire) if wire:
                branch = merges.get(key)
                found[wire] = FromSides(
                    branch or key, node.then, node.otherwise, decided=branch is not None
                )
            case Branch(key=key, merged=merged):
                for one in merged:
                    found[one.id] = FromSides(key, one.then, one.otherwise, decided=True)
            case Repeat(key=key, carried=carried):
                found |= {one.id: FromLoop(key, one.first, one.next) for one in carried}
            case ForEach(key=key, over=over, item=item, gathered=gathered):
                found[item] = FromItem(key, over)
                found |= {one.id: FromItems(key, one.source) for one in gathered}
            case _:
                pass
    return found


def _aliases(sequence: Sequence) -> dict[str, Origin]:
    return {wire: Alias(source) for wire, source in sequence.aliases.items()}
