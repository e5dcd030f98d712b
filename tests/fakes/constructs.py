"""A document with all constructs in it, and what comes of it."""

from datetime import timedelta

from tests.fakes.executions import service
from tests.fakes.flows import flow, use

from tarry.contract.kinds import Kind
from tarry.contract.lists import write_list
from tarry.contract.ports import PortType
from tarry.platform.workflows.model import (
    Branch,
    Carried,
    Compare,
    Comparison,
    Constant,
    ForEach,
    Gathered,
    Literal,
    Merged,
    Node,
    Parallel,
    Repeat,
    Sequence,
    Variable,
    Wire,
)

TARRY = service("Tarry", at_most_once=True)
FLAKY = service("Flaky", at_most_once=True)
BROKEN = service("Broken")
FIELD = service("Field")
SYNC = service("Sync", kind=Kind.SYNCHRONOUS)
ALL = (TARRY, FLAKY, BROKEN, FIELD, SYNC)


def row(*nodes: Node) -> Sequence:
    return Sequence(nodes=nodes)


def is_text(wire: str, text: str) -> Compare:
    return Compare(Comparison.EQUAL, Variable(wire), Literal(text, PortType.STRING))


WHOLE = flow(
    "whole",
    Parallel(
        key="",
        branches=(
            row(use(TARRY, "a", Constant("a"))),
            row(use(SYNC, "b1", Constant("b")), use(FIELD, "b", "b1")),
        ),
    ),
    ForEach(
        key="",
        body=row(use(TARRY, "y", "it")),
        over=Constant(write_list("def")),
        item="it",
        width=2,
        gathered=(Gathered(id="all", source=Wire("y")),),
    ),
    Repeat(
        key="",
        body=row(use(SYNC, "n", "c")),
        condition=is_text("n", "(x)"),
        carried=(Carried(id="c", first=Constant("x"), next=Wire("n")),),
    ),
    Branch(
        key="",
        condition=is_text("c", "((x))"),
        then=row(use(TARRY, "t", "c")),
        otherwise=row(use(FIELD, "e", "c")),
        merged=(Merged(id="m", then=Wire("t"), otherwise=Wire("e")),),
    ),
    use(FLAKY, "f", "m", retries=3, retry_pause=timedelta(seconds=5)),
    use(BROKEN, "d", "f", on_failure={"result": "instead"}),
    services=ALL,
    outputs=("a", "b", "all", "c", "m", "f", "d"),
)
RESULTS = {
    "a": "(a)",
    "b": "((b))",
    "all": write_list(["(d)", "(e)", "(f)"]),
    "c": "((x))",
    "m": "(((x)))",
    "f": "((((x))))",
    "d": "instead",
}
