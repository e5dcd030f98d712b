"""Letting people run a workflow, and find it."""

from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from tarry.platform.catalogue.errors import BadPicture, BreaksOthers, NewerVersion
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import Picture, WorkflowEntry
from tarry.platform.catalogue.model.workflows import LARGEST_PICTURE, picture_type
from tarry.platform.catalogue.operations.breaking import Damage, damage_of_publishing
from tarry.platform.catalogue.operations.reporting import report
from tarry.platform.catalogue.operations.sight import find_workflow, may_change, seen_by
from tarry.platform.kernel.errors import NotFound
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import Caller, Deed
from tarry.platform.workflows.errors import WorkflowInvalid

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Publication:
    """How a workflow is to be published.

    Attributes:
        version: which; none: the newest.
        expected: the newest version as the caller knows it; refused if there is a newer one. It
            keeps them from publishing what somebody else saved a moment ago.
        category: where people look for it; none: as before.
        company: who offers it; none: as before.
        dry_run: only tell what it would break.
        force: although published workflows that use it can no longer run then.
    """

    version: int | None = None
    expected: int | None = None
    category: str | None = None
    company: str | None = None
    dry_run: bool = False
    force: bool = False


@dataclass(frozen=True, kw_only=True)
class Published:
    """A version that runs start from now, or would.

    Attributes:
        entry: the version; with none published if it was retracted.
        applied: whether this is done; else it is what would be.
        damage: which workflows that use it can no longer run.
    """

    entry: WorkflowEntry
    applied: bool = True
    damage: Damage = field(default_factory=Damage)


async def publish_workflow(
    catalogue: Transactions[Catalogue],
    caller: Caller,
    name: str,
    publication: Publication | None = None,
    *,
    clock: Clock = utc_now,
) -> Published:
    """Let runs start from a version, the newest unless another is named.

    Raises:
        NotFound: the caller sees no such workflow or version.
        WorkflowInvalid: it cannot run.
        NewerVersion: there is a newer version than the caller expects.
        BreaksOthers: published workflows that use it could no longer run, and nobody insists.
        NotAllowed: the caller may not publish it.
    """
    asked = publication or Publication()

    def work(store: Catalogue) -> Published:
        newest = find_workflow(store, caller, name)
        entry = find_workflow(store, caller, name, asked.version)
        may_change(caller, "publish a workflow", entry.project)
        if asked.expected not in {None, newest.version}:
            newer = f"version {newest.version} by {newest.author or newest.imported_by}"
            facts = {"expected": asked.expected, "newest": newest.version, "newer": newer}
            raise NewerVersion(workflow=name, **facts)
        found = report(store, entry)
        harm = damage_of_publishing(store, caller, entry)
        if asked.dry_run:
            return Published(entry=found.entry, applied=False, damage=harm)
        if found.problems:
            raise WorkflowInvalid(workflow=entry.name, problems=found.problems)
        _refuse_harm(f"Version {entry.version}", entry, harm, force=asked.force)
        now = clock()
        store.publish(entry.project, entry.name, entry.version, now)
        _tell(store, caller, "workflow.published", entry, now, version=str(entry.version))
        _label(store, entry, asked)
        published = store.workflow(entry.project, entry.name, entry.version) or entry
        return Published(entry=published.with_ports_of(found.entry), damage=harm)

    done = await (catalogue.read(work) if asked.dry_run else catalogue.write(work))
    if done.applied:
        told = {"workflow": done.entry.name, "version": done.entry.version, "by": caller.user}
        log.info("workflow.published", **told, broken=done.damage.published)
    return done


async def retract_workflow(
    catalogue: Transactions[Catalogue],
    caller: Caller,
    name: str,
    *,
    clock: Clock = utc_now,
    dry_run: bool = False,
    force: bool = False,
) -> Published:
    """Let no more runs start from a workflow. Those that have begun go on, its versions stay.

    Args:
        catalogue: where it is.
        caller: who asks.
        name: of the workflow.
        clock: gives the instant.
        dry_run: only tell what it would break.
        force: although published workflows use it.

    Raises:
        NotFound: the caller sees no such workflow.
        BreaksOthers: published workflows use it, and nobody insists.
        NotAllowed: the caller may not publish it.
    """

    def work(store: Catalogue) -> Published:
        entry = find_workflow(store, caller, name)
        may_change(caller, "retract a workflow", entry.project)
        harm = damage_of_publishing(store, caller, entry, retract=True)
        if dry_run:
            return Published(entry=report(store, entry).entry, applied=False, damage=harm)
        _refuse_harm("The end", entry, harm, force=force)
        now = clock()
        store.publish(entry.project, entry.name, None, now)
        _tell(store, caller, "workflow.retracted", entry, now)
        gone = replace(report(store, entry).entry, published_version=None)
        return Published(entry=gone, damage=harm)

    done = await (catalogue.read(work) if dry_run else catalogue.write(work))
    if done.applied:
        told = {"workflow": done.entry.name, "by": caller.user}
        log.info("workflow.retracted", **told, broken=done.damage.published)
    return done


async def label_workflow(
    catalogue: Transactions[Catalogue],
    caller: Caller,
    name: str,
    publication: Publication,
    *,
    clock: Clock = utc_now,
) -> WorkflowEntry:
    """Say where people look for a workflow, and who offers it.

    Raises:
        NotFound: the caller sees no such workflow.
        NotAllowed: the caller may not change it.
    """

    def work(store: Catalogue) -> WorkflowEntry:
        entry = find_workflow(store, caller, name)
        may_change(caller, "change a workflow", entry.project)
        if _label(store, entry, publication):
            _tell(store, caller, "workflow.labelled", entry, clock())
        return report(store, store.workflow(entry.project, name) or entry).entry

    return await catalogue.write(work)


async def set_picture(
    catalogue: Transactions[Catalogue],
    caller: Caller,
    name: str,
    data: bytes | None,
    *,
    clock: Clock = utc_now,
) -> None:
    """Give a workflow a picture, or none.

    Raises:
        BadPicture: it is too large, or nothing that is shown safely.
        NotFound: the caller sees no such workflow.
        NotAllowed: the caller may not change it.
    """
    picture = None if data is None else _picture(data)

    def work(store: Catalogue) -> None:
        entry = find_workflow(store, caller, name)
        may_change(caller, "change a workflow", entry.project)
        store.set_picture(entry.project, name, picture)
        tag = picture.tag if picture else ""
        _tell(store, caller, "workflow.pictured", entry, clock(), picture=tag)

    await catalogue.write(work)


async def picture_of(catalogue: Transactions[Catalogue], caller: Caller, name: str) -> Picture:
    """Give the picture of a workflow.

    Raises:
        NotFound: the caller sees no such workflow, or it has no picture.
    """

    def work(store: Catalogue) -> Picture:
        for project in seen_by(caller):
            if store.workflow(project, name) is not None:
                if (found := store.picture(project, name)) is not None:
                    return found
                break
        raise NotFound(what="picture of workflow", name=name)

    return await catalogue.read(work)


def _refuse_harm(what: str, entry: WorkflowEntry, harm: Damage, *, force: bool) -> None:
    if force or not harm.refused:
        return
    raise BreaksOthers(what=what, workflow=entry.name, workflows=harm.named)


def _tell(
    store: Catalogue, caller: Caller, action: str, entry: WorkflowEntry, now: datetime, **facts: str
) -> None:
    store.add_deed(Deed(caller=caller, action=action, subject=entry.name, at=now, facts=facts))


def _label(store: Catalogue, entry: WorkflowEntry, said: Publication) -> bool:
    """Label a workflow; tells whether it is labelled otherwise now."""
    category = entry.category if said.category is None else said.category
    company = entry.company if said.company is None else said.company
    if (category, company) == (entry.category, entry.company):
        return False
    store.label_workflow(entry.project, entry.name, category, company)
    return True


def _picture(data: bytes) -> Picture:
    if len(data) > LARGEST_PICTURE:
        raise BadPicture(reason=f"it has more than {LARGEST_PICTURE} bytes")
    media_type = picture_type(data)
    if media_type is None:
        raise BadPicture(reason="it is neither PNG nor JPEG nor WebP")
    return Picture(media_type=media_type, data=data)
