"""What the catalogue needs of the world around it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from tarry.platform.catalogue.model import Health, Picture, ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.model.health import MOST_CHANGES, HealthChange
from tarry.platform.catalogue.model.listing import ALL_VERSIONS, Search, Versions
from tarry.platform.catalogue.model.offers import Offer
from tarry.platform.kernel.interfaces import Trail
from tarry.platform.kernel.model import ProjectId, UserId


class Services(Protocol):
    """The services in the store. A retired one is found by naming its version only."""

    def service(
        self, project: ProjectId, uri: str, version: int | None = None
    ) -> ServiceEntry | None:
        """Find a service of this very project by its URI."""
        ...

    def service_named(self, project: ProjectId, name: str) -> ServiceEntry | None:
        """Find a service of this very project by its name."""
        ...

    def services(self, projects: Collection[ProjectId] | None = None) -> list[ServiceEntry]:
        """Give the services of these projects, or of all, by name."""
        ...

    def find_services(self, scope: Sequence[ProjectId], asked: Search) -> list[ServiceEntry]:
        """Give a piece of the services that are looked for, by name and URI.

        Those of the first project of the scope hide those of the others that have the same URI.
        """
        ...

    def service_versions(
        self, project: ProjectId, uri: str, versions: Versions = ALL_VERSIONS
    ) -> list[ServiceEntry]:
        """Give versions of a service, newest first, also of a retired one."""
        ...

    def add_service(self, entry: ServiceEntry) -> None:
        """Add a version of a service: the first, or the one after the newest; none is retired.

        Raises:
            Collision: the version or the name is there already.
        """
        ...

    def retire_service(self, project: ProjectId, uri: str, at: datetime) -> None:
        """Let nobody find a service any more; its name is free again."""
        ...

    def healths(
        self,
        projects: Collection[ProjectId] | None = None,
        uris: Collection[str] | None = None,
    ) -> list[Health]:
        """Give what is known of the health of services, of these or of all."""
        ...

    def note_health(self, health: Health) -> None:
        """Keep what a look has shown."""
        ...

    def health_changes(
        self, project: ProjectId, uri: str, *, most: int = MOST_CHANGES
    ) -> list[HealthChange]:
        """Give how the health of a service has changed, newest first."""
        ...

    def add_health_change(self, change: HealthChange) -> None:
        """Keep that a service's health has changed; of each service the newest `MOST_CHANGES`."""
        ...


class Workflows(Protocol):
    """The workflows in the store."""

    def workflow(
        self, project: ProjectId, name: str, version: int | None = None
    ) -> WorkflowEntry | None:
        """Find a version of a workflow of this very project."""
        ...

    def workflows(self, projects: Collection[ProjectId] | None = None) -> list[WorkflowEntry]:
        """Give the workflows of these projects, or of all, by name."""
        ...

    def find_workflows(self, scope: Sequence[ProjectId], asked: Search) -> list[WorkflowEntry]:
        """Give a piece of the workflows that are looked for, by name.

        Those of the first project of the scope hide those of the others that have the same name.
        """
        ...

    def workflow_versions(
        self, project: ProjectId, name: str, versions: Versions = ALL_VERSIONS
    ) -> list[WorkflowEntry]:
        """Give versions of a workflow, newest first."""
        ...

    def next_version(self, project: ProjectId, name: str) -> int:
        """Give the number of the next version: none is ever given twice."""
        ...

    def add_workflow(self, entry: WorkflowEntry) -> None:
        """Add a version of a workflow; what is published stays, and so do its card and picture.

        Raises:
            Collision: the version is there already.
        """
        ...

    def publish(self, project: ProjectId, name: str, version: int | None, at: datetime) -> None:
        """Let runs start from this version from now on, or from none."""
        ...

    def delete_version(self, project: ProjectId, name: str, version: int) -> None:
        """Forget a version of a workflow; that it is a draft the caller has seen to."""
        ...

    def label_workflow(self, project: ProjectId, name: str, category: str, company: str) -> None:
        """Say where people look for a workflow, and who offers it."""
        ...

    def picture(self, project: ProjectId, name: str) -> Picture | None:
        """Give the picture of a workflow."""
        ...

    def set_picture(self, project: ProjectId, name: str, picture: Picture | None) -> None:
        """Give a workflow a picture, or none."""
        ...


class Favourites(Protocol):
    """What people like best, in the store."""

    def favourites(self, user: UserId, project: ProjectId) -> set[str]:
        """Give the names of the workflows that somebody likes best in a project."""
        ...

    def add_favourite(self, user: UserId, project: ProjectId, name: str, at: datetime) -> None:
        """Note that somebody likes a workflow; that may have been known."""
        ...

    def remove_favourite(self, user: UserId, project: ProjectId, name: str) -> None:
        """Note that somebody no longer likes a workflow; that may have been known."""
        ...


class Catalogue(Services, Workflows, Favourites, Trail, Protocol):
    """The store, inside one transaction; what was done to it is written down in that one too.

    Every question is about the newest version unless it says otherwise.
    """


class Wsdls(Protocol):
    """Reads WSDLs at the addresses that the operator allows."""

    async def read(self, url: str) -> Offer:
        """Fetch and understand a WSDL.

        Raises:
            TarryError: the address is not allowed, or what is there cannot be read.
        """
        ...
