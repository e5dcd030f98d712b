"""The state machine computes what the documents mean, whatever the order of the answers."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fakes.documents import (
    ADD,
    COUNT,
    INNER,
    SERVICES,
    call,
    valid_documents,
)
from tests.fakes.drive import Drive, terms
from tests.fakes.interpreter import EndlessLoop, Interpreter

from tarry.contract.ports import Port, PortType
from tarry.platform.executions.model import ExecutionState
from tarry.platform.executions.model.events import StepCompleted, StepStopped
from tarry.platform.executions.model.terms import Terms
from tarry.platform.workflows.model import Document
from tarry.platform.workflows.operations import expanded


def used(uri: str) -> Terms:
    """The terms of one of the services that compute with numbers."""
    service = SERVICES[uri]
    made = terms("Numbers", *service.inputs, outputs=service.outputs)
    needed = frozenset(port.name for port in service.inputs if port.must_be_given)
    return replace(made, uri=uri, required=needed)


TERMS: Mapping[str, Terms] = {uri: used(uri) for uri in (ADD, COUNT)}


def driven(document: Document, inputs: Mapping[str, str], data: st.DataObject) -> object:
    """What the state machine makes of a document, if open steps are answered in any order."""
    drive = Drive(
        *document.body.nodes,
        inputs={given.id: inputs[given.name] for given in document.inputs},
        outputs=tuple(dict.fromkeys(shown.id for shown in document.outputs)),
        ports=tuple(Port(name=given.id, type=PortType.INTEGER) for given in document.inputs),
        services=TERMS,
    ).begin()
    while running := list(drive.now.open_steps()):
        run = data.draw(st.sampled_from(sorted(running, key=lambda one: one.number)))
        if drive.stands(ExecutionState.FAILING):
            drive.happen(StepStopped(run.id, "stopped"))
        else:
            drive.happen(StepCompleted(run.id, call(run.service, run.inputs)))
    if drive.stands(ExecutionState.FAILED):
        assert drive.now.failure is not None
        return drive.now.failure.code
    assert drive.stands(ExecutionState.SUCCEEDED)
    return {shown.name: drive.now.outputs.get(shown.id) for shown in document.outputs}


def meant(document: Document, inputs: Mapping[str, str], **nested: Document) -> object:
    """What the document means."""
    try:
        return Interpreter(call, workflows={INNER: nested.get("inner", document)}).run(
            document, inputs
        )
    except EndlessLoop:
        return "endless-loop"


SLOW = settings(
    max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
NUMBERS = st.lists(st.integers(-3, 9).map(str), min_size=2, max_size=2)


@SLOW
@given(valid_documents(), NUMBERS, st.data())
def test_a_run_ends_with_what_its_document_means(
    document: Document, numbers: list[str], data: st.DataObject
) -> None:
    inputs = {given.name: numbers[at] for at, given in enumerate(document.inputs)}

    assert driven(document, inputs, data) == meant(document, inputs)


@st.composite
def nests(draw: st.DrawFn) -> tuple[Document, Document]:
    inner = draw(valid_documents(uri=INNER, depth=1))
    return inner, draw(valid_documents(nested=inner, depth=1))


@SLOW
@given(nests(), NUMBERS, st.data())
def test_a_nested_workflow_runs_as_it_would_alone(
    documents: tuple[Document, Document], numbers: list[str], data: st.DataObject
) -> None:
    inner, outer = documents
    inputs = {given.name: numbers[at] for at, given in enumerate(outer.inputs)}
    whole = expanded(outer, {INNER: inner})

    assert driven(whole, inputs, data) == meant(outer, inputs, inner=inner)
