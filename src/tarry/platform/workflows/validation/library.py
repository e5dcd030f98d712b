"""What the steps of a document may use: services, and workflows in the place of services."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tarry.contract.kinds import FILLED_IN
from tarry.contract.ports import Port
from tarry.platform.workflows.interfaces import Services
from tarry.platform.workflows.model import Document, Nested, Step


@dataclass(frozen=True, kw_only=True)
class Ports:
    """What has to be given at the start of a workflow, and what comes out."""

    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()


@dataclass
class Library:
    """Services, and the workflows that may stand in their place.

    Attributes:
        nested: the ports of the workflows that can be nested, by URI.
    """

    services: Services
    workflows: Mapping[str, Document] = field(default_factory=dict)
    nested: dict[str, Ports] = field(default_factory=dict)

    def ports_of(self, node: Step | Nested) -> Ports | None:
        """Give the ports of what a step uses; none if it is not known."""
        if isinstance(node, Nested):
            return self.nested.get(node.workflow)
        service = self.services.get(node.service)
        return Ports(inputs=service.inputs, outputs=service.outputs) if service else None

    def inputs_of(self, node: Step | Nested) -> dict[str, Port]:
        """Give the input ports by name; what the manager fills in may be overridden."""
        ports = self.ports_of(node)
        own = _by_name(ports.inputs if ports else ())
        overridden = FILLED_IN.intersection(node.inputs).difference(own)
        return own | {name: Port(name=name) for name in overridden}

    def outputs_of(self, node: Step | Nested) -> dict[str, Port]:
        """Give the output ports by name."""
        ports = self.ports_of(node)
        return _by_name(ports.outputs if ports else ())


def _by_name(ports: Iterable[Port]) -> dict[str, Port]:
    return {port.name: port for port in ports}
