"""Random workflow documents, most of them not valid: whatever a file may hold."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from tarry.contract.ports import PortType
from tarry.platform.workflows.model import (
    AllOf,
    AnyOf,
    Branch,
    Carried,
    Compare,
    Comparison,
    Condition,
    Constant,
    Document,
    DocumentInput,
    DocumentOutput,
    ForEach,
    Gathered,
    IsTrue,
    Literal,
    Merge,
    Merged,
    Nested,
    Node,
    Not,
    Parallel,
    Repeat,
    Sequence,
    Source,
    Spot,
    Step,
    Unknown,
    Variable,
    Wire,
    keyed,
    nodes_of,
)

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True).filter(
    lambda name: name not in {"serviceID", "sessionToken", "extraParameters", "status_base64"}
)
IDS = st.from_regex(r"[A-Za-z0-9_:.-]{1,12}", fullmatch=True).filter(
    lambda name: name not in {"sessionToken", "extraParameters"}
)
# All that XML can carry; a new line and a tab count, and so do quotes and brackets.
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r<>&\"'"),
    max_size=8,
)
SERVICES = NAMES.map(lambda name: f"http://company/async/{name}.owl#start_{name}_Service")
SOURCES: st.SearchStrategy[Source] = st.builds(Wire, IDS) | st.builds(Constant, TEXTS)


SPECIAL = st.sampled_from(
    ["a b", "x,y", "(", 'say "hi"', "5", "-1.5", "true", "é", "#a", "\\", "id"]
)
VARIABLES = st.from_regex(r"[0-9][A-Za-z][A-Za-z:.-]{0,5}", fullmatch=True)
"""Ids that no port is called and that are no numbers: in a condition they mean but themselves."""
END_IF = "http://www.cloudifacturing.eu/sync/DFKI/EndIf.owl#EndIf_Service"
WORKFLOWS = NAMES.map(lambda name: f"http://company/workflow/{name}.owl#{name}")
FILLED = st.fixed_dictionaries(
    {},
    optional={
        "serviceID": st.just("") | IDS,
        "sessionToken": st.sampled_from(["", "sessionToken"]),
    },
)
LITERALS = st.one_of(
    st.builds(Literal, TEXTS, st.just(PortType.STRING)),
    st.integers().map(lambda number: Literal(str(number), PortType.INTEGER)),
    st.builds(
        Literal,
        st.sampled_from(["1", "1.5", ".5", "5.", "1e3", "true", "abc", ""]),
        st.sampled_from([PortType.DECIMAL, PortType.BOOLEAN, PortType.INTEGER]),
    ),
)
PLAIN_CONDITIONS: st.SearchStrategy[Condition] = st.builds(
    Compare,
    st.sampled_from(Comparison),
    st.builds(Variable, VARIABLES),
    st.integers().map(lambda number: Literal(str(number), PortType.INTEGER)),
)


def conditions() -> st.SearchStrategy[Condition]:
    """Conditions of every form."""
    operands = st.builds(Variable, VARIABLES | SPECIAL) | LITERALS
    compares = st.builds(Compare, st.sampled_from(Comparison), operands, operands)
    return st.recursive(
        compares | st.builds(IsTrue, operands),
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.lists(inner, min_size=1, max_size=3).map(lambda many: AllOf(tuple(many))),
            st.lists(inner, min_size=1, max_size=3).map(lambda many: AnyOf(tuple(many))),
        ),
        max_leaves=4,
    )


TIMES = st.timedeltas(timedelta(0), timedelta(days=400))
OPTIONAL = st.none() | SOURCES


@st.composite
def _bodies(draw: st.DrawFn, depth: int, *, extended: bool) -> Sequence:
    nodes = [draw(_nodes(depth, extended=extended)) for _ in range(draw(st.integers(0, 2)))]
    return Sequence(nodes=tuple(nodes))


def _nodes(depth: int, *, extended: bool) -> st.SearchStrategy[Node]:
    kinds: list[st.SearchStrategy[Node]] = [_steps(extended), _uses(extended), _merges(extended)]
    if depth:
        inner = _bodies(depth - 1, extended=extended)
        kinds += [inner, _branches(inner, extended), _repeats(inner, extended)]
        if extended:
            kinds += [_parallels(inner), _for_eachs(inner)]
    return st.one_of(kinds)


@st.composite
def _steps(draw: st.DrawFn, extended: bool) -> Node:
    step = Step(
        key="",
        service=draw(SERVICES),
        inputs=draw(st.dictionaries(NAMES, _source(extended), max_size=3)),
        outputs=draw(st.dictionaries(NAMES, IDS, max_size=3)),
        filled=draw(FILLED),
        status_id=draw(st.just("") | IDS),
        **_said(draw, extended),
    )
    if not extended or draw(st.booleans()):
        return step
    return replace(
        step,
        service=draw(SERVICES | WORKFLOWS),
        time_out=draw(st.none() | TIMES),
        retries=draw(st.integers(0, 5)),
        retry_pause=draw(TIMES),
        on_failure=draw(st.none() | st.dictionaries(NAMES, TEXTS, max_size=2)),
        repeatable=draw(st.booleans()),
    )


@st.composite
def _uses(draw: st.DrawFn, extended: bool) -> Node:
    return Nested(
        key="",
        workflow=draw(WORKFLOWS | SERVICES if extended else WORKFLOWS),
        inputs=draw(st.dictionaries(NAMES, _source(extended), max_size=2)),
        outputs=draw(st.dictionaries(NAMES, IDS, max_size=2)),
        filled=draw(FILLED),
        status_id=draw(st.just("") | IDS),
        **_said(draw, extended),
    )


@st.composite
def _merges(draw: st.DrawFn, extended: bool) -> Node:
    return Merge(
        key="",
        service=END_IF,
        then=draw(st.none() | _source(extended)),
        otherwise=draw(st.none() | _source(extended)),
        id=draw(st.just("") | IDS),
        filled=draw(FILLED),
        **_said(draw, extended),
    )


@st.composite
def _branches(draw: st.DrawFn, inner: st.SearchStrategy[Sequence], extended: bool) -> Node:
    merged = st.lists(st.builds(Merged, id=IDS, then=OPTIONAL, otherwise=OPTIONAL), max_size=2)
    return Branch(
        key="",
        condition=draw(conditions() if extended else PLAIN_CONDITIONS),
        then=draw(inner),
        otherwise=draw(inner),
        merged=tuple(draw(merged)) if extended else (),
        **_said(draw, extended),
    )


@st.composite
def _repeats(draw: st.DrawFn, inner: st.SearchStrategy[Sequence], extended: bool) -> Node:
    plain = Repeat(key="", body=draw(inner), condition=draw(PLAIN_CONDITIONS))
    if not extended:
        return plain
    carried = st.lists(
        st.builds(Carried, id=IDS, first=SOURCES, next=st.builds(Wire, IDS)), max_size=2
    )
    return replace(
        plain,
        condition=draw(conditions()),
        first=draw(st.booleans()),
        carried=tuple(draw(carried)),
        most=draw(st.integers(0, 2000)),
        **_said(draw, extended),
    )


@st.composite
def _parallels(draw: st.DrawFn, inner: st.SearchStrategy[Sequence]) -> Node:
    branches = tuple(draw(st.lists(inner, max_size=3)))
    return Parallel(key="", branches=branches, **_said(draw, True))


@st.composite
def _for_eachs(draw: st.DrawFn, inner: st.SearchStrategy[Sequence]) -> Node:
    gathered = st.lists(st.builds(Gathered, id=IDS, source=SOURCES), max_size=2)
    return ForEach(
        key="",
        body=draw(inner),
        over=draw(SOURCES),
        item=draw(IDS),
        width=draw(st.integers(0, 50)),
        gathered=tuple(draw(gathered)),
        **_said(draw, True),
    )


def _source(extended: bool) -> st.SearchStrategy[Source]:
    return SOURCES if extended else st.builds(Wire, IDS)


def _said(draw: st.DrawFn, extended: bool) -> dict[str, Any]:
    return {"name": draw(TEXTS), "note": draw(TEXTS)} if extended and draw(st.booleans()) else {}


def _keys(body: Sequence) -> list[str]:
    return [node.key for node in nodes_of(body) if node.key]


def _unknown(body: Sequence) -> st.SearchStrategy[tuple[Unknown, ...]]:
    keys = _keys(body)
    piece = st.one_of(
        st.builds(Unknown, place=st.sampled_from(["", *keys]), name=st.just("@x"), text=TEXTS),
        st.builds(
            Unknown,
            place=st.sampled_from(["", "services", *keys]),
            name=st.just("note"),
            text=st.just('<note xmlns="urn:else" a="1"> <b></b>\n</note>'),
        ),
        st.builds(Unknown, place=st.just("sequence"), name=st.just("#text"), text=st.just("hm")),
    )
    unique = st.lists(piece, max_size=3, unique_by=lambda one: (one.place, one.name))
    rank = {"@": 0, "#": 2}
    return unique.map(
        lambda all_: tuple(sorted(all_, key=lambda u: (u.place, rank.get(u.name[0], 1))))
    )


COORDINATES = st.floats(-999_999_999, 999_999_999)
SPOTS = st.builds(Spot, COORDINATES, COORDINATES)


@st.composite
def documents(draw: st.DrawFn, *, extended: bool = True, unknown: bool = True) -> Document:
    """Documents of any form; or only such as use nothing of ours."""
    body = keyed(draw(_bodies(2, extended=extended)))
    inputs = draw(st.lists(st.builds(DocumentInput, name=NAMES, id=IDS), max_size=3))
    outputs = draw(st.lists(st.builds(DocumentOutput, name=NAMES, id=IDS), max_size=3))
    places = st.sampled_from(["", "sequence", *_keys(body)])
    return Document(
        uri=draw(WORKFLOWS),
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        filled=(DocumentInput(name="sessionToken", id="sessionToken"),),
        body=body,
        title=draw(TEXTS) if extended else "",
        description=draw(TEXTS) if extended else "",
        unknown=draw(_unknown(body)) if unknown else (),
        canvas=draw(st.dictionaries(places, SPOTS, max_size=3)) if extended else {},
    )
