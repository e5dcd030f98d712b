"""What a run takes along: the document and the services as they are now."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tarry.platform.catalogue.model.services import ServiceEntry
from tarry.platform.catalogue.model.workflows import WorkflowEntry
from tarry.platform.workflows.model import Document


@dataclass(frozen=True, kw_only=True)
class PublishedWorkflow:
    """A workflow that can be run, whole; later changes in the catalogue do not touch it.

    Attributes:
        document: with its nested workflows in their places.
        services: the newest version of every service that the document uses, by URI.
        nested: the published version of every workflow that stands in the place of a service, by
            URI.
    """

    entry: WorkflowEntry
    document: Document
    services: Mapping[str, ServiceEntry]
    nested: Mapping[str, WorkflowEntry] = field(default_factory=dict)
