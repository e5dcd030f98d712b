"""The catalogue in memory, and WSDLs that nobody serves."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from tarry.platform.catalogue.errors import Collision
from tarry.platform.catalogue.model import Health, Picture, ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.model.health import MOST_CHANGES, HealthChange
from tarry.platform.catalogue.model.listing import ALL_VERSIONS, Search, Versions, searchable
from tarry.platform.catalogue.model.offers import Offer
from tarry.platform.kernel.model import Caller, Deed, ProjectId, UserId
from tarry.soap.errors import WsdlUnreadable


class MemoryCatalogue:
    """Keeps every version in lists, oldest first."""

    def __init__(self) -> None:
        self._services: dict[tuple[ProjectId, str], list[ServiceEntry]] = {}
        self._retired: set[tuple[ProjectId, str]] = set()
        self._healths: dict[tuple[ProjectId, str], Health] = {}
        self._changes: dict[tuple[ProjectId, str], list[HealthChange]] = {}
        self._workflows: dict[tuple[ProjectId, str], dict[int, WorkflowEntry]] = {}
        self._last: dict[tuple[ProjectId, str], int] = {}
        self._published: dict[tuple[ProjectId, str], int | None] = {}
        self._cards: dict[tuple[ProjectId, str], tuple[str, str]] = {}
        self._favourites: dict[tuple[UserId, ProjectId], set[str]] = {}
        self._pictures: dict[tuple[ProjectId, str], Picture] = {}
        self.deeds: list[Deed] = []

    def add_deed(self, deed: Deed) -> None:
        self.deeds.append(deed)

    def claim(self, deed: Deed) -> None:
        del deed

    def release(self, caller: Caller) -> None:
        del caller

    def service(
        self, project: ProjectId, uri: str, version: int | None = None
    ) -> ServiceEntry | None:
        versions = self.service_versions(project, uri)
        if version is not None:
            return next((entry for entry in versions if entry.version == version), None)
        return versions[0] if versions and (project, uri) not in self._retired else None

    def service_named(self, project: ProjectId, name: str) -> ServiceEntry | None:
        newest = self.services([project])
        return next((entry for entry in newest if entry.name == name), None)

    def services(self, projects: Collection[ProjectId] | None = None) -> list[ServiceEntry]:
        found = [
            all_[-1]
            for key, all_ in self._services.items()
            if (projects is None or key[0] in projects) and key not in self._retired
        ]
        return sorted(found, key=lambda entry: (entry.name, entry.project))

    def find_services(self, scope: Sequence[ProjectId], asked: Search) -> list[ServiceEntry]:
        own = {entry.uri for entry in self.services(scope[:1])}
        found = [e for e in self.services(scope) if e.project == scope[0] or e.uri not in own]
        return pieced(found, asked, lambda entry: (entry.name, entry.uri))

    def service_versions(
        self, project: ProjectId, uri: str, versions: Versions = ALL_VERSIONS
    ) -> list[ServiceEntry]:
        newest_first = reversed(self._services.get((project, uri), []))
        return [e for e in newest_first if _is_before(e.version, versions)][: versions.limit]

    def add_service(self, entry: ServiceEntry) -> None:
        key = entry.project, entry.uri
        versions = self._services.get(key, [])
        namesake = self.service_named(entry.project, entry.name)
        if entry.version != len(versions) + 1 or (namesake and namesake.uri != entry.uri):
            raise Collision(what="Service", name=entry.name)
        self._services[key] = [*versions, entry]
        self._retired.discard(key)
        self._healths.pop(key, None)

    def retire_service(self, project: ProjectId, uri: str, at: datetime) -> None:
        del at
        self._retired.add((project, uri))
        self._healths.pop((project, uri), None)
        self._changes.pop((project, uri), None)

    def healths(
        self,
        projects: Collection[ProjectId] | None = None,
        uris: Collection[str] | None = None,
    ) -> list[Health]:
        return [
            health
            for health in self._healths.values()
            if (projects is None or health.project in projects)
            and (uris is None or health.uri in uris)
        ]

    def note_health(self, health: Health) -> None:
        self._healths[health.project, health.uri] = health

    def health_changes(
        self, project: ProjectId, uri: str, *, most: int = MOST_CHANGES
    ) -> list[HealthChange]:
        return self._changes.get((project, uri), [])[::-1][:most]

    def add_health_change(self, change: HealthChange) -> None:
        kept = self._changes.setdefault((change.project, change.uri), [])
        kept.append(change)
        del kept[:-MOST_CHANGES]

    def workflow(
        self, project: ProjectId, name: str, version: int | None = None
    ) -> WorkflowEntry | None:
        key = project, name
        versions = self._workflows.get(key, {})
        found = versions.get(max(versions, default=0) if version is None else version)
        if found is None:
            return None
        category, company = self._cards.get(key, ("", ""))
        picture = self._pictures.get(key)
        return replace(
            found,
            published_version=self._published.get(key),
            category=category,
            company=company,
            picture=picture.tag if picture else "",
        )

    def workflows(self, projects: Collection[ProjectId] | None = None) -> list[WorkflowEntry]:
        keys = [key for key in self._workflows if projects is None or key[0] in projects]
        present = [entry for key in keys if (entry := self.workflow(*key)) is not None]
        return sorted(present, key=lambda entry: (entry.name, entry.project))

    def find_workflows(self, scope: Sequence[ProjectId], asked: Search) -> list[WorkflowEntry]:
        own = {entry.name for entry in self.workflows(scope[:1])}
        found = [e for e in self.workflows(scope) if e.project == scope[0] or e.name not in own]
        return pieced(found, asked, lambda entry: (entry.name, ""))

    def workflow_versions(
        self, project: ProjectId, name: str, versions: Versions = ALL_VERSIONS
    ) -> list[WorkflowEntry]:
        numbers = sorted(self._workflows.get((project, name), {}), reverse=True)
        found = [self.workflow(project, name, number) for number in numbers]
        fitting = [e for e in found if e is not None and _is_before(e.version, versions)]
        return fitting[: versions.limit]

    def next_version(self, project: ProjectId, name: str) -> int:
        return self._last.get((project, name), 0) + 1

    def add_workflow(self, entry: WorkflowEntry) -> None:
        versions = self._workflows.setdefault((entry.project, entry.name), {})
        if entry.version != self.next_version(entry.project, entry.name):
            raise Collision(what="Workflow", name=entry.name)
        # What belongs to the workflow as a whole does not come with a version.
        versions[entry.version] = replace(entry, published_at=None)
        self._last[entry.project, entry.name] = entry.version

    def publish(self, project: ProjectId, name: str, version: int | None, at: datetime) -> None:
        self._published[project, name] = version
        if version is not None:
            versions = self._workflows[project, name]
            entry = versions[version]
            versions[version] = replace(entry, published_at=entry.published_at or at)

    def delete_version(self, project: ProjectId, name: str, version: int) -> None:
        self._workflows[project, name].pop(version, None)

    def label_workflow(self, project: ProjectId, name: str, category: str, company: str) -> None:
        self._cards[project, name] = category, company

    def picture(self, project: ProjectId, name: str) -> Picture | None:
        return self._pictures.get((project, name))

    def set_picture(self, project: ProjectId, name: str, picture: Picture | None) -> None:
        if picture is None:
            self._pictures.pop((project, name), None)
        else:
            self._pictures[project, name] = picture

    def favourites(self, user: UserId, project: ProjectId) -> set[str]:
        return set(self._favourites.get((user, project), ()))

    def add_favourite(self, user: UserId, project: ProjectId, name: str, at: datetime) -> None:
        del at
        self._favourites.setdefault((user, project), set()).add(name)

    def remove_favourite(self, user: UserId, project: ProjectId, name: str) -> None:
        self._favourites.get((user, project), set()).discard(name)


def _is_before(version: int, versions: Versions) -> bool:
    return versions.before is None or version < versions.before


Entry = TypeVar("Entry", ServiceEntry, WorkflowEntry)


def pieced(
    entries: Sequence[Entry], asked: Search, place: Callable[[Entry], tuple[str, str]]
) -> list[Entry]:
    """Give what is looked for, in its order."""
    after = (asked.stretch.after, asked.stretch.after_id)
    fitting = [
        entry
        for entry in sorted(entries, key=place)
        if place(entry) > after
        and asked.category in {"", entry.category}
        and asked.company in {"", entry.company}
        and all(word in searchable(entry) for word in asked.words)
    ]
    return fitting[: asked.stretch.limit]


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
