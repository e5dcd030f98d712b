"""A workflow in the place of a service runs as if its own body stood there."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fakes.documents import ADD, call, valid_documents
from tests.fakes.interpreter import EndlessLoop, Interpreter

from tarry.contract.ports import PortType
from tarry.platform.workflows.errors import WorkflowInvalid
from tarry.platform.workflows.model import (
    Branch,
    Compare,
    Comparison,
    Constant,
    Document,
    DocumentInput,
    DocumentOutput,
    Literal,
    Nested,
    Sequence,
    Step,
    Variable,
    Wire,
    nodes_of,
)
from tarry.platform.workflows.operations import expanded

INNER = "http://company/workflow/Inner.owl#Inner"
OUTER = "http://company/workflow/Outer.owl#Outer"


def outcome(interpreter: Interpreter, document: Document, inputs: dict[str, str]) -> object:
    try:
        return interpreter.run(document, inputs)
    except EndlessLoop:
        return EndlessLoop


@st.composite
def nests(draw: st.DrawFn) -> tuple[Document, Document]:
    inner = draw(valid_documents(uri=INNER, depth=1))
    return inner, draw(valid_documents(uri=OUTER, nested=inner, depth=1))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(nests(), st.lists(st.integers(-3, 9).map(str), min_size=2, max_size=2))
def test_an_expanded_workflow_computes_the_same(
    documents: tuple[Document, Document], numbers: list[str]
) -> None:
    inner, outer = documents
    inputs = {given.name: numbers[number] for number, given in enumerate(outer.inputs)}
    whole = expanded(outer, {INNER: inner})

    assert not any(isinstance(node, Nested) for node in nodes_of(whole.body))
    assert outcome(Interpreter(call), whole, inputs) == outcome(
        Interpreter(call, workflows={INNER: inner}), outer, inputs
    )


@given(nests())
def test_every_key_and_every_id_is_there_once(documents: tuple[Document, Document]) -> None:
    inner, outer = documents
    whole = expanded(outer, {INNER: inner})
    nodes = [node for node in nodes_of(whole.body) if node is not whole.body]
    defined = [end for step in whole.steps for end in step.outputs.values()]

    assert len({node.key for node in nodes}) == len(nodes)
    assert len(set(defined)) == len(defined)


def workflow(uri: str, *nodes: Step | Nested | Branch, shows: str = "") -> Document:
    return Document(
        uri=uri,
        inputs=(DocumentInput(name="n", id="n"),),
        outputs=(DocumentOutput(name="out", id=shows),) if shows else (),
        filled=(DocumentInput(name="sessionToken", id="token"),),
        body=Sequence(nodes=nodes),
    )


def use(uri: str, key: str = "n1", **inputs: Wire | Constant) -> Nested:
    return Nested(key=key, workflow=uri, inputs=inputs, outputs={"out": f"{key}out"})


STEP = Step(key="s1", service=ADD, inputs={"a": Wire("n")}, outputs={"sum": "s"})


def test_inputs_and_outputs_of_a_nested_workflow_become_aliases() -> None:
    outer = workflow(OUTER, use(INNER, n=Constant("5")), shows="n1out")

    [sequence] = expanded(outer, {INNER: workflow(INNER, STEP, shows="s")}).body.nodes

    assert sequence == Sequence(
        key="n1",
        nodes=(replace(STEP, key="n1/s1", inputs={"a": Wire("n1/n")}, outputs={"sum": "n1/s"}),),
        aliases={"n1/n": Constant("5"), "n1/token": Wire("token"), "n1out": Wire("n1/s")},
    )


def test_an_input_that_nobody_wired_has_no_value_inside() -> None:
    outer = workflow(OUTER, use(INNER))

    [sequence] = expanded(outer, {INNER: workflow(INNER, STEP)}).body.nodes

    assert isinstance(sequence, Sequence)
    assert "n1/n" not in sequence.aliases


def test_a_condition_over_an_input_holds_for_a_constant_too() -> None:
    condition = Compare(Comparison.GREATER, Variable("n"), Literal("3", PortType.INTEGER))
    inner = workflow(
        INNER, Branch(key="i1", condition=condition, then=Sequence(nodes=(STEP,))), shows="s"
    )

    for text, outputs in {"4": {"out": "5"}, "3": {}}.items():
        outer = workflow(OUTER, use(INNER, n=Constant(text)), shows="n1out")
        whole = expanded(outer, {INNER: inner})
        types = {"n1/n": PortType.INTEGER}
        assert Interpreter(call, types=types).run(whole, {}) == outputs


def test_what_the_manager_fills_in_is_handed_down_even_if_nobody_named_it_outside() -> None:
    step = replace(STEP, inputs={"a": Wire("token")})
    outer = replace(workflow(OUTER, use(INNER)), filled=())

    whole = expanded(outer, {INNER: workflow(INNER, step)})

    assert whole.filled == (DocumentInput(name="sessionToken", id="sessionToken"),)
    [sequence] = whole.body.nodes
    assert isinstance(sequence, Sequence)
    assert sequence.aliases["n1/token"] == Wire("sessionToken")


def test_ids_of_a_nested_workflow_never_meet_those_around_it() -> None:
    outer = workflow(OUTER, replace(STEP, outputs={"sum": "n1/s"}), use(INNER, n=Wire("n1/s")))

    whole = expanded(outer, {INNER: workflow(INNER, STEP, shows="s")})

    assert [step.outputs["sum"] for step in whole.steps] == ["n1/s", "n1//s"]


def chain(length: int) -> dict[str, Document]:
    uris = [f"http://company/workflow/W.owl#W{number}" for number in range(length)]
    found = {uri: workflow(uri, use(after)) for uri, after in itertools.pairwise(uris)}
    return {**found, uris[-1]: workflow(uris[-1], STEP)}


def test_workflows_may_stand_in_each_other_eight_deep_and_no_deeper() -> None:
    eight, nine = chain(8), chain(9)

    whole = expanded(workflow(OUTER, use(next(iter(eight)))), eight)
    assert [step.key for step in whole.steps] == ["n1/" * 8 + "s1"]

    with pytest.raises(WorkflowInvalid) as caught:
        expanded(workflow(OUTER, use(next(iter(nine)))), nine)
    assert [(one.place, one.code) for one in caught.value.problems] == [("n1", "too-deep")]


def test_a_workflow_that_contains_itself_or_is_missing_is_told_with_its_place() -> None:
    inner = workflow(INNER, use(OUTER))
    outer = workflow(OUTER, use(INNER), use("http://company/workflow/Gone.owl#Gone", key="n2"))

    with pytest.raises(WorkflowInvalid) as caught:
        expanded(outer, {INNER: inner, OUTER: outer})

    circle, missing = caught.value.problems
    assert (circle.place, circle.code) == ("n1", "workflow-circle")
    assert circle.message.endswith("Outer → Inner → Outer")
    assert (missing.place, missing.code) == ("n2", "unknown-workflow")


def test_workflows_that_would_grow_without_measure_are_refused() -> None:
    uris = [f"http://company/workflow/W.owl#W{number}" for number in range(6)]
    several = {
        uri: workflow(uri, *(use(after, key=f"n{number}") for number in range(1, 11)))
        for uri, after in itertools.pairwise(uris)
    }

    with pytest.raises(WorkflowInvalid, match="more than 10000 steps"):
        expanded(workflow(OUTER, use(uris[0])), {**several, uris[-1]: workflow(uris[-1], STEP)})
