"""What a caller sees of the catalogue, and what they may do to it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import SHARED, ServiceEntry, WorkflowEntry
from tarry.platform.kernel.errors import NotAllowed, NotFound
from tarry.platform.kernel.model import Caller, ProjectId, Right
from tarry.platform.workflows.model import Document, Nested, name_of, nodes_of
from tarry.platform.workflows.xml import read


def scope_of(project: ProjectId) -> tuple[ProjectId, ...]:
    """Give the projects whose things a project uses, its own first: what is there hides what is
    shared. What is shared uses only what is shared, else others could not run it.
    """  # noqa: D205 - one sentence that does not fit a line
    return (project,) if project == SHARED else (project, SHARED)


def seen_by(caller: Caller) -> tuple[ProjectId, ...]:
    """Give the projects that a caller sees, their own first.

    Raises:
        NotAllowed: the caller may see nothing.
    """
    caller.demand(Right.READ, "see the catalogue")
    return scope_of(caller.project)


def target(caller: Caller, what: str, *, shared: bool) -> ProjectId:
    """Give the project that a caller may write to.

    Raises:
        NotAllowed: only developers may, no run may, and only who operates the platform or develops
            in the shared project itself may share.
    """
    if caller.execution is not None:
        raise NotAllowed(who=caller.user_name, what=what, reason="the token is that of a run")
    if not caller.may(Right.DEVELOP):
        reason = f"that takes the right to {Right.DEVELOP} in the project"
        raise NotAllowed(who=caller.user_name, what=what, reason=reason)
    if shared and caller.project != SHARED and not caller.may(Right.OPERATE):
        reason = "only an administrator of the platform may share with all projects"
        raise NotAllowed(who=caller.user_name, what=what, reason=reason)
    return SHARED if shared else caller.project


def may_change(caller: Caller, what: str, project: ProjectId) -> None:
    """See to it that a caller may change what belongs to a project that they see.

    Raises:
        NotAllowed: they may not.
    """
    target(caller, what, shared=project == SHARED)


def find_service(store: Catalogue, caller: Caller, name: str) -> ServiceEntry:
    """Find a service by its name or URI.

    Raises:
        NotFound: the caller sees no such service.
    """
    for project in seen_by(caller):
        entry = store.service_named(project, name) or store.service(project, name)
        if entry is not None:
            return entry
    raise NotFound(what="service", name=name)


def find_workflow(
    store: Catalogue, caller: Caller, name: str, version: int | None = None
) -> WorkflowEntry:
    """Find a workflow by its name; without a version, its newest.

    Raises:
        NotFound: the caller sees no such workflow or version.
    """
    for project in seen_by(caller):
        newest = store.workflow(project, name)
        if newest is None:
            continue
        if version in {None, newest.version}:
            return newest
        if (entry := store.workflow(project, name, version)) is not None:
            return entry
        raise NotFound(what=f"version {version} of workflow", name=name)
    raise NotFound(what="workflow", name=name)


def services_of(
    store: Catalogue, scope: Iterable[ProjectId], *documents: Document
) -> Mapping[str, ServiceEntry]:
    """Find the services that documents use, by URI; the unknown ones are not in it."""
    found: dict[str, ServiceEntry] = {}
    for project in scope:
        for uri in (uri for document in documents for uri in services_in(document)):
            if uri not in found and (entry := store.service(project, uri)) is not None:
                found[uri] = entry
    return found


def services_in(document: Document) -> tuple[str, ...]:
    """Give the URIs of the services that a document uses."""
    return tuple(dict.fromkeys(step.service for step in document.steps))


Supposed = Mapping[tuple[ProjectId, str], WorkflowEntry | None]
"""What is supposed to be published under a URI in a project; none: nothing is."""
AS_IT_IS: Supposed = {}


def nested_of(
    store: Catalogue,
    scope: Sequence[ProjectId],
    document: Document,
    supposed: Supposed = AS_IT_IS,
) -> Mapping[str, WorkflowEntry]:
    """Find the workflows that stand in the place of services, at any depth, by URI.

    Those that are unknown or not published are not in it.
    """
    found: dict[str, WorkflowEntry] = {}
    ahead = [document]
    while ahead:
        for node in nodes_of(ahead.pop().body):
            if not isinstance(node, Nested) or node.workflow in found:
                continue
            if (entry := _published_as(store, scope, node.workflow, supposed)) is not None:
                found[node.workflow] = entry
                ahead.append(parsed(entry.document))
    return found


def _published_as(
    store: Catalogue, scope: Sequence[ProjectId], uri: str, supposed: Supposed
) -> WorkflowEntry | None:
    for project in scope:
        if (project, uri) in supposed:
            if (told := supposed[project, uri]) is not None:
                return told
            continue
        newest = store.workflow(project, name_of(uri))
        if newest is None or newest.published_version is None:
            continue
        entry = store.workflow(project, newest.name, newest.published_version)
        if entry is not None and entry.uri == uri:
            return entry
    return None


@lru_cache(maxsize=256)
def parsed(document: bytes) -> Document:
    """Read a stored document; what has been read stays, as many verbs look at the same ones."""
    return read(document)
