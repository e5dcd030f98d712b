"""The ports of a workflow, which follow from what its inputs and outputs are wired to."""

from dataclasses import dataclass, replace

from tarry.contract.ports import Port
from tarry.platform.workflows.interfaces import Services
from tarry.platform.workflows.model import Document, DocumentInput, DocumentOutput, Problem
from tarry.platform.workflows.validation.ends import Ends, ends_of
from tarry.platform.workflows.validation.fits import Misfit, common


@dataclass(frozen=True, kw_only=True)
class Ports:
    """What has to be given at the start of a workflow, and what comes out."""

    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()


def infer_ports(document: Document, services: Services) -> Ports:
    """Give the ports of a workflow; of a valid one they are exact, of any other a good guess.

    An input that is wired to nothing is an optional string. An output that shows an input has the
    rules of that input.
    """
    ends = ends_of(document, services)
    inputs = {given.name: input_port(given, ends) for given in document.inputs}
    outputs = (_output_port(shown, ends, inputs) for shown in document.outputs)
    return Ports(inputs=tuple(inputs.values()), outputs=tuple(outputs))


def input_port(given: DocumentInput, ends: Ends) -> Port:
    """Give what fits every port that a workflow input goes to, as far as they agree."""
    port: Port | None = None
    for target in _targets(given, ends):
        try:
            port = target if port is None else common(port, target)
        except Misfit:
            continue
    return replace(port, name=given.name) if port else Port(name=given.name, required=False)


def disagreements(given: DocumentInput, ends: Ends) -> list[Problem]:
    """Tell which of the ports that a workflow input goes to no value can satisfy."""
    port: Port | None = None
    found: list[Problem] = []
    place = f"inputs/{given.name}"
    for use in ends.uses.get(given.id, ()):
        if use.port is None:
            continue
        try:
            port = use.port if port is None else common(port, use.port)
        except Misfit as misfit:
            message = f"{use.place} and what else it is wired to disagree: {misfit.reason}"
            found.append(Problem(place=place, code=misfit.code, message=message))
    return found


def _targets(given: DocumentInput, ends: Ends) -> list[Port]:
    return [use.port for use in ends.uses.get(given.id, ()) if use.port]


def _output_port(shown: DocumentOutput, ends: Ends, inputs: dict[str, Port]) -> Port:
    source = ends.source(shown.id) if shown.id else None
    if source is None:
        return Port(name=shown.name, required=False)
    if source.given:
        return replace(inputs[source.given], name=shown.name, default=None)
    return replace(source.port or Port(name=""), name=shown.name, default=None)
