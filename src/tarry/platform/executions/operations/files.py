"""Which files a run has to read."""

from collections.abc import Iterator, Mapping

from tarry.contract.errors import InvalidValue
from tarry.contract.ports import STORED, Port, items
from tarry.platform.catalogue.model import PublishedWorkflow
from tarry.platform.executions.model.origins import (
    Alias,
    FromItem,
    FromItems,
    FromLoop,
    FromSides,
    Origin,
    origins_of,
)
from tarry.platform.executions.model.states import StepState
from tarry.platform.executions.model.views import RunView
from tarry.platform.workflows.model import Constant, Source, Wire


def files_of(published: PublishedWorkflow, inputs: Mapping[str, str]) -> list[str]:
    """Give the storage URIs that a run has to read: those given, and those in the document."""
    given = [
        uri
        for port in published.entry.inputs
        if port.type in STORED and port.name in inputs
        for uri in items(port, inputs[port.name])
    ]
    return [*given, *_written(published)]


def files_taken_over(published: PublishedWorkflow, run: RunView) -> list[str]:
    """Give the storage URIs among the outputs of a run's finished steps."""
    return [
        uri
        for step in run.steps
        if step.state is StepState.SUCCEEDED and step.service in published.services
        for port in published.services[step.service].outputs
        if port.type in STORED and port.name in step.outputs
        for uri in _read(port, step.outputs[port.name])
    ]


def _written(published: PublishedWorkflow) -> Iterator[str]:
    """Give what stands in the document where a step is given a file, however it gets there."""
    origins = origins_of(published.document)
    for step in published.document.steps:
        service = published.services[step.service]
        for port in service.inputs:
            if port.type in STORED and port.name in step.inputs:
                for text in _constants(origins, step.inputs[port.name], frozenset()):
                    yield from _read(port, text)
        for port in service.outputs:
            if port.type in STORED and step.on_failure and port.name in step.on_failure:
                yield from _read(port, step.on_failure[port.name])


def _constants(
    origins: Mapping[str, Origin], source: Source | None, seen: frozenset[str]
) -> Iterator[str]:
    if isinstance(source, Constant):
        yield source.text
    elif isinstance(source, Wire) and source.id not in seen:
        for further in _sources(origins.get(source.id)):
            yield from _constants(origins, further, seen | {source.id})


def _sources(origin: Origin | None) -> tuple[Source | None, ...]:
    match origin:
        case Alias(source) | FromItems(_, source) | FromItem(_, source):
            return (source,)
        case FromSides(_, then, otherwise):
            return (then, otherwise)
        case FromLoop(_, first, following):
            return (first, following)
        case _:
            return ()


def _read(port: Port, text: str) -> tuple[str, ...]:
    """Read one file or a list of them: an item of a list is given to a port for one."""
    for many in (port.many, not port.many):
        try:
            return tuple(items(_with(port, many=many), text))
        except InvalidValue:
            continue
    return ()


def _with(port: Port, *, many: bool) -> Port:
    return Port(name=port.name, type=port.type, many=many)
