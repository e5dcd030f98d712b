"""The body of a workflow: steps, and what orders them.

A further construct becomes a further member of `Node`; the type checker then finds every place that
has to learn about it.

Every node has a key: its path in the document, unique in it. `s1` is the first step of the body; a
node inside a construct is `<key of the construct>/<own piece>`. Pieces are a letter and a number
that counts the nodes of one sort in their sequence: `s` steps and merges, `q` sequences, `p`
parallels, `i` branches, `r` loops, `f` for-eachs, `n` nested workflows. In between stand `then` and
`else` of a branch and `b1`, `b2` … of a parallel; loops and for-eachs have nothing in between.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from tarry.platform.workflows.model.conditions import Condition
from tarry.platform.workflows.model.sources import Source, Wire

MOST_ROUNDS = 1000
"""Rounds of a loop, unless it says otherwise."""
WIDTH = 10
"""Items of a for-each that are worked on at once, unless it says otherwise."""
RETRY_PAUSE = timedelta(seconds=10)
"""Pause before the first retry, unless the step says otherwise."""


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
        note: a remark of the author.
        time_out: of one attempt, from its start call; none: as long as it takes.
        retries: further attempts after a failure, each a new step run with a new id.
        retry_pause: before the first retry; each further pause is twice as long.
        on_failure: none: the run ends. Otherwise it goes on with these outputs (port to lexical
            form); outputs that are not here have no value.
        repeatable: calling this step twice does no harm, although its service is not marked so.
    """

    key: str
    service: str
    inputs: Mapping[str, Source] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    filled: Mapping[str, str] = field(default_factory=dict)
    status_id: str = ""
    name: str = ""
    note: str = ""
    time_out: timedelta | None = None
    retries: int = 0
    retry_pause: timedelta = RETRY_PAUSE
    on_failure: Mapping[str, str] | None = None
    repeatable: bool = False


@dataclass(frozen=True, kw_only=True)
class Sequence:
    """Nodes that run one after the other.

    Attributes:
        key: path of the sequence; empty for the body of the document.
        aliases: ids that stand for other sources, in it and after it. Only what became of a nested
            workflow has them: its inputs, and its outputs under the ids of the document around it.
    """

    nodes: tuple["Node", ...] = ()
    key: str = ""
    aliases: Mapping[str, Source] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Parallel:
    """Sequences that run side by side; it is done when each of them is."""

    key: str
    branches: tuple[Sequence, ...]
    name: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Merged:
    """An id that a branch defines, from whichever of its sides ran; no source means no value."""

    id: str
    then: Source | None = None
    otherwise: Source | None = None


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One of two sequences, as a condition says."""

    key: str
    condition: Condition
    then: Sequence
    otherwise: Sequence = field(default_factory=Sequence)
    merged: tuple[Merged, ...] = ()
    name: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Merge:
    """The field's `EndIf`: passes on the value of the side that ran. Nothing is called.

    Which branch it belongs to, `branches_of_merges` tells.

    Attributes:
        service: the URI under which the document calls it.
        id: that its output `ITE_Out` defines; empty: unwired.
        filled: as in `Step`.
    """

    key: str
    service: str
    then: Source | None = None
    otherwise: Source | None = None
    id: str = ""
    filled: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Carried:
    """A value that a loop hands from one round to the next.

    Attributes:
        id: what it is called in the loop, its condition, and (the last value) after it.
        first: what it is in the first round.
        next: what it becomes after each round.
    """

    id: str
    first: Source
    next: Wire


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """A loop: its body runs, and again *while* the condition holds.

    The condition is asked after each round, when carried values have already moved on.

    Attributes:
        first: the condition is asked before the first round too.
        most: a run that wants more rounds fails.
    """

    key: str
    body: Sequence
    condition: Condition
    first: bool = False
    carried: tuple[Carried, ...] = ()
    most: int = MOST_ROUNDS
    name: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """A list that a for-each defines: what a source gave for each item, in their order."""

    id: str
    source: Source


@dataclass(frozen=True, kw_only=True)
class ForEach:
    """Its body runs once for each item of a list.

    Attributes:
        over: the list, a JSON array of lexical forms; a list without a value has no items.
        item: the id that the item has inside the body.
        width: at most so many items at once.
        gathered: the only ids that are known outside.
    """

    key: str
    body: Sequence
    over: Source
    item: str
    width: int = WIDTH
    gathered: tuple[Gathered, ...] = ()
    name: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Nested:
    """A workflow in the place of a service. When a run starts, its own body takes its place.

    Attributes:
        workflow: URI of the workflow.
        inputs, outputs, filled: as in `Step`.
    """

    key: str
    workflow: str
    inputs: Mapping[str, Source] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    filled: Mapping[str, str] = field(default_factory=dict)
    status_id: str = ""
    name: str = ""
    note: str = ""


Node = Step | Sequence | Parallel | Branch | Merge | Repeat | ForEach | Nested
