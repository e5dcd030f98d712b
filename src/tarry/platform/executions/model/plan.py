"""What one execution carries out: a workflow document over services, as they were at its start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tarry.contract.ports import Port, PortType
from tarry.platform.executions.model.origins import Origin, origins_of
from tarry.platform.executions.model.terms import Terms
from tarry.platform.executions.model.types import types_of
from tarry.platform.workflows.model import (
    Document,
    ForEach,
    Merge,
    Nested,
    Node,
    Parallel,
    Repeat,
    Sequence,
    Step,
)
from tarry.platform.workflows.model.walking import sequences_in


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a node.

    Attributes:
        sequence: that the node is one of.
        index: of the node in the sequence.
        owner: the construct that the sequence belongs to; `None`: the document.
        last: nothing that takes time comes after the node in the sequence.
    """

    sequence: Sequence
    index: int
    owner: Node | None
    last: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """From where in the document a node sees values.

    Attributes:
        loops: the keys of the loops and for-eachs around it, outermost first.
        order: counts the nodes in the order of the document.
        end: the order of the last node inside it.
    """

    loops: tuple[str, ...]
    order: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Plan:
    """A document and all that the manager needs beside it. Many executions share one.

    Attributes:
        services: by URI.
        terms: of the service of each step, by the step's key.
        origins: where the value behind an id comes from.
        types: of the values behind ids.
        loops: the loops and for-eachs, by key.
        idle: the keys of nodes in which nothing is ever to be done.
    """

    document: Document
    services: Mapping[str, Terms]
    steps: Mapping[str, Step]
    terms: Mapping[str, Terms]
    origins: Mapping[str, Origin]
    types: Mapping[str, PortType]
    around: Mapping[str, Around]
    scopes: Mapping[str, Scope]
    loops: Mapping[str, Repeat | ForEach]
    idle: frozenset[str]

    def terms_of(self, step: Step) -> Terms:
        """Give the terms on which a step uses its service."""
        return self.terms[step.key]


def plan_of(document: Document, services: Mapping[str, Terms], inputs: Iterable[Port] = ()) -> Plan:
    """Make the plan of a valid document without nested workflows.

    Args:
        document: the workflow.
        services: those that it uses, by URI.
        inputs: the ports of the workflow's inputs, as far as their types matter in conditions.
    """
    structure = _Structure()
    structure.walk(document.body, None, ())
    steps = {step.key: step for step in document.steps}
    origins = origins_of(document)
    return Plan(
        document=document,
        services=services,
        steps=steps,
        terms={
            step.key: _terms(step, services[step.service])
            for step in steps.values()
            if step.service in services
        },
        origins=origins,
        types=types_of(origins, steps, services, inputs),
        around=structure.around,
        scopes=structure.scopes,
        loops=structure.loops,
        idle=frozenset(structure.idle),
    )


def _terms(step: Step, terms: Terms) -> Terms:
    if step.repeatable and not terms.repeatable:
        return replace(terms, repeatable=True)
    return terms


@dataclass
class _Structure:
    """Finds out how the nodes of a document stand in each other."""

    around: dict[str, Around] = field(default_factory=dict)
    scopes: dict[str, Scope] = field(default_factory=dict)
    loops: dict[str, Repeat | ForEach] = field(default_factory=dict)
    idle: set[str] = field(default_factory=set)
    count: int = 0

    def walk(self, sequence: Sequence, owner: Node | None, loops: tuple[str, ...]) -> bool:
        """Look at the nodes of a sequence; tells whether there is never anything to do in it."""
        for node in sequence.nodes:
            self._node(node, loops)
        last = True
        for index in range(len(sequence.nodes) - 1, -1, -1):
            key = sequence.nodes[index].key
            self.around[key] = Around(sequence, index, owner, last)
            last = last and key in self.idle
        return last

    def _node(self, node: Node, loops: tuple[str, ...]) -> None:
        self.count += 1
        order, inner = self.count, loops
        if isinstance(node, Repeat | ForEach):
            self.loops[node.key] = node
            inner = (*loops, node.key)
        idle = [self.walk(sequence, node, inner) for sequence in sequences_in(node)]
        if isinstance(node, Merge | Nested) or (
            isinstance(node, Sequence | Parallel) and all(idle)
        ):
            self.idle.add(node.key)
        self.scopes[node.key] = Scope(loops, order, self.count)
