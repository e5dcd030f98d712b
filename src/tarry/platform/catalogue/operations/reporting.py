"""How a version of a workflow stands with the services as they are now."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.operations.sight import parsed, scope_of, services_of
from tarry.platform.workflows.model import Document, Problem
from tarry.platform.workflows.validation import infer_ports, notices, problems


@dataclass(frozen=True, kw_only=True)
class Report:
    """A version of a workflow, and how it stands with the services as they are now.

    Attributes:
        problems: what keeps it from running.
        notices: what is worth knowing although it runs.
        is_new: whether the call has added this version.
    """

    entry: WorkflowEntry
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()
    is_new: bool = False


def report(store: Catalogue, entry: WorkflowEntry) -> Report:
    """Hold a version against the services that its project sees."""
    document = parsed(entry.document)
    return compared(entry, document, services_of(store, scope_of(entry.project), document))


def compared(
    entry: WorkflowEntry, document: Document, services: Mapping[str, ServiceEntry]
) -> Report:
    """Hold a version against services."""
    interfaces = {uri: service.interface() for uri, service in services.items()}
    ports = infer_ports(document, interfaces)
    return Report(
        entry=replace(entry, inputs=ports.inputs, outputs=ports.outputs),
        problems=problems(document, interfaces),
        notices=notices(document, interfaces),
    )
