"""What a caller sees of the catalogue, and what they may do to it."""

from collections.abc import Mapping

from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import SHARED, ServiceEntry, WorkflowEntry
from tarry.platform.kernel.errors import NotAllowed, NotFound
from tarry.platform.kernel.model import Caller, ProjectId
from tarry.platform.workflows.model import Document

ADMIN = "admin"
"""The role that may put things where every project sees them."""


def seen_by(caller: Caller) -> tuple[ProjectId, ...]:
    """Give the projects that a caller sees, their own first: what is there hides what is shared."""
    return (caller.project,) if caller.project == SHARED else (caller.project, SHARED)


def target(caller: Caller, what: str, *, shared: bool) -> ProjectId:
    """Give the project that a caller may write to.

    Raises:
        NotAllowed: a run may change nothing here, and only an administrator may share.
    """
    if caller.execution is not None:
        raise NotAllowed(who=caller.user_name, what=what, reason="the token is that of a run")
    if shared and ADMIN not in caller.roles:
        reason = "only an administrator may share with all projects"
        raise NotAllowed(who=caller.user_name, what=what, reason=reason)
    return SHARED if shared else caller.project


def find_service(store: Catalogue, caller: Caller, uri: str) -> ServiceEntry | None:
    """Find the service that a document means by a URI."""
    for project in seen_by(caller):
        if (entry := store.service(project, uri)) is not None:
            return entry
    return None


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


def services_of(store: Catalogue, caller: Caller, document: Document) -> Mapping[str, ServiceEntry]:
    """Find the services that a document uses, by URI; the unknown ones are not in it."""
    uris = dict.fromkeys(step.service for step in document.steps)
    found = {uri: find_service(store, caller, uri) for uri in uris}
    return {uri: entry for uri, entry in found.items() if entry is not None}
