"""A workflow without problems has every value where it is needed, on every path."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.fakes.documents import INNER, SERVICES, call, valid_documents
from tests.fakes.interpreter import EndlessLoop, Interpreter

from tarry.platform.workflows.model import Document, Wire, numbered
from tarry.platform.workflows.model.renaming import ids_in
from tarry.platform.workflows.model.walking import rebuilt
from tarry.platform.workflows.operations import expanded
from tarry.platform.workflows.validation import problems

SLOW = settings(
    max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def found(document: Document, workflows: Mapping[str, Document]) -> list[tuple[str, str]]:
    return [
        (one.place, one.code)
        for one in problems(document, SERVICES, workflows)
        # A loop over the same value again and again is refused, but runs.
        if one.code != "endless-loop"
    ]


@SLOW
@given(valid_documents())
def test_documents_that_are_valid_have_no_problems(document: Document) -> None:
    assert found(document, {}) == []


@st.composite
def nests(draw: st.DrawFn) -> tuple[Document, Document]:
    inner = draw(valid_documents(uri=INNER, depth=1))
    return inner, draw(valid_documents(nested=inner, depth=1))


@SLOW
@given(nests())
def test_documents_with_valid_ones_in_them_have_no_problems(
    documents: tuple[Document, Document],
) -> None:
    inner, outer = documents
    assert found(outer, {INNER: inner}) == []


@st.composite
def rewired(draw: st.DrawFn) -> Document:
    """A document one wire of which goes to any other end, and one step of which may fail."""
    document = draw(valid_documents())
    ends = sorted(ids_in(document.body) | {given.id for given in document.inputs})
    step = draw(st.sampled_from([*document.steps, None]))
    if step is None:
        shown = draw(st.sampled_from(ends))
        return replace(document, outputs=(replace(document.outputs[0], id=shown),))
    name = draw(st.sampled_from(sorted(step.inputs)))
    other = replace(step, inputs={**step.inputs, name: Wire(draw(st.sampled_from(ends)))})
    other = replace(other, on_failure=draw(st.sampled_from([None, None, {}])))
    body = rebuilt(document.body, lambda node: other if node is step else node)
    return replace(document, body=body)


@SLOW
@given(rewired(), st.lists(st.integers(-3, 9).map(str), min_size=2, max_size=2))
def test_a_workflow_without_problems_lacks_no_value(document: Document, numbers: list[str]) -> None:
    if found(document, {}):
        event("refused")
        return
    event("runs")
    inputs = {given.name: numbers[number] for number, given in enumerate(document.inputs)}
    failing = {step.key for step in document.steps if step.on_failure is not None}

    def answer(service: str, given: Mapping[str, str]) -> Mapping[str, str]:
        return call(service, given)  # a missing or misfitting value is an error in here

    interpreter = Interpreter(answer, failing=failing)
    try:
        outputs = interpreter.run(document, inputs)
    except EndlessLoop:
        return
    assert outputs.keys() == {shown.name for shown in document.outputs}


@SLOW
@given(nests())
def test_a_document_stays_valid_when_nested_ones_are_in_their_places(
    documents: tuple[Document, Document],
) -> None:
    inner, outer = documents
    assert found(expanded(outer, {INNER: inner}), {}) == []


@SLOW
@given(valid_documents(), st.lists(st.integers(-3, 9).map(str), min_size=2, max_size=2))
def test_generated_ids_change_nothing_of_what_a_document_means(
    document: Document, numbers: list[str]
) -> None:
    inputs = {given.name: numbers[number] for number, given in enumerate(document.inputs)}
    generated = numbered(document)

    assert found(generated, {}) == []
    assert numbered(generated) == generated
    assert meant(generated, inputs) == meant(document, inputs)


def meant(document: Document, inputs: Mapping[str, str]) -> object:
    try:
        return Interpreter(call).run(document, inputs)
    except EndlessLoop:
        return EndlessLoop
