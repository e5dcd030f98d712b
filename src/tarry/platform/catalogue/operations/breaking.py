"""Which workflows a changed service breaks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import SHARED, ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.operations.reporting import around
from tarry.platform.catalogue.operations.sight import parsed, seen_by
from tarry.platform.kernel.model import Caller, ProjectId
from tarry.platform.workflows.interfaces import ServiceInterface
from tarry.platform.workflows.model import Problem
from tarry.platform.workflows.validation import problems


@dataclass(frozen=True, kw_only=True)
class Break:
    """A workflow that can run now, and no longer after a change.

    Attributes:
        version: the one that breaks.
        published: runs start from it; else it is a draft.
        problems: what the change brings about.
    """

    workflow: str
    project: ProjectId
    version: int
    published: bool
    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True)
class Damage:
    """All that a change breaks.

    Attributes:
        breaks: in workflows that the caller sees.
        elsewhere: how many published workflows of other projects break too.
    """

    breaks: tuple[Break, ...] = ()
    elsewhere: int = 0

    @property
    def published(self) -> tuple[str, ...]:
        """The names of the published workflows that break."""
        return tuple(one.workflow for one in self.breaks if one.published)


def damage(
    store: Catalogue, caller: Caller, before: ServiceEntry, after: ServiceEntry | None
) -> Damage:
    """Tell what breaks if a service becomes another, or none.

    Args:
        store: as it is before the change.
        caller: who is told.
        before: the service as it is registered.
        after: what it is to be; none: it goes, or gets another URI.
    """
    interface = after.interface() if after is not None else None
    seen = seen_by(caller)
    breaks: list[Break] = []
    elsewhere = 0
    for entry, published in _users(store, before):
        found = _brought_about(store, entry, before.uri, interface)
        if not found:
            continue
        if entry.project not in seen:
            elsewhere += published
            continue
        one = Break(
            workflow=entry.name,
            project=entry.project,
            version=entry.version,
            published=published,
            problems=found,
        )
        breaks.append(one)
    return Damage(breaks=tuple(breaks), elsewhere=elsewhere)


def _users(store: Catalogue, service: ServiceEntry) -> Iterator[tuple[WorkflowEntry, bool]]:
    """Give what uses a service: the published versions, and the newest ones where those differ."""
    where = None if service.project == SHARED else (service.project,)
    for newest in store.workflows(where):
        versions = [(newest, newest.is_published)]
        if newest.published_version is not None and not newest.is_published:
            entry = store.workflow(newest.project, newest.name, newest.published_version)
            versions += [(entry, True)] if entry is not None else []
        for entry, published in versions:
            if _uses(store, entry, service):
                yield entry, published


def _uses(store: Catalogue, entry: WorkflowEntry, service: ServiceEntry) -> bool:
    used = around(store, entry.project, parsed(entry.document))
    if service.uri not in used.services:
        return False
    if entry.project == service.project:
        return True
    return store.service(entry.project, service.uri) is None  # else its own hides the shared one


def _brought_about(
    store: Catalogue, entry: WorkflowEntry, uri: str, after: ServiceInterface | None
) -> tuple[Problem, ...]:
    document = parsed(entry.document)
    found = around(store, entry.project, document)
    before, nested = found.interfaces, found.documents
    changed: Mapping[str, ServiceInterface] = {
        **{known: one for known, one in before.items() if known != uri},
        **({uri: after} if after is not None else {}),
    }
    # Not by their words: those name what the service has.
    old = {(one.place, one.code) for one in problems(document, before, nested)}
    new = problems(document, changed, nested)
    return tuple(one for one in new if (one.place, one.code) not in old)
