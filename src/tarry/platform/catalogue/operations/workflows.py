"""Finding workflows."""

from tarry.platform.catalogue.errors import NotPublished
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import PublishedWorkflow, WorkflowEntry
from tarry.platform.catalogue.model.listing import ALL_VERSIONS, EVERYTHING, Search, Versions
from tarry.platform.catalogue.operations.reporting import Report, report
from tarry.platform.catalogue.operations.sight import find_workflow, seen_by
from tarry.platform.catalogue.operations.trying import ready
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import Caller


async def list_workflows(
    catalogue: Transactions[Catalogue], caller: Caller, asked: Search = EVERYTHING
) -> list[WorkflowEntry]:
    """Give the newest version of every workflow that a caller sees and looks for, by name."""
    return await catalogue.read(lambda store: store.find_workflows(seen_by(caller), asked))


async def show_workflow(
    catalogue: Transactions[Catalogue], caller: Caller, name: str, version: int | None = None
) -> WorkflowEntry:
    """Give a workflow, its newest version unless another is named; its ports are those of now.

    Raises:
        NotFound: the caller sees no such workflow or version.
    """
    return (await check_workflow(catalogue, caller, name, version)).entry


async def check_workflow(
    catalogue: Transactions[Catalogue], caller: Caller, name: str, version: int | None = None
) -> Report:
    """Tell how a workflow stands with the services as they are now.

    Raises:
        NotFound: the caller sees no such workflow or version.
    """
    return await catalogue.read(
        lambda store: report(store, find_workflow(store, caller, name, version))
    )


async def workflow_versions(
    catalogue: Transactions[Catalogue],
    caller: Caller,
    name: str,
    versions: Versions = ALL_VERSIONS,
) -> list[WorkflowEntry]:
    """Give versions of a workflow, newest first.

    Raises:
        NotFound: the caller sees no such workflow.
    """

    def work(store: Catalogue) -> list[WorkflowEntry]:
        entry = find_workflow(store, caller, name)
        return store.workflow_versions(entry.project, name, versions)

    return await catalogue.read(work)


async def published(
    catalogue: Transactions[Catalogue], caller: Caller, name: str
) -> PublishedWorkflow:
    """Give all that a run of a workflow needs: document, services and ports as they are now.

    Raises:
        NotFound: the caller sees no such workflow.
        NotPublished: no version of it has been published.
        WorkflowInvalid: it can no longer run, as a service has changed or is gone.
    """

    def work(store: Catalogue) -> PublishedWorkflow:
        entry = find_workflow(store, caller, name)
        if entry.published_version is None:
            raise NotPublished(workflow=name)
        if not entry.is_published:
            entry = find_workflow(store, caller, name, entry.published_version)
        return ready(store, entry)

    return await catalogue.read(work)
