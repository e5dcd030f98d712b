"""Of which type the values behind ids are: conditions compare them by it."""

from collections.abc import Iterable, Mapping
from typing import assert_never

from tarry.contract.ports import NUMBERS, Port, PortType
from tarry.platform.executions.model.origins import (
    Alias,
    FromInput,
    FromItem,
    FromItems,
    FromLoop,
    FromManager,
    FromSides,
    FromStep,
    Origin,
)
from tarry.platform.executions.model.terms import Terms
from tarry.platform.workflows.model import Constant, Source, Step
from tarry.platform.workflows.validation.types import constant_port

_DEEPEST = 50


def types_of(
    origins: Mapping[str, Origin],
    steps: Mapping[str, Step],
    services: Mapping[str, Terms],
    inputs: Iterable[Port],
) -> Mapping[str, PortType]:
    """Tell the types of what is behind the ids of a document, as far as they are known."""
    known = _Known(origins, steps, services, {port.name: port.type for port in inputs})
    found = {wire: known.of(origin) for wire, origin in origins.items()}
    return {wire: kind for wire, kind in found.items() if kind is not None}


class _Known:
    def __init__(
        self,
        origins: Mapping[str, Origin],
        steps: Mapping[str, Step],
        services: Mapping[str, Terms],
        inputs: Mapping[str, PortType],
    ) -> None:
        self._origins = origins
        self._inputs = inputs
        self._outputs = {
            (step.key, port.name): port.type
            for step in steps.values()
            if step.service in services
            for port in services[step.service].outputs
        }

    def of(self, origin: Origin, depth: int = 0) -> PortType | None:
        match origin:
            case FromInput(name):
                return self._inputs.get(name)
            case FromManager():
                return None
            case FromStep(key, port):
                return self._outputs.get((key, port))
            case FromSides(_, then, otherwise):
                return self._first((then, otherwise), depth)
            case FromLoop(_, first, following):
                return self._first((following, first), depth)
            case FromItem(_, source) | FromItems(_, source) | Alias(source):
                return self._first((source,), depth)
            case _:
                assert_never(origin)

    def _first(self, sources: tuple[Source | None, ...], depth: int) -> PortType | None:
        """Give the type of what is one of several; what stands in the document counts last."""
        if depth > _DEEPEST:
            return None
        found: set[PortType] = set()
        written: set[PortType] = set()
        for source in sources:
            if isinstance(source, Constant):
                written.add(constant_port(source.text).type)
            elif source is not None and (origin := self._origins.get(source.id)) is not None:
                kind = self.of(origin, depth + 1)
                found |= {kind} if kind is not None else set()
        return _wider(found | written if found <= NUMBERS else found)


def _wider(types: set[PortType]) -> PortType | None:
    """Give the type that takes values of all of these, as the validation has it."""
    if len(types) < 2:
        return next(iter(types), None)
    return PortType.DECIMAL if types <= NUMBERS else PortType.STRING
