"""A whole document in JSON."""

import json
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tarry.platform.workflows.errors import DocumentUnreadable, NotWritable
from tarry.platform.workflows.json_form.conditions import DEFINITIONS
from tarry.platform.workflows.json_form.forms import (
    Faults,
    Items,
    Key,
    Number,
    Record,
    Schema,
    Table,
    Text,
)
from tarry.platform.workflows.json_form.nodes import ID, NODES
from tarry.platform.workflows.model import (
    Branch,
    Document,
    DocumentInput,
    DocumentOutput,
    Problem,
    Repeat,
    Sequence,
    Spot,
    Unknown,
    keyed,
    name_of,
    nodes_of,
)
from tarry.platform.workflows.model.conditions import MOST_LEVELS as MOST_CONDITIONS
from tarry.platform.workflows.model.conditions import levels_of
from tarry.platform.workflows.model.walking import MOST_LEVELS, level_of

FORMAT = 1
"""Version of the form."""
MOST_BYTES = 4 * 1024 * 1024
MOST_DEPTH = 200
"""How deep lists and objects may stand in each other."""


def _end(make: type[DocumentInput] | type[DocumentOutput], what: str) -> Record:
    keys = (
        Key("name", ID, "Its name", "name"),
        Key("id", Text(), "Its id; empty: not wired", "id", default=""),
    )
    return Record(make=make, keys=keys, meaning=what)


def _coordinate(number: Any) -> int | float:
    return int(number) if float(number).is_integer() else float(number)


_UNKNOWN = Record(
    make=Unknown,
    keys=(
        Key("place", Text(), "Where it stood", "place"),
        Key("name", ID, "Name of the XML element or, with a leading @, attribute", "name"),
        Key("text", Text(), "The element as XML, or the attribute's value", "text"),
    ),
    meaning="A piece of an XML document that means nothing to the platform",
)
_SPOT = Items(
    Number(float, _coordinate),
    make=lambda pair: Spot(*pair) if len(pair) == 2 else Spot(0, 0),
    back=lambda spot: (spot.x, spot.y),
    least=2,
    most=2,
)
_DOCUMENT = Record(
    make=Document,
    fixed={"format": FORMAT},
    ignored=("$schema",),
    meaning="A workflow: what goes in, what is done, what comes out",
    keys=(
        Key("uri", Text(least=1), "Names the workflow; its fragment is its name", "uri"),
        Key("title", Text(), "What people call it", "title", default=""),
        Key("description", Text(), "What it is for", "description", default=""),
        Key(
            "inputs",
            Items(_end(DocumentInput, "An input of the workflow; it defines an id")),
            "What somebody gives at the start",
            "inputs",
            default=(),
        ),
        Key(
            "outputs",
            Items(_end(DocumentOutput, "An output of the workflow; it repeats an id")),
            "What comes out",
            "outputs",
            default=(),
        ),
        Key(
            "filled",
            Items(_end(DocumentInput, "An input that the platform fills in")),
            "Inputs that nobody gives: sessionToken, extraParameters, serviceID",
            "filled",
            default=(),
        ),
        Key("body", NODES, "What runs, in its order", "body", default=Sequence()),
        Key(
            "canvas",
            Table(_SPOT),
            "Where an editor shows things: place to x and y",
            "canvas",
            default={},
        ),
        Key(
            "unknown",
            Items(_UNKNOWN),
            "What an XML document said besides; kept for writing it again",
            "unknown",
            default=(),
        ),
    ),
)


def read(data: bytes) -> Document:
    """Read a workflow document.

    Raises:
        DocumentUnreadable: it is not JSON, or not in the form of the schema; all is told at once.
    """
    faults = Faults()
    raw = _parse(data)
    document: Document = _DOCUMENT.read(raw, "", faults)
    if not faults.problems:
        document = replace(document, body=keyed(document.body))
        _check_depth(document, faults)
    if faults.problems:
        name = name_of(document.uri) or "The document"
        raise DocumentUnreadable(workflow=name, problems=faults.problems)
    return document


def write(document: Document) -> bytes:
    """Write a document as JSON, indented so that versions can be compared.

    Raises:
        NotWritable: nested workflows have been put in their places, or a text is no Unicode.
    """
    if any(isinstance(node, Sequence) and node.aliases for node in nodes_of(document.body)):
        raise NotWritable(workflow=document.name, reason="its nested workflows are expanded")
    text = json.dumps(_DOCUMENT.write(document), indent=2, ensure_ascii=False)
    try:
        return text.encode("utf-8") + b"\n"
    except UnicodeEncodeError as error:
        raise NotWritable(workflow=document.name, reason=str(error)) from error


def json_schema() -> Schema:
    """Give the JSON Schema (2020-12) of workflow documents."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Workflow document of Tarry",
        **_DOCUMENT.schema(),
        "$defs": {name: form.schema() for name, form in sorted(DEFINITIONS.items())},
    }


def _parse(data: bytes) -> object:
    if len(data) > MOST_BYTES:
        raise _unreadable("too-large", f"it is larger than {MOST_BYTES} bytes")
    try:
        raw: object = json.loads(
            data,
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_no_twins,
        )
    except RecursionError as error:
        raise _unreadable("too-deep", "lists and objects stand too deep in each other") from error
    except ValueError as error:
        raise _unreadable("not-json", f"it is no JSON: {error}") from error
    if _is_too_deep(raw):
        raise _unreadable("too-deep", "lists and objects stand too deep in each other")
    return raw


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no number")


def _no_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twin = next(key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1)
        raise ValueError(f"the key {twin} stands there twice")
    return found


def _is_too_deep(raw: object) -> bool:
    level: list[object] = [raw]
    for _ in range(MOST_DEPTH):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(raw: object) -> Iterable[object]:
    if isinstance(raw, dict):
        return raw.values()
    return raw if isinstance(raw, list) else ()


def _check_depth(document: Document, faults: Faults) -> None:
    """Hold a document to what can be written as XML too, and worked on."""
    for node in nodes_of(document.body):
        if level_of(node.key) > MOST_LEVELS:
            message = f"constructs stand in each other more than {MOST_LEVELS} deep"
            faults.add(node.key, "too-deep", message)
            return
        if isinstance(node, Branch | Repeat) and levels_of(node.condition) > MOST_CONDITIONS:
            message = f"conditions stand in each other more than {MOST_CONDITIONS} deep"
            faults.add(node.key, "too-deep", message)


def _unreadable(code: str, reason: str) -> DocumentUnreadable:
    problem = Problem(place="", code=code, message=reason)
    return DocumentUnreadable(workflow="The document", problems=(problem,))
