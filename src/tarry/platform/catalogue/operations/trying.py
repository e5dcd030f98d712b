"""What can be tried out: versions of workflows that are not published, and single services."""

from urllib.parse import quote

from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import PublishedWorkflow, ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.operations.reporting import around, compared
from tarry.platform.catalogue.operations.sight import find_service, find_workflow, parsed
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import Caller, ProjectId
from tarry.platform.workflows.errors import WorkflowInvalid
from tarry.platform.workflows.operations import expanded, one_step
from tarry.platform.workflows.xml import write

URI = "http://tarry/trial/{name}.owl#{name}"


async def version_of(
    catalogue: Transactions[Catalogue], caller: Caller, name: str, version: int | None = None
) -> PublishedWorkflow:
    """Give all that a run of a version of a workflow needs, published or not.

    Args:
        catalogue: where it is looked for.
        caller: who asks.
        name: of the workflow.
        version: which; none: the newest.

    Raises:
        NotFound: the caller sees no such workflow or version.
        WorkflowInvalid: it cannot run; all of its problems are told.
    """
    return await catalogue.read(
        lambda store: ready(store, find_workflow(store, caller, name, version))
    )


def ready(store: Catalogue, entry: WorkflowEntry) -> PublishedWorkflow:
    """Give all that a run of this very version needs.

    Raises:
        WorkflowInvalid: it cannot run.
    """
    document = parsed(entry.document)
    used = around(store, entry.project, document)
    found = compared(entry, document, used)
    if found.problems:
        raise WorkflowInvalid(workflow=entry.name, problems=found.problems)
    return PublishedWorkflow(
        entry=found.entry,
        document=expanded(document, used.documents),
        services=used.services,
        nested=used.nested,
    )


async def alone(catalogue: Transactions[Catalogue], caller: Caller, name: str) -> PublishedWorkflow:
    """Give all that a run needs that does nothing but use one service.

    Raises:
        NotFound: the caller sees no such service.
    """
    service = await catalogue.read(lambda store: find_service(store, caller, name))
    return used_alone(service, caller.project)


def used_alone(service: ServiceEntry, project: ProjectId) -> PublishedWorkflow:
    """Give a workflow that takes what a service takes, and gives what it gives.

    It says who registered the service, and when: so it is the same every time, and kept once.
    """
    made = one_step(URI.format(name=quote(service.name, safe="")), service.interface())
    entry = WorkflowEntry(
        name=service.name,
        uri=made.uri,
        project=project,
        document=write(made),
        title=service.title,
        description=service.description,
        inputs=service.inputs,
        outputs=service.outputs,
        version=service.version,
        imported_by=service.registered_by,
        imported_at=service.registered_at,
    )
    return PublishedWorkflow(
        entry=entry, document=parsed(entry.document), services={service.uri: service}
    )
