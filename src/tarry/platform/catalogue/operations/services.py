"""Registering services, and finding them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from tarry.contract.kinds import Kind
from tarry.platform.catalogue.errors import NameTaken
from tarry.platform.catalogue.interfaces import Catalogue, Wsdls
from tarry.platform.catalogue.model import (
    Correction,
    Health,
    HealthChange,
    Polling,
    ServiceEntry,
    Told,
)
from tarry.platform.catalogue.model.changes import Change, changes, same
from tarry.platform.catalogue.model.listing import ALL_VERSIONS, EVERYTHING, Search, Versions
from tarry.platform.catalogue.operations.breaking import Damage, damage
from tarry.platform.catalogue.operations.drawing import Order, draw
from tarry.platform.catalogue.operations.shelf import write_again
from tarry.platform.catalogue.operations.sight import find_service, seen_by, target
from tarry.platform.kernel.errors import NotFound
from tarry.platform.kernel.interfaces import Clock, Transactions
from tarry.platform.kernel.model import Caller, Deed

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class ServiceRequest:
    """What somebody says when they register a service; what they leave out the WSDL tells.

    Attributes:
        repeatable: calling it twice does no harm; none: as the WSDL says.
        most_runs: so many runs of it may go on at once; none or 0: any number.
        corrections: of its ports, by `inputs/<port>` and `outputs/<port>`.
        shared: every project sees it.
    """

    wsdl_url: str
    operation: str
    kind: Kind | None = None
    uri: str = ""
    title: str = ""
    description: str = ""
    category: str = ""
    company: str = ""
    repeatable: bool | None = None
    most_runs: int | None = None
    polling: Polling | None = None
    corrections: Mapping[str, Correction] = field(default_factory=dict)
    shared: bool = False

    @property
    def told(self) -> Told:
        """What is said of the service itself."""
        return Told(
            kind=self.kind,
            title=self.title or None,
            description=self.description or None,
            category=self.category or None,
            company=self.company or None,
            repeatable=self.repeatable,
            most_runs=self.most_runs,
            polling=self.polling,
            corrections=self.corrections,
        )


@dataclass(frozen=True, kw_only=True)
class Registered:
    """How a registration or a change went, or would go.

    Attributes:
        is_new: whether a version was added; it is not if nothing had changed.
        applied: whether this is done; else it is what would be.
        changes: what is different from the version before.
        damage: which workflows can no longer run.
        notices: what the service's author may want to know.
    """

    entry: ServiceEntry
    is_new: bool
    applied: bool = True
    changes: tuple[Change, ...] = ()
    damage: Damage = field(default_factory=Damage)
    notices: tuple[str, ...] = ()


async def register_service(
    catalogue: Transactions[Catalogue],
    wsdls: Wsdls,
    caller: Caller,
    request: ServiceRequest,
    *,
    clock: Clock,
) -> Registered:
    """Read a WSDL and add a service, or a new version of it if its URI is known.

    What was said of a known service before and is not said now stays as it was said.

    Raises:
        ContractBroken: it does not keep the contract of its kind; all violations are told.
        UnknownOperation: the WSDL has no such operation.
        BadServiceAddress: the URI cannot be used in documents.
        BadCorrection: a port cannot be what is said of it.
        NameTaken: another service of the project has its name.
        NotAllowed: the caller may not register.
        TarryError: the WSDL cannot be read, or its address is not allowed.
    """
    project = target(caller, "register a service", shared=request.shared)
    offer = await wsdls.read(request.wsdl_url)
    order = Order(
        wsdl_url=request.wsdl_url,
        operation=request.operation,
        uri=request.uri,
        project=project,
        insisted=request.corrections.keys(),
    )
    drawn = draw(offer, order, request.told, caller, clock())

    def work(store: Catalogue) -> Registered:
        number = next_number(store, drawn.entry)
        before = store.service(project, drawn.entry.uri)
        made = drawn
        if before is not None:
            told = before.told.then(request.told)
            made = draw(offer, replace(order, uri=before.uri), told, caller, clock())
        numbered = replace(made.entry, version=number)
        registered = add_version(store, caller, numbered)
        tell(store, caller, "service.registered", registered, clock())
        return replace(registered, notices=made.notices)

    registered = await write_again(catalogue, work)
    note(registered)
    return registered


def next_number(store: Catalogue, entry: ServiceEntry) -> int:
    """Give the number of the next version of a service.

    To be asked before what it is to be compared with: who adds a version in between takes the
    number, so that we collide and look again.
    """
    versions = store.service_versions(entry.project, entry.uri)
    return versions[0].version + 1 if versions else 1


def add_version(
    store: Catalogue, caller: Caller, entry: ServiceEntry, *, apply: bool = True
) -> Registered:
    """Add what was drawn up as the next version of a service, unless nothing has changed.

    Its number is that of `next_number`.

    Raises:
        NameTaken: another service of the project has its name.
        Collision: somebody else does the same at this moment.
    """
    namesake = store.service_named(entry.project, entry.name)
    if namesake is not None and namesake.uri != entry.uri:
        raise NameTaken(what="service", name=entry.name, uri=namesake.uri)
    before = store.service(entry.project, entry.uri)
    if before is not None and same(before, entry):
        return Registered(entry=before, is_new=False, applied=apply)
    registered = Registered(entry=entry, is_new=True, applied=apply)
    if before is not None:
        registered = replace(
            registered,
            changes=changes(before, entry),
            damage=damage(store, caller, before, entry),
        )
    if apply:
        store.add_service(entry)
    return registered


def tell(
    store: Catalogue, caller: Caller, action: str, registered: Registered, now: datetime
) -> None:
    """Write a new version of a service into the audit trail, in the transaction that adds it."""
    if registered.is_new and registered.applied:
        entry = registered.entry
        facts = {"version": str(entry.version)}
        store.add_deed(Deed(caller=caller, action=action, subject=entry.name, at=now, facts=facts))


def note(registered: Registered) -> None:
    """Write into the log what became of a service."""
    if registered.applied:
        log.info(
            "service.registered",
            service=registered.entry.name,
            uri=registered.entry.uri,
            version=registered.entry.version,
            is_new=registered.is_new,
            broken=registered.damage.published,
        )


async def list_services(
    catalogue: Transactions[Catalogue], caller: Caller, asked: Search = EVERYTHING
) -> list[ServiceEntry]:
    """Give the services that a caller sees and looks for, by name."""
    return await catalogue.read(lambda store: store.find_services(seen_by(caller), asked))


async def show_service(
    catalogue: Transactions[Catalogue], caller: Caller, name: str
) -> ServiceEntry:
    """Give a service by its name or URI.

    Raises:
        NotFound: the caller sees no such service.
    """
    return await catalogue.read(lambda store: find_service(store, caller, name))


async def service_versions(
    catalogue: Transactions[Catalogue],
    caller: Caller,
    name: str,
    versions: Versions = ALL_VERSIONS,
) -> list[ServiceEntry]:
    """Give versions of a service, newest first; of a retired one by its URI.

    Raises:
        NotFound: the caller sees no such service.
    """

    def work(store: Catalogue) -> list[ServiceEntry]:
        try:
            entry = find_service(store, caller, name)
        except NotFound:
            for project in seen_by(caller):
                if retired := store.service_versions(project, name, versions):
                    return retired
            raise
        return store.service_versions(entry.project, entry.uri, versions)

    return await catalogue.read(work)


async def health_history(
    catalogue: Transactions[Catalogue], caller: Caller, name: str
) -> list[HealthChange]:
    """Give how the health of a service has changed, newest first.

    Raises:
        NotFound: the caller sees no such service.
    """

    def work(store: Catalogue) -> list[HealthChange]:
        entry = find_service(store, caller, name)
        return store.health_changes(entry.project, entry.uri)

    return await catalogue.read(work)


async def healths(
    catalogue: Transactions[Catalogue], caller: Caller, services: Collection[ServiceEntry]
) -> dict[str, Health]:
    """Give what is known of the health of services that a caller sees, by URI."""
    uris = [entry.uri for entry in services]
    found = await catalogue.read(lambda store: store.healths(seen_by(caller), uris))
    own_last = sorted(found, key=lambda one: one.project == caller.project)
    return {one.uri: one for one in own_last}
