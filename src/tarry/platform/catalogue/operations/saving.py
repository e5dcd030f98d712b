"""Saving versions of workflows, going back to old ones, and deleting drafts."""

from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from tarry.platform.catalogue.errors import NameTaken, NewerVersion, NotADraft
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import WorkflowEntry
from tarry.platform.catalogue.operations.drawing_workflows import draw_workflow
from tarry.platform.catalogue.operations.reporting import Report, report
from tarry.platform.catalogue.operations.shelf import write_again
from tarry.platform.catalogue.operations.sight import find_workflow, may_change, target
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import Caller, Deed
from tarry.platform.workflows.errors import WorkflowInvalid

log = structlog.get_logger()

LONGEST_COMMENT = 2_000


@dataclass(frozen=True, kw_only=True)
class Saving:
    """How a version is to be saved.

    Attributes:
        draft: keep it even if it has problems; they are in the report.
        shared: every project sees it.
        comment: what its author says of it.
        expected: the newest version as the author knows it (0: there is none); refused if there is
            a newer one by now. None: whatever there is.
        name: save it under this name, whatever the document says; empty: under its own.
    """

    draft: bool = False
    shared: bool = False
    comment: str = ""
    expected: int | None = None
    name: str = ""


_AS_IT_IS = Saving()


async def import_workflow(
    catalogue: Transactions[Catalogue],
    caller: Caller,
    data: bytes,
    *,
    clock: Clock,
    saving: Saving = _AS_IT_IS,
) -> Report:
    """Add a workflow from its XML or JSON, or a new version of it if its name is known.

    Args:
        catalogue: where it is added.
        caller: who adds it.
        data: the document; it is kept as XML.
        clock: tells the time.
        saving: how.

    Raises:
        DocumentUnreadable: it is no workflow document.
        UnsupportedConstruct: it uses what this version does not run.
        WorkflowInvalid: it has problems and is no draft; all of them are told.
        NewerVersion: somebody has saved another version meanwhile.
        NameTaken: another workflow of the project has its name.
        BadName: no workflow can have the name that is asked for.
        NotAllowed: the caller may not import.
    """
    project = target(caller, "import a workflow", shared=saving.shared)
    draft = await draw_workflow(catalogue, project, data, saving.name)
    made = replace(
        draft,
        imported_by=caller.user,
        imported_at=clock(),
        author=caller.user_name,
        comment=saving.comment[:LONGEST_COMMENT],
    )

    def work(store: Catalogue) -> Report:
        number = store.next_version(project, made.name)  # before the look at what is there
        found = report(store, made)
        if found.problems and not saving.draft:
            raise WorkflowInvalid(workflow=made.name, problems=found.problems)
        before = store.workflow(project, made.name)
        if before is not None and before.uri != made.uri:
            raise NameTaken(what="workflow", name=made.name, uri=before.uri)
        if before is not None and before.document == made.document:
            return replace(found, entry=before.with_ports_of(found.entry))
        _check_expected(store, made, before, saving.expected)
        added = _add(store, found.entry, before, number)
        _tell(store, caller, "workflow.imported", added, clock())
        return replace(found, entry=added, is_new=True)

    saved = await write_again(catalogue, work)
    entry = saved.entry
    log.info("workflow.imported", workflow=entry.name, version=entry.version, is_new=saved.is_new)
    return saved


async def restore_workflow(
    catalogue: Transactions[Catalogue],
    caller: Caller,
    name: str,
    version: int,
    *,
    clock: Clock,
    expected: int | None = None,
) -> Report:
    """Make an old version the newest one again, as a new version; what is published stays.

    Raises:
        NotFound: the caller sees no such workflow or version.
        NewerVersion: somebody has saved another version meanwhile.
        NotAllowed: the caller may not change it.
    """

    def work(store: Catalogue) -> Report:
        old = find_workflow(store, caller, name, version)
        may_change(caller, "restore a workflow", old.project)
        number = store.next_version(old.project, name)  # before the look at what is there
        before = store.workflow(old.project, name)
        _check_expected(store, old, before, expected)
        if before is not None and before.document == old.document:
            return report(store, before)
        entry = replace(
            old,
            imported_by=caller.user,
            imported_at=clock(),
            author=caller.user_name,
            comment=f"Version {version} again",
            published_at=None,
        )
        added = _add(store, entry, before, number)
        _tell(store, caller, "workflow.restored", old, clock())
        return replace(report(store, added), is_new=True)

    restored = await write_again(catalogue, work)
    log.info("workflow.restored", workflow=name, old=version, version=restored.entry.version)
    return restored


async def delete_draft(
    catalogue: Transactions[Catalogue],
    caller: Caller,
    name: str,
    version: int,
    *,
    clock: Clock = utc_now,
) -> None:
    """Forget a version that was never published.

    Raises:
        NotFound: the caller sees no such workflow or version.
        NotADraft: it was published: runs may have been started from it.
        NotAllowed: the caller may not change it.
    """

    def work(store: Catalogue) -> None:
        entry = find_workflow(store, caller, name, version)
        may_change(caller, "delete a draft", entry.project)
        if not entry.is_draft:
            raise NotADraft(workflow=name, version=version)
        store.delete_version(entry.project, name, version)
        _tell(store, caller, "workflow.draft-deleted", entry, clock())

    await catalogue.write(work)
    log.info("workflow.draft-deleted", workflow=name, version=version, by=caller.user)


def _tell(
    store: Catalogue, caller: Caller, action: str, entry: WorkflowEntry, now: datetime
) -> None:
    facts = {"version": str(entry.version)}
    store.add_deed(Deed(caller=caller, action=action, subject=entry.name, at=now, facts=facts))


def _add(
    store: Catalogue, entry: WorkflowEntry, before: WorkflowEntry | None, number: int
) -> WorkflowEntry:
    """Add a version. Its number was taken before the look at `before`.

    So who saves between that look and this moment takes the number, and we collide and look again.
    """
    numbered = replace(entry, version=number)
    store.add_workflow(numbered)
    if before is None:
        return numbered
    return replace(
        numbered,
        published_version=before.published_version,
        category=before.category,
        company=before.company,
        picture=before.picture,
    )


def _check_expected(
    store: Catalogue, made: WorkflowEntry, before: WorkflowEntry | None, expected: int | None
) -> None:
    newest = before.version if before is not None else 0
    if expected is None or expected == newest:
        return
    newer = [
        f"version {one.version} by {one.author or one.imported_by} of {one.imported_at:%d %b %H:%M}"
        for one in store.workflow_versions(made.project, made.name)
        if one.version > expected
    ]
    raise NewerVersion(
        workflow=made.name,
        expected=expected,
        newest=newest,
        newer="; ".join(newer[:10]) or "the one you know was deleted",
    )
