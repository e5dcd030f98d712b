"""Random workflow documents that are valid, over services that compute with whole numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from tarry.contract.kinds import Kind
from tarry.contract.lists import write_list
from tarry.contract.ports import Port, PortType
from tarry.platform.workflows.interfaces import ServiceInterface
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
    Step,
    Variable,
    Wire,
    keyed,
)

ADD = "http://company/sync/numbers.owl#add_Service"
COUNT = "http://company/async/numbers.owl#count_Service"
END_IF = "http://www.cloudifacturing.eu/sync/DFKI/EndIf.owl#EndIf_Service"
INNER = "http://company/workflow/Inner.owl#Inner"

SERVICES: Mapping[str, ServiceInterface] = {
    ADD: ServiceInterface(
        uri=ADD,
        kind=Kind.SYNCHRONOUS,
        inputs=(
            Port(name="a", type=PortType.INTEGER),
            Port(name="b", type=PortType.INTEGER, default="1"),
        ),
        outputs=(Port(name="sum", type=PortType.INTEGER),),
    ),
    COUNT: ServiceInterface(
        uri=COUNT,
        kind=Kind.ASYNCHRONOUS,
        inputs=(Port(name="to", type=PortType.INTEGER),),
        outputs=(Port(name="numbers", type=PortType.INTEGER, many=True),),
    ),
}


def call(service: str, inputs: Mapping[str, str]) -> Mapping[str, str]:
    """Do what the services do."""
    if service == ADD:
        return {"sum": str(int(inputs["a"]) + int(inputs.get("b", "1")))}
    return {"numbers": write_list(str(number) for number in range(int(inputs["to"]) % 4))}


@dataclass
class Scope:
    """What may be wired where a document is being made.

    Attributes:
        numbers: ids of numbers that certainly have a value.
        lists: ids of lists that do.
    """

    made: list[int] = field(default_factory=lambda: [0])
    numbers: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)

    def new(self) -> str:
        """Give an id that nothing has yet."""
        self.made[0] += 1
        return f"id{self.made[0]}"

    def inside(self, *more: str) -> "Scope":
        """Give the scope of what stands inside a construct."""
        return Scope(made=self.made, numbers=[*self.numbers, *more], lists=[*self.lists])


NUMBERS = st.integers(-3, 6).map(str)


@st.composite
def _sources(draw: st.DrawFn, scope: Scope) -> Source:
    wired = draw(st.integers(0, 3)) > 0
    if scope.numbers and wired:
        return Wire(draw(st.sampled_from(scope.numbers)))
    return Constant(draw(NUMBERS))


@st.composite
def _conditions(draw: st.DrawFn, scope: Scope, depth: int = 1) -> Condition:
    if depth and not draw(st.integers(0, 3)):
        inner = _conditions(scope, depth - 1)
        both = st.tuples(inner, inner)
        return draw(st.one_of(inner.map(Not), both.map(AllOf), both.map(AnyOf)))
    return Compare(
        draw(st.sampled_from(Comparison)),
        Variable(draw(st.sampled_from(scope.numbers))),
        Literal(draw(NUMBERS), PortType.INTEGER),
    )


@st.composite
def sequences(
    draw: st.DrawFn, scope: Scope, depth: int, *, nested: Document | None = None, least: int = 1
) -> Sequence:
    """Make a sequence; the scope learns what it defines."""
    nodes: list[Node] = []
    for _ in range(draw(st.integers(least, 3))):
        nodes.extend(draw(_pieces(scope, depth, nested)))
    return Sequence(nodes=tuple(nodes))


@st.composite
def _pieces(draw: st.DrawFn, scope: Scope, depth: int, nested: Document | None) -> list[Node]:
    kinds = ["step", "count", "step"]
    if depth:
        kinds += ["sequence", "parallel", "for-each"]
        kinds += ["branch", "merge", "repeat"] if scope.numbers else []
    kinds += ["nested", "nested"] if nested else []
    match draw(st.sampled_from(kinds)):
        case "step":
            return [draw(_steps(scope))]
        case "count":
            end = scope.new()
            step = Step(
                key="",
                service=COUNT,
                inputs={"to": draw(_sources(scope))},
                outputs={"numbers": end},
            )
            scope.lists.append(end)
            return [step]
        case "sequence":
            return [draw(sequences(scope, depth - 1, nested=nested))]
        case "parallel":
            scopes = [scope.inside() for _ in range(draw(st.integers(1, 3)))]
            branches = tuple(draw(sequences(one, depth - 1, nested=nested)) for one in scopes)
            known = len(scope.numbers), len(scope.lists)
            for one in scopes:
                scope.numbers.extend(one.numbers[known[0] :])
                scope.lists.extend(one.lists[known[1] :])
            return [Parallel(key="", branches=branches)]
        case "branch" | "merge" as kind:
            return draw(_branches(scope, depth, nested, field_style=kind == "merge"))
        case "repeat":
            return [draw(_repeats(scope, depth, nested))]
        case "for-each":
            return [draw(_for_eachs(scope, depth, nested))]
        case _:
            assert nested is not None
            return [draw(_nested(scope, nested))]


@st.composite
def _steps(draw: st.DrawFn, scope: Scope) -> Step:
    inputs = {"a": draw(_sources(scope))}
    if draw(st.booleans()):
        inputs["b"] = draw(_sources(scope))
    end = scope.new()
    scope.numbers.append(end)
    return Step(key="", service=ADD, inputs=inputs, outputs={"sum": end})


@st.composite
def _branches(
    draw: st.DrawFn, scope: Scope, depth: int, nested: Document | None, *, field_style: bool
) -> list[Node]:
    condition = draw(_conditions(scope))
    then, otherwise = scope.inside(), scope.inside()
    branch = Branch(
        key="",
        condition=condition,
        then=draw(sequences(then, depth - 1, nested=nested)),
        otherwise=draw(sequences(otherwise, depth - 1, nested=nested, least=0)),
    )
    sources = draw(_sources(then)), draw(_sources(otherwise))
    end = scope.new()
    scope.numbers.append(end)
    if field_style:
        # Only wires to what the sides define make it certain which branch a merge belongs to.
        return [
            branch,
            Merge(key="", service=END_IF, then=sources[0], otherwise=sources[1], id=end),
        ]
    merged = Merged(id=end, then=sources[0], otherwise=sources[1])
    return [replace(branch, merged=(merged,))]


@st.composite
def _repeats(draw: st.DrawFn, scope: Scope, depth: int, nested: Document | None) -> Repeat:
    first = draw(_sources(scope))
    end = scope.new()
    inner = scope.inside(end)
    body = draw(sequences(inner, depth - 1, nested=nested))
    step = draw(_steps(inner))
    body = replace(body, nodes=(*body.nodes, step))
    scope.numbers.append(end)
    return Repeat(
        key="",
        body=body,
        condition=draw(_conditions(Scope(numbers=[end]), 0)),
        first=draw(st.booleans()),
        carried=(Carried(id=end, first=first, next=Wire(step.outputs["sum"])),),
        most=draw(st.integers(1, 4)),
    )


@st.composite
def _for_eachs(draw: st.DrawFn, scope: Scope, depth: int, nested: Document | None) -> ForEach:
    lists = st.lists(NUMBERS, min_size=1, max_size=3).map(write_list).map(Constant)
    over: Source = draw(lists)
    wired = draw(st.booleans())
    if scope.lists and wired:
        over = Wire(draw(st.sampled_from(scope.lists)))
    item = scope.new()
    inner = scope.inside(item)
    body = draw(sequences(inner, depth - 1, nested=nested))
    gathered = Gathered(id=scope.new(), source=Wire(draw(st.sampled_from(inner.numbers))))
    scope.lists.append(gathered.id)
    return ForEach(
        key="",
        body=body,
        over=over,
        item=item,
        width=draw(st.integers(1, 3)),
        gathered=(gathered,),
    )


@st.composite
def _nested(draw: st.DrawFn, scope: Scope, document: Document) -> Nested:
    inputs = {given.name: draw(_sources(scope)) for given in document.inputs}
    outputs = {shown.name: scope.new() for shown in document.outputs}
    scope.numbers.extend(outputs.values())
    return Nested(key="", workflow=document.uri, inputs=inputs, outputs=outputs)


@st.composite
def valid_documents(
    draw: st.DrawFn,
    *,
    uri: str = "http://company/workflow/Outer.owl#Outer",
    depth: int = 2,
    nested: Document | None = None,
) -> Document:
    """Make a valid document; every input and output of it is a whole number."""
    scope = Scope()
    inputs = tuple(
        DocumentInput(name=f"in{number}", id=scope.new())
        for number in range(draw(st.integers(0, 2)))
    )
    scope.numbers.extend(given.id for given in inputs)
    body = draw(sequences(scope, depth, nested=nested))
    # An input that is only shown is of no use to anybody, and so is no number.
    body = replace(body, nodes=(*body.nodes, draw(_steps(scope))))
    numbers = scope.numbers[len(inputs) :]
    shown = draw(st.lists(st.sampled_from(numbers), min_size=1, max_size=3))
    return Document(
        uri=uri,
        inputs=inputs,
        outputs=tuple(
            DocumentOutput(name=f"out{number}", id=end) for number, end in enumerate(shown)
        ),
        body=keyed(body),
    )
