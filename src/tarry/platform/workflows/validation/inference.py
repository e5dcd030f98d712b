"""The ports of a workflow, which follow from what its inputs and outputs are wired to."""

from collections.abc import Mapping
from dataclasses import replace

from tarry.contract.ports import Port
from tarry.platform.workflows.interfaces import Services
from tarry.platform.workflows.model import (
    Document,
    DocumentInput,
    DocumentOutput,
    Nested,
    Problem,
    nodes_of,
)
from tarry.platform.workflows.validation.fits import Misfit, common
from tarry.platform.workflows.validation.library import Library, Ports
from tarry.platform.workflows.validation.nesting import nesting
from tarry.platform.workflows.validation.paths import ends_of
from tarry.platform.workflows.validation.types import Types


def infer_ports(
    document: Document, services: Services, workflows: Mapping[str, Document] | None = None
) -> Ports:
    """Give the ports of a workflow; of a valid one they are exact, of any other a good guess.

    An input that is wired to nothing is an optional string. An output that shows an input has the
    rules of that input.

    Args:
        document: the workflow.
        services: those that it uses, and those that its nested workflows use, by URI.
        workflows: those that stand in the place of services, at any depth, by URI.
    """
    return _ports(document, library_of(document, services, workflows or {}))


def library_of(
    document: Document, services: Services, workflows: Mapping[str, Document]
) -> Library:
    """Get everything ready that a document may use; a nested workflow needs its ports."""
    library = Library(services, workflows)
    _learn(document, library)
    return library


def _learn(document: Document, library: Library) -> None:
    # What is in trouble is left out: it may contain itself.
    trouble = {problem.place for problem in nesting(document, library.workflows)}
    for node in nodes_of(document.body):
        if not isinstance(node, Nested) or node.key in trouble:
            continue
        if node.workflow not in library.nested:
            inner = library.workflows[node.workflow]
            _learn(inner, library)
            library.nested[node.workflow] = _ports(inner, library)


def _ports(document: Document, library: Library) -> Ports:
    types = Types(ends_of(document, library))
    return Ports(
        inputs=tuple(_input(given, types) for given in document.inputs),
        outputs=tuple(_output(shown, types) for shown in document.outputs),
    )


def _input(given: DocumentInput, types: Types) -> Port:
    return types.input_port(given.name) if given.id else Port(name=given.name, required=False)


def _output(shown: DocumentOutput, types: Types) -> Port:
    port = types.port_of(shown.id) if shown.id else None
    if port is None:
        known = shown.id and types.leaves(shown.id)
        return Port(name=shown.name) if known else Port(name=shown.name, required=False)
    return replace(port, name=shown.name, default=None)


def disagreements(given: DocumentInput, types: Types) -> list[Problem]:
    """Tell which of the ports that a workflow input goes to no value can satisfy."""
    port: Port | None = None
    found: list[Problem] = []
    place = f"inputs/{given.name}"
    for target in types.targets(given.id) if given.id else ():
        try:
            port = target.port if port is None else common(port, target.port)
        except Misfit as misfit:
            message = f"{target.place} and what else it is wired to disagree: {misfit.reason}"
            found.append(Problem(place=place, code=misfit.code, message=message))
    return found
