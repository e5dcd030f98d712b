"""The body of a workflow in JSON."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, assert_never

from tarry.platform.workflows.json_form.conditions import CONDITION, DEFINITIONS
from tarry.platform.workflows.json_form.forms import (
    Items,
    Key,
    Number,
    OneOf,
    Record,
    Ref,
    Table,
    Text,
    Truth,
    Whole,
)
from tarry.platform.workflows.model import (
    Branch,
    Carried,
    Constant,
    ForEach,
    Gathered,
    Merge,
    Merged,
    Nested,
    Node,
    Parallel,
    Repeat,
    Sequence,
    Source,
    Step,
    Wire,
)
from tarry.platform.workflows.model.nodes import MOST_ROUNDS, RETRY_PAUSE, WIDTH

ID = Text(least=1)
_ID_OR_NONE = Text()
SOURCE = Ref("source", DEFINITIONS)
NODES = Items(
    Ref("node", DEFINITIONS),
    make=lambda nodes: Sequence(nodes=nodes),
    back=lambda sequence: sequence.nodes,
)


def _seconds(number: Decimal) -> timedelta:
    return timedelta(microseconds=int(number * 1_000_000))


def _number(time: timedelta) -> int | float:
    return int(seconds) if (seconds := time.total_seconds()).is_integer() else seconds


SECONDS = Number(_seconds, _number, least=0)
_NAME = Key("name", Text(), "What people call it", "name", default="")
_NOTE = Key("note", Text(), "A remark of the author", "note", default="")
_INPUTS = Key("inputs", Table(SOURCE), "Where each input comes from", "inputs", default={})
_OUTPUTS = Key("outputs", Table(ID), "The id that each output defines", "outputs", default={})
_FILLED = Key(
    "filled",
    Table(_ID_OR_NONE),
    "Inputs that the platform fills in, with the id that they carry",
    "filled",
    default={},
)
_STATUS = Key("status_id", Text(), "The id of status_base64", "status_id", default="")
_BODY = Key("body", NODES, "What runs each time", "body")
_THEN = Key("then", SOURCE, "The value if the condition holds", "then", default=None)
_ELSE = Key("else", SOURCE, "The value if it does not", "otherwise", default=None)

_MERGED = Record(
    make=Merged,
    keys=(Key("id", ID, "The id that it defines", "id"), _THEN, _ELSE),
    meaning="An id that a branch defines, from whichever of its sides ran",
)
_CARRIED = Record(
    make=Carried,
    keys=(
        Key("id", ID, "The id that it defines", "id"),
        Key("first", SOURCE, "What it is in the first round", "first"),
        Key("next", Ref("wire", DEFINITIONS), "What it becomes after each round", "next"),
    ),
    meaning="A value that a loop hands from one round to the next",
)
_GATHERED = Record(
    make=Gathered,
    keys=(
        Key("id", ID, "The id that it defines", "id"),
        Key("source", SOURCE, "Where each item of it comes from", "source"),
    ),
    meaning="A list of what each item of the for-each gave, in their order",
)
_WIRE = Record(
    make=Wire,
    keys=(Key("id", ID, "The id of the end that it comes from", "id"),),
    meaning="A value that comes from an end of the workflow",
)
_CONSTANT = Record(
    make=Constant,
    keys=(Key("value", Text(), "The value, in its lexical form", "text"),),
    meaning="A value that stands in the document",
)


def _record(kind: str, make: Callable[..., Any], meaning: str, *keys: Key) -> Record:
    # Keys of nodes follow from where they stand.
    made = make if make is Sequence else partial(make, key="")
    return Record(make=made, keys=keys, meaning=meaning, fixed={"kind": kind})


_STEP = _record(
    "step",
    Step,
    "One use of a service",
    Key("service", Text(least=1), "The URI of the service", "service"),
    _NAME,
    _INPUTS,
    _OUTPUTS,
    _FILLED,
    _STATUS,
    Key("time_out", SECONDS, "Seconds that one attempt may take", "time_out", default=None),
    Key("retries", Whole(), "Further attempts after a failure", "retries", default=0),
    Key(
        "retry_pause",
        SECONDS,
        "Seconds before the first retry; each further pause is twice as long",
        "retry_pause",
        default=RETRY_PAUSE,
    ),
    Key(
        "on_failure",
        Table(Text()),
        "Outputs to go on with if it fails; without this key the run ends then",
        "on_failure",
        default=None,
    ),
    Key(
        "repeatable",
        Truth(),
        "Calling it twice does no harm, although its service is not marked so",
        "repeatable",
        default=False,
    ),
    _NOTE,
)
_BRANCH = _record(
    "branch",
    Branch,
    "One of two sequences, as a condition says",
    _NAME,
    Key("condition", CONDITION, "Says which", "condition"),
    Key("then", NODES, "What runs if it holds", "then"),
    Key("else", NODES, "What runs if it does not", "otherwise", default=Sequence()),
    Key("merged", Items(_MERGED), "Ids that it defines", "merged", default=()),
    _NOTE,
)
_MERGE = _record(
    "merge",
    Merge,
    "The EndIf of older documents",
    Key("service", Text(least=1), "The URI under which the document calls it", "service"),
    _NAME,
    _THEN,
    _ELSE,
    Key("id", _ID_OR_NONE, "The id that it defines", "id", default=""),
    _FILLED,
    _NOTE,
)
_REPEAT = _record(
    "repeat",
    Repeat,
    "A loop: its body runs, and again while the condition holds",
    _NAME,
    Key("ask_first", Truth(), "Ask before the first round too", "first", default=False),
    Key("carried", Items(_CARRIED), "What goes from round to round", "carried", default=()),
    _BODY,
    Key("condition", CONDITION, "Says whether there is another round", "condition"),
    Key("most", Whole(), "More rounds fail the run", "most", default=MOST_ROUNDS),
    _NOTE,
)
_FOR_EACH = _record(
    "for-each",
    ForEach,
    "Its body runs once for each item of a list",
    _NAME,
    Key("over", SOURCE, "The list", "over"),
    Key("item", ID, "The id of the item inside", "item"),
    Key("width", Whole(), "Items at once", "width", default=WIDTH),
    _BODY,
    Key("gathered", Items(_GATHERED), "Lists that it defines", "gathered", default=()),
    _NOTE,
)
_NESTED = _record(
    "nested",
    Nested,
    "A workflow in the place of a service",
    Key("workflow", Text(least=1), "The URI of the workflow", "workflow"),
    _NAME,
    _INPUTS,
    _OUTPUTS,
    _FILLED,
    _STATUS,
    _NOTE,
)
_RECORDS = {
    "step": _STEP,
    "sequence": _record(
        "sequence",
        Sequence,
        "Nodes in their order",
        Key("nodes", Items(Ref("node", DEFINITIONS)), "The nodes", "nodes"),
    ),
    "parallel": _record(
        "parallel",
        Parallel,
        "Sequences that run side by side",
        _NAME,
        Key("branches", Items(NODES), "The sequences", "branches"),
        _NOTE,
    ),
    "branch": _BRANCH,
    "merge": _MERGE,
    "repeat": _REPEAT,
    "for-each": _FOR_EACH,
    "nested": _NESTED,
}


def _kind(node: Node) -> str:
    match node:
        case Step():
            return "step"
        case Sequence():
            return "sequence"
        case Parallel():
            return "parallel"
        case Branch():
            return "branch"
        case Merge():
            return "merge"
        case Repeat():
            return "repeat"
        case ForEach():
            return "for-each"
        case Nested():
            return "nested"
        case _:
            assert_never(node)


def _which_source(source: Source) -> str:
    return "id" if isinstance(source, Wire) else "value"


DEFINITIONS["wire"] = _WIRE
DEFINITIONS["source"] = OneOf(records={"id": _WIRE, "value": _CONSTANT}, which=_which_source)
for _name, _form in _RECORDS.items():
    DEFINITIONS[_name] = _form
DEFINITIONS["node"] = OneOf(
    records={kind: Ref(kind, DEFINITIONS) for kind in _RECORDS}, which=_kind, by="kind"
)
