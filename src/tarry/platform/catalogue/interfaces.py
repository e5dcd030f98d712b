"""What the catalogue needs of the world around it."""

from collections.abc import Collection
from typing import Protocol

from tarry.platform.catalogue.model import ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.model.offers import Offer
from tarry.platform.kernel.model import ProjectId


class Catalogue(Protocol):
    """The store, inside one transaction.

    Every question is about the newest version unless it says otherwise.
    """

    def service(self, project: ProjectId, uri: str) -> ServiceEntry | None:
        """Find a service of this very project by its URI."""
        ...

    def service_named(self, project: ProjectId, name: str) -> ServiceEntry | None:
        """Find a service of this very project by its name."""
        ...

    def services(self, projects: Collection[ProjectId]) -> list[ServiceEntry]:
        """Give the services of these projects, by name."""
        ...

    def add_service(self, entry: ServiceEntry) -> None:
        """Add a version of a service: the first, or the one after the newest."""
        ...

    def workflow(
        self, project: ProjectId, name: str, version: int | None = None
    ) -> WorkflowEntry | None:
        """Find a version of a workflow of this very project."""
        ...

    def workflows(self, projects: Collection[ProjectId]) -> list[WorkflowEntry]:
        """Give the workflows of these projects, by name."""
        ...

    def add_workflow(self, entry: WorkflowEntry) -> None:
        """Add a version of a workflow; what is published stays."""
        ...

    def publish(self, project: ProjectId, name: str, version: int) -> None:
        """Let runs start from this version from now on."""
        ...


class Wsdls(Protocol):
    """Reads WSDLs at the addresses that the operator allows."""

    async def read(self, url: str) -> Offer:
        """Fetch and understand a WSDL.

        Raises:
            TarryError: the address is not allowed, or what is there cannot be read.
        """
        ...
