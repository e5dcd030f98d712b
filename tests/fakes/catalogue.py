"""The catalogue in memory, and WSDLs that nobody serves."""

from collections.abc import Collection
from dataclasses import replace

from tarry.platform.catalogue.model import ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.model.offers import Offer
from tarry.platform.kernel.model import ProjectId
from tarry.soap.errors import WsdlUnreadable


class MemoryCatalogue:
    """Keeps every version in lists, oldest first."""

    def __init__(self) -> None:
        self._services: dict[tuple[ProjectId, str], list[ServiceEntry]] = {}
        self._workflows: dict[tuple[ProjectId, str], list[WorkflowEntry]] = {}
        self._published: dict[tuple[ProjectId, str], int] = {}

    def service(self, project: ProjectId, uri: str) -> ServiceEntry | None:
        versions = self._services.get((project, uri))
        return versions[-1] if versions else None

    def service_named(self, project: ProjectId, name: str) -> ServiceEntry | None:
        newest = self.services([project])
        return next((entry for entry in newest if entry.name == name), None)

    def services(self, projects: Collection[ProjectId]) -> list[ServiceEntry]:
        found = [all_[-1] for (project, _), all_ in self._services.items() if project in projects]
        return sorted(found, key=lambda entry: (entry.name, entry.project))

    def add_service(self, entry: ServiceEntry) -> None:
        versions = self._services.get((entry.project, entry.uri), [])
        namesake = self.service_named(entry.project, entry.name)
        if entry.version != len(versions) + 1 or (namesake and namesake.uri != entry.uri):
            raise ValueError(entry.version, entry.name)
        self._services[entry.project, entry.uri] = [*versions, entry]

    def workflow(
        self, project: ProjectId, name: str, version: int | None = None
    ) -> WorkflowEntry | None:
        versions = self._workflows.get((project, name), [])
        wanted = len(versions) if version is None else version
        if not 0 < wanted <= len(versions):
            return None
        published = self._published.get((project, name))
        return replace(versions[wanted - 1], published_version=published)

    def workflows(self, projects: Collection[ProjectId]) -> list[WorkflowEntry]:
        found = [self.workflow(*key) for key in self._workflows if key[0] in projects]
        present = [entry for entry in found if entry is not None]
        return sorted(present, key=lambda entry: (entry.name, entry.project))

    def add_workflow(self, entry: WorkflowEntry) -> None:
        versions = self._workflows.setdefault((entry.project, entry.name), [])
        if entry.version != len(versions) + 1:
            raise ValueError(entry.version)
        versions.append(entry)

    def publish(self, project: ProjectId, name: str, version: int) -> None:
        self._published[project, name] = version


class MemoryWsdls:
    """Gives the offers that it was given."""

    def __init__(self, *offers: Offer) -> None:
        self._offers = {offer.url: offer for offer in offers}

    def serve(self, offer: Offer) -> None:
        self._offers[offer.url] = offer

    async def read(self, url: str) -> Offer:
        if url not in self._offers:
            raise WsdlUnreadable(url=url, reason="nobody is there")
        return self._offers[url]
