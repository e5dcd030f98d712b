"""Which workflows a changed service breaks, or a workflow that others use."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import SHARED, ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.operations.reporting import around
from tarry.platform.catalogue.operations.sight import Supposed, parsed, seen_by
from tarry.platform.kernel.model import Caller, ProjectId
from tarry.platform.workflows.interfaces import ServiceInterface
from tarry.platform.workflows.model import Nested, Problem, nodes_of
from tarry.platform.workflows.validation import problems

_PLAIN = re.compile(r"[!#-%(-;=?-~]+", re.ASCII)
"""A URI that XML can only write as it is, but for references to characters."""
_OTHER_ENCODING = re.compile(rb"""\s*<\?xml[^>]*encoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)


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

    @property
    def refused(self) -> bool:
        """Whether it is not done unless somebody insists."""
        return bool(self.published or self.elsewhere)

    @property
    def named(self) -> str:
        """The published workflows that break, as one text."""
        names = list(dict.fromkeys(self.published))
        if self.elsewhere:
            names.append(f"{self.elsewhere} of other projects")
        return ", ".join(names)


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
        breaks.append(_break(entry, published, found))
    return Damage(breaks=tuple(breaks), elsewhere=elsewhere)


def damage_of_publishing(
    store: Catalogue, caller: Caller, entry: WorkflowEntry, *, retract: bool = False
) -> Damage:
    """Tell what breaks if a version of a workflow is published, or if none is any more.

    Args:
        store: as it is before that.
        caller: who is told.
        entry: the version; of any of them if it is retracted.
        retract: let no more runs start from it, nor other workflows use it.
    """
    supposed: Supposed = {(entry.project, entry.uri): None if retract else entry}
    seen = seen_by(caller)
    breaks: list[Break] = []
    elsewhere = 0
    for user, published in _versions(store, entry.project, entry.uri):
        if (user.project, user.uri) == (entry.project, entry.uri):
            continue  # whether it can run itself is another question
        found = _brought_about_by(store, user, entry.uri, supposed)
        if found and user.project not in seen:
            elsewhere += published
        elif found:
            breaks.append(_break(user, published, found))
    return Damage(breaks=tuple(breaks), elsewhere=elsewhere)


def _brought_about_by(
    store: Catalogue, user: WorkflowEntry, uri: str, supposed: Supposed
) -> tuple[Problem, ...]:
    document = parsed(user.document)
    if not any(isinstance(node, Nested) for node in nodes_of(document.body)):
        return ()
    before = around(store, user.project, document)
    after = around(store, user.project, document, supposed)
    if before.nested.get(uri) == after.nested.get(uri):
        return ()
    old = {(it.place, it.code) for it in problems(document, before.interfaces, before.documents)}
    new = problems(document, after.interfaces, after.documents)
    return tuple(one for one in new if (one.place, one.code) not in old)


def _break(entry: WorkflowEntry, published: bool, found: tuple[Problem, ...]) -> Break:
    return Break(
        workflow=entry.name,
        project=entry.project,
        version=entry.version,
        published=published,
        problems=found,
    )


def _users(store: Catalogue, service: ServiceEntry) -> Iterator[tuple[WorkflowEntry, bool]]:
    """Give what uses a service: the published versions, and the newest ones where those differ."""
    for entry, published in _versions(store, service.project, service.uri):
        if _uses(store, entry, service):
            yield entry, published


def _versions(
    store: Catalogue, project: ProjectId, uri: str
) -> Iterator[tuple[WorkflowEntry, bool]]:
    """Give what may use a thing of a project: published versions, and newest ones that differ.

    Whoever asks may hold up everybody who writes. So a document is not even read that does not
    name the thing, nor a workflow that does; those of other projects in between are the shared.
    """
    left = [*_all_versions(store, None if project == SHARED else (project, SHARED))]
    found: list[tuple[WorkflowEntry, bool]] = []
    named = {uri}
    while named:
        hits = [may_name(entry.document, named) for entry, _ in left]
        new = [one for one, hit in zip(left, hits, strict=True) if hit]
        left = [one for one, hit in zip(left, hits, strict=True) if not hit]
        found += new
        named = {entry.uri for entry, _ in new}
    for entry, published in sorted(found, key=lambda one: (one[0].name, one[0].project)):
        if project in {SHARED, entry.project}:
            yield entry, published


def _all_versions(
    store: Catalogue, where: Collection[ProjectId] | None
) -> Iterator[tuple[WorkflowEntry, bool]]:
    for newest in store.workflows(where):
        yield newest, newest.is_published
        if newest.published_version is not None and not newest.is_published:
            entry = store.workflow(newest.project, newest.name, newest.published_version)
            if entry is not None:
                yield entry, True


def may_name(document: bytes, uris: Collection[str]) -> bool:
    """Tell whether a stored document may name one of these URIs; in doubt it may."""
    if b"&#" in document or b"\0" in document or _OTHER_ENCODING.match(document):
        return True  # a letter may be written in another way
    return any(not _PLAIN.fullmatch(uri) or uri.encode() in document for uri in uris)


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
