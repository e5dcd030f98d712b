"""Looking after registered services: reading them again, saying other things, letting them go."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import structlog

from tarry.platform.catalogue.errors import InUse
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import ServiceEntry, Told
from tarry.platform.catalogue.operations.breaking import Damage, damage
from tarry.platform.catalogue.operations.drawing import Drawn, Order, check_address, draw
from tarry.platform.catalogue.operations.services import (
    Registered,
    add_version,
    next_number,
    note,
    tell,
)
from tarry.platform.catalogue.operations.shelf import Shelf, write_again
from tarry.platform.catalogue.operations.sight import find_service, may_change
from tarry.platform.kernel.model import Caller, Deed

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What is to be said of a service from now on; what is left out stays.

    Attributes:
        told: an empty title or description lets the WSDL tell again, and so does a correction that
            says nothing.
        wsdl_url: another address to read it from.
        uri: another name in documents: whatever uses the old one breaks.
    """

    told: Told = field(default_factory=Told)
    wsdl_url: str = ""
    uri: str = ""

    @property
    def needs_wsdl(self) -> bool:
        """Whether the WSDL has to be read for it."""
        words = (self.told.title, self.told.description)
        said = self.wsdl_url or self.told.kind or self.told.corrections or "" in words
        return bool(said)


async def refresh_service(
    shelf: Shelf, caller: Caller, name: str, *, dry_run: bool = False
) -> Registered:
    """Read the WSDL of a service again; what people said of it stays.

    Args:
        shelf: what to work with.
        caller: who asks.
        name: of the service, or its URI.
        dry_run: only tell what would change, and what that would break.

    Raises:
        NotFound, NotAllowed: as they say.
        TarryError: the WSDL cannot be read any more, or no longer keeps the contract.
    """
    return await _redraw(shelf, caller, name, Edit(), dry_run=dry_run)


async def edit_service(
    shelf: Shelf,
    caller: Caller,
    name: str,
    edit: Edit,
    *,
    dry_run: bool = False,
    force: bool = False,
) -> Registered:
    """Say other things of a service. Its WSDL is read only where that is needed.

    Args:
        shelf: what to work with.
        caller: who asks.
        name: of the service, or its URI.
        edit: what is said.
        dry_run: only tell what would change, and what that would break.
        force: give it another URI although published workflows use this one.

    Raises:
        NotFound, NotAllowed, BadCorrection, BadServiceAddress, NameTaken: as they say.
        InUse: published workflows use its URI.
        TarryError: the WSDL has to be read, and cannot be.
    """
    if edit.uri and not dry_run and not force:
        await _check_unused(shelf, caller, name, edit.uri)  # before anything is written
    if edit.needs_wsdl:
        registered = await _redraw(shelf, caller, name, replace(edit, uri=""), dry_run=dry_run)
    else:
        registered = await _reword(shelf, caller, name, edit.told, dry_run=dry_run)
    if edit.uri and edit.uri != registered.entry.uri:
        return await _move(shelf, caller, registered, edit.uri, force=force)
    return registered


async def retire_service(
    shelf: Shelf, caller: Caller, name: str, *, dry_run: bool = False, force: bool = False
) -> Damage:
    """Let nobody use a service any more. Runs that have begun keep theirs, and so do its versions.

    Args:
        shelf: what to work with.
        caller: who asks.
        name: of the service, or its URI.
        dry_run: only tell what that would break.
        force: although published workflows use it.

    Raises:
        NotFound, NotAllowed: as they say.
        InUse: published workflows use it.
    """

    def work(store: Catalogue) -> Damage:
        entry = find_service(store, caller, name)
        may_change(caller, "retire a service", entry.project)
        found = damage(store, caller, entry, None)
        if not dry_run:
            _refuse_if_used(entry, found, force=force)
            now = shelf.clock()
            store.retire_service(entry.project, entry.uri, now)
            gone = Deed(caller=caller, action="service.retired", subject=entry.name, at=now)
            store.add_deed(gone)
            log.info("service.retired", service=entry.name, uri=entry.uri, by=caller.user)
        return found

    return await (shelf.catalogue.read(work) if dry_run else shelf.catalogue.write(work))


async def _check_unused(shelf: Shelf, caller: Caller, name: str, uri: str) -> None:
    def work(store: Catalogue) -> None:
        entry = find_service(store, caller, name)
        if entry.uri != uri:
            _refuse_if_used(entry, damage(store, caller, entry, None), force=False)

    await shelf.catalogue.read(work)


def _refuse_if_used(entry: ServiceEntry, found: Damage, *, force: bool) -> None:
    if found.refused and not force:
        raise InUse(service=entry.name, workflows=found.named)


async def _redraw(
    shelf: Shelf, caller: Caller, name: str, edit: Edit, *, dry_run: bool
) -> Registered:
    known = await shelf.catalogue.read(lambda store: find_service(store, caller, name))
    may_change(caller, "change a service", known.project)
    url = edit.wsdl_url or known.wsdl_url
    offer = await shelf.wsdls.read(url)

    def drawn(entry: ServiceEntry) -> Drawn:
        order = Order(
            wsdl_url=url,
            operation=entry.operation,
            uri=entry.uri,
            project=entry.project,
            insisted=edit.told.corrections.keys(),
        )
        return draw(offer, order, entry.told.then(edit.told), caller, shelf.clock())

    def work(store: Catalogue) -> Registered:
        number = next_number(store, known)
        # It may have been changed while its WSDL was being read.
        made = drawn(find_service(store, caller, known.uri))
        numbered = replace(made.entry, version=number)
        registered = add_version(store, caller, numbered, apply=not dry_run)
        return replace(registered, notices=made.notices)

    return await _done(shelf, caller, work, dry_run=dry_run)


async def _reword(
    shelf: Shelf, caller: Caller, name: str, said: Told, *, dry_run: bool
) -> Registered:
    def work(store: Catalogue) -> Registered:
        number = next_number(store, find_service(store, caller, name))
        before = find_service(store, caller, name)
        may_change(caller, "change a service", before.project)
        told = before.told.then(said)
        entry = replace(
            before,
            version=number,
            told=told,
            title=told.title or before.title,
            description=told.description or before.description,
            repeatable=before.repeatable if told.repeatable is None else told.repeatable,
            polling=told.polling or before.polling,
            registered_by=caller.user,
            registered_at=shelf.clock(),
        )
        return add_version(store, caller, entry, apply=not dry_run)

    return await _done(shelf, caller, work, dry_run=dry_run)


async def _done(
    shelf: Shelf, caller: Caller, work: Callable[[Catalogue], Registered], *, dry_run: bool
) -> Registered:
    if dry_run:
        return await shelf.catalogue.read(work)

    def told(store: Catalogue) -> Registered:
        registered = work(store)
        tell(store, caller, "service.changed", registered, shelf.clock())
        return registered

    registered = await write_again(shelf.catalogue, told)
    note(registered)
    return registered


async def _move(
    shelf: Shelf, caller: Caller, edited: Registered, uri: str, *, force: bool
) -> Registered:
    """Give a service another URI: the old one goes, and a new one comes."""

    def work(store: Catalogue) -> Registered:
        old = find_service(store, caller, edited.entry.uri)
        moved = replace(edited.entry, uri=uri, registered_at=shelf.clock())
        moved = replace(moved, version=next_number(store, moved))
        check_address(moved)
        found = damage(store, caller, old, None)
        if edited.applied:
            _refuse_if_used(old, found, force=force)
            store.retire_service(old.project, old.uri, shelf.clock())
            registered = add_version(store, caller, moved)
        else:
            registered = Registered(entry=moved, is_new=True, applied=False)
        return replace(registered, changes=edited.changes, damage=found, notices=edited.notices)

    return await _done(shelf, caller, work, dry_run=not edited.applied)
