"""The two ends of every wire of a document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tarry.contract.kinds import FILLED_IN
from tarry.contract.ports import Port
from tarry.platform.workflows.interfaces import Services
from tarry.platform.workflows.model import Document, Step, Wire
from tarry.platform.workflows.model.walking import key_within

START = -1
"""Position of the workflow's inputs; steps count from 0."""


@dataclass(frozen=True, kw_only=True)
class Definition:
    """An end that a value comes from.

    Attributes:
        port: none for a workflow input, whose rules follow from its uses, and for what is unknown.
        given: name of the workflow input that it is; empty for a step's output.
    """

    id: str
    place: str
    position: int
    port: Port | None = None
    given: str = ""


@dataclass(frozen=True, kw_only=True)
class Use:
    """An end that a value goes to; a step's input. The port is none if it is unknown."""

    id: str
    place: str
    position: int
    port: Port | None = None


@dataclass(frozen=True, kw_only=True)
class Ends:
    """All ends of a document, by id.

    Attributes:
        statuses: ids that were given to a `status_base64`, with their places.
    """

    definitions: Mapping[str, Sequence[Definition]] = field(default_factory=dict)
    uses: Mapping[str, Sequence[Use]] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)

    def source(self, end: str) -> Definition | None:
        """Give what defines an id; the first, if that is not clear."""
        found = self.definitions.get(end)
        return found[0] if found else None


def ends_of(document: Document, services: Services) -> Ends:
    """Find all ends, with the ports of the services behind them."""
    definitions: dict[str, list[Definition]] = {}
    for definition in _definitions(document, services):
        definitions.setdefault(definition.id, []).append(definition)
    uses: dict[str, list[Use]] = {}
    for use in _uses(document, services):
        uses.setdefault(use.id, []).append(use)
    return Ends(
        definitions=definitions,
        uses=uses,
        statuses={step.status_id: step.key for step in document.steps if step.status_id},
    )


def inputs_of(step: Step, services: Services) -> dict[str, Port]:
    """Give the input ports of a step by name; what the manager fills in may be overridden."""
    service = services.get(step.service)
    own = {port.name: port for port in service.inputs} if service else {}
    overridden = FILLED_IN.intersection(step.inputs).difference(own)
    return own | {name: Port(name=name) for name in overridden}


def outputs_of(step: Step, services: Services) -> dict[str, Port]:
    """Give the output ports of a step by name."""
    service = services.get(step.service)
    return {port.name: port for port in service.outputs} if service else {}


def _definitions(document: Document, services: Services) -> Iterator[Definition]:
    for known in document.filled:
        if known.id:
            place, port = f"inputs/{known.name}", Port(name=known.name)
            yield Definition(id=known.id, place=place, position=START, port=port)
    for given in document.inputs:
        if given.id:
            place = f"inputs/{given.name}"
            yield Definition(id=given.id, place=place, position=START, given=given.name)
    for position, step in enumerate(document.steps):
        ports = outputs_of(step, services)
        for name, end in step.outputs.items():
            place = key_within(step.key, name)
            yield Definition(id=end, place=place, position=position, port=ports.get(name))


def _uses(document: Document, services: Services) -> Iterator[Use]:
    for position, step in enumerate(document.steps):
        ports = inputs_of(step, services)
        for name, source in step.inputs.items():
            if isinstance(source, Wire):
                place = key_within(step.key, name)
                yield Use(id=source.id, place=place, position=position, port=ports.get(name))
