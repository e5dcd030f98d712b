"""How a version of a workflow stands with the services as they are now."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.operations.sight import (
    AS_IT_IS,
    Supposed,
    nested_of,
    parsed,
    scope_of,
    services_of,
)
from tarry.platform.kernel.model import ProjectId
from tarry.platform.workflows.interfaces import ServiceInterface
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


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a document uses, as it is now.

    Attributes:
        services: those that it and its nested workflows use, by URI.
        nested: workflows in the place of services, at any depth, by URI.
    """

    services: Mapping[str, ServiceEntry]
    nested: Mapping[str, WorkflowEntry]

    @property
    def interfaces(self) -> dict[str, ServiceInterface]:
        """The services as a workflow sees them."""
        return {uri: service.interface() for uri, service in self.services.items()}

    @property
    def documents(self) -> dict[str, Document]:
        """The nested workflows as documents."""
        return {uri: parsed(entry.document) for uri, entry in self.nested.items()}


def around(
    store: Catalogue, project: ProjectId, document: Document, supposed: Supposed = AS_IT_IS
) -> Surroundings:
    """Find all that a document of a project uses; what is unknown is not in it."""
    scope = scope_of(project)
    nested = nested_of(store, scope, document, supposed)
    documents = (document, *(parsed(entry.document) for entry in nested.values()))
    return Surroundings(services=services_of(store, scope, *documents), nested=nested)


def report(store: Catalogue, entry: WorkflowEntry) -> Report:
    """Hold a version against the services and workflows that its project sees."""
    document = parsed(entry.document)
    return compared(entry, document, around(store, entry.project, document))


def compared(entry: WorkflowEntry, document: Document, found: Surroundings) -> Report:
    """Hold a version against what it uses."""
    interfaces, documents = found.interfaces, found.documents
    ports = infer_ports(document, interfaces, documents)
    return Report(
        entry=replace(entry, inputs=ports.inputs, outputs=ports.outputs),
        problems=problems(document, interfaces, documents),
        notices=notices(document, interfaces, documents),
    )
