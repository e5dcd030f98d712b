"""Importing, publishing and finding workflows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import structlog

from tarry.platform.catalogue.errors import NameTaken, NotPublished
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import PublishedWorkflow, ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.operations.sight import (
    find_workflow,
    seen_by,
    services_of,
    target,
)
from tarry.platform.kernel.errors import NotAllowed
from tarry.platform.kernel.interfaces import Clock, Transactions
from tarry.platform.kernel.model import Caller
from tarry.platform.workflows.errors import WorkflowInvalid
from tarry.platform.workflows.model import Document, Problem
from tarry.platform.workflows.validation import infer_ports, notices, problems
from tarry.platform.workflows.xml import read, write

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Report:
    """A version of a workflow, and how it stands with the services as they are now.

    Attributes:
        problems: what keeps it from running.
        notices: what is worth knowing although it runs.
        is_new: whether the call has added this version.
    """

    entry: WorkflowEntry
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()
    is_new: bool = False


async def import_workflow(
    catalogue: Transactions[Catalogue],
    caller: Caller,
    data: bytes,
    *,
    clock: Clock,
    draft: bool = False,
    shared: bool = False,
) -> Report:
    """Add a workflow from its XML, or a new version of it if its name is known.

    Args:
        catalogue: where it is added.
        caller: who adds it.
        data: the XML; it is kept as it came.
        clock: tells the time.
        draft: keep it even if it has problems; they are in the report.
        shared: every project sees it.

    Raises:
        DocumentUnreadable: it is no workflow document.
        UnsupportedConstruct: it uses what this version does not run.
        WorkflowInvalid: it has problems and is no draft; all of them are told.
        NameTaken: another workflow of the project has its name.
        NotAllowed: the caller may not import.
    """
    project = target(caller, "import a workflow", shared=shared)
    document = read(data)
    made = WorkflowEntry(
        name=document.name,
        uri=document.uri,
        project=project,
        document=_as_utf8(data, document),
        title=document.title or document.name,
        description=document.description,
        imported_by=caller.user,
        imported_at=clock(),
    )

    def work(store: Catalogue) -> Report:
        report = _report(store, caller, made, document)
        if report.problems and not draft:
            raise WorkflowInvalid(workflow=document.name, problems=report.problems)
        before = store.workflow(project, made.name)
        if before is not None and before.uri != made.uri:
            raise NameTaken(what="workflow", name=made.name, uri=before.uri)
        if before is not None and before.document == made.document:
            return replace(report, entry=_with_ports(before, report.entry))
        entry = replace(
            report.entry,
            version=before.version + 1 if before else 1,
            published_version=before.published_version if before else None,
        )
        store.add_workflow(entry)
        return replace(report, entry=entry, is_new=True)

    report = await catalogue.write(work)
    entry = report.entry
    log.info("workflow.imported", workflow=entry.name, version=entry.version, is_new=report.is_new)
    return report


async def publish_workflow(
    catalogue: Transactions[Catalogue], caller: Caller, name: str, version: int | None = None
) -> WorkflowEntry:
    """Let runs start from a version, the newest unless another is named.

    Raises:
        NotFound: the caller sees no such workflow or version.
        WorkflowInvalid: it cannot run.
        NotAllowed: the caller may not publish it.
    """

    def work(store: Catalogue) -> WorkflowEntry:
        entry = find_workflow(store, caller, name, version)
        allowed = target(caller, "publish a workflow", shared=entry.project != caller.project)
        if allowed != entry.project:
            raise NotAllowed(who=caller.user_name, what="publish it", reason="it is not theirs")
        report = _report(store, caller, entry, read(entry.document))
        if report.problems:
            raise WorkflowInvalid(workflow=entry.name, problems=report.problems)
        store.publish(entry.project, entry.name, entry.version)
        return replace(report.entry, published_version=entry.version)

    entry = await catalogue.write(work)
    log.info("workflow.published", workflow=entry.name, version=entry.version)
    return entry


async def list_workflows(catalogue: Transactions[Catalogue], caller: Caller) -> list[WorkflowEntry]:
    """Give the newest version of every workflow that a caller sees, by name."""
    found = await catalogue.read(lambda store: store.workflows(seen_by(caller)))
    own = {entry.name for entry in found if entry.project == caller.project}
    return [entry for entry in found if entry.project == caller.project or entry.name not in own]


async def show_workflow(
    catalogue: Transactions[Catalogue], caller: Caller, name: str, version: int | None = None
) -> WorkflowEntry:
    """Give a workflow, its newest version unless another is named; its ports are those of now.

    Raises:
        NotFound: the caller sees no such workflow or version.
    """
    report = await check_workflow(catalogue, caller, name, version)
    return report.entry


async def check_workflow(
    catalogue: Transactions[Catalogue], caller: Caller, name: str, version: int | None = None
) -> Report:
    """Tell how a workflow stands with the services as they are now.

    Raises:
        NotFound: the caller sees no such workflow or version.
    """

    def work(store: Catalogue) -> Report:
        entry = find_workflow(store, caller, name, version)
        return _report(store, caller, entry, read(entry.document))

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
        document = read(entry.document)
        services = services_of(store, caller, document)
        report = _compare(entry, document, services)
        if report.problems:
            raise WorkflowInvalid(workflow=name, problems=report.problems)
        return PublishedWorkflow(entry=report.entry, document=document, services=services)

    return await catalogue.read(work)


def _report(store: Catalogue, caller: Caller, entry: WorkflowEntry, document: Document) -> Report:
    return _compare(entry, document, services_of(store, caller, document))


def _compare(
    entry: WorkflowEntry, document: Document, services: Mapping[str, ServiceEntry]
) -> Report:
    interfaces = {uri: service.interface() for uri, service in services.items()}
    ports = infer_ports(document, interfaces)
    return Report(
        entry=replace(entry, inputs=ports.inputs, outputs=ports.outputs),
        problems=problems(document, interfaces),
        notices=notices(document, interfaces),
    )


def _with_ports(entry: WorkflowEntry, other: WorkflowEntry) -> WorkflowEntry:
    return replace(entry, inputs=other.inputs, outputs=other.outputs)


def _as_utf8(data: bytes, document: Document) -> bytes:
    """Keep a document as it came, unless its encoding makes it unreadable as UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return write(document)
    return data
