"""What a run takes along: the document and the services as they are now."""

from collections.abc import Mapping
from dataclasses import dataclass

from tarry.platform.catalogue.model.services import ServiceEntry
from tarry.platform.catalogue.model.workflows import WorkflowEntry
from tarry.platform.workflows.model import Document


@dataclass(frozen=True, kw_only=True)
class PublishedWorkflow:
    """A workflow that can be run, whole; later changes in the catalogue do not touch it.

    Attributes:
        services: the newest version of every service that the document uses, by URI.
    """

    entry: WorkflowEntry
    document: Document
    services: Mapping[str, ServiceEntry]
