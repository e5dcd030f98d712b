"""Registering services, and finding them."""

import re
from dataclasses import dataclass, replace

import structlog

from tarry.contract.kinds import Kind
from tarry.platform.catalogue.errors import (
    BadServiceAddress,
    ContractBroken,
    NameTaken,
    UnknownOperation,
)
from tarry.platform.catalogue.interfaces import Catalogue, Wsdls
from tarry.platform.catalogue.model import Polling, ServiceEntry, service_name, service_uri
from tarry.platform.catalogue.model.changes import changes, same
from tarry.platform.catalogue.model.compliance import Examination, examine
from tarry.platform.catalogue.model.offers import Offer, OfferedOperation
from tarry.platform.catalogue.model.services import LONGEST_NAME, LONGEST_URI
from tarry.platform.catalogue.operations.broken import broken_workflows
from tarry.platform.catalogue.operations.sight import seen_by, target
from tarry.platform.kernel.errors import NotFound
from tarry.platform.kernel.interfaces import Clock, Transactions
from tarry.platform.kernel.model import Caller
from tarry.platform.workflows.xml.names import construct_of

log = structlog.get_logger()

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s#]+#[^\s#]+")


@dataclass(frozen=True, kw_only=True)
class ServiceRequest:
    """What somebody says when they register a service; what they leave out the WSDL tells.

    Attributes:
        repeatable: calling it twice does no harm; none: as the WSDL says.
        shared: every project sees it.
    """

    wsdl_url: str
    operation: str
    kind: Kind | None = None
    uri: str = ""
    title: str = ""
    description: str = ""
    repeatable: bool | None = None
    polling: Polling | None = None
    shared: bool = False


@dataclass(frozen=True, kw_only=True)
class Registered:
    """How a registration went.

    Attributes:
        is_new: whether a version was added; it is not if nothing had changed.
        changes: what is different from the version before, in words.
        broken: names of published workflows of the project that can no longer run.
        notices: what the service's author may want to know.
    """

    entry: ServiceEntry
    is_new: bool
    changes: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
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

    Raises:
        ContractBroken: it does not keep the contract of its kind; all violations are told.
        UnknownOperation: the WSDL has no such operation.
        BadServiceAddress: the URI cannot be used in documents.
        NameTaken: another service of the project has its name.
        NotAllowed: the caller may not register.
        TarryError: the WSDL cannot be read, or its address is not allowed.
    """
    project = target(caller, "register a service", shared=request.shared)
    offer = await wsdls.read(request.wsdl_url)
    operation, found = _examine(offer, request)
    entry = ServiceEntry(
        name=service_name(offer.service, operation.name),
        uri=request.uri or service_uri(found.kind, offer.service, operation.name),
        wsdl_url=request.wsdl_url,
        operation=operation.name,
        kind=found.kind,
        project=project,
        title=request.title or operation.name,
        description=request.description or operation.documentation,
        inputs=found.inputs,
        outputs=found.outputs,
        remote=offer.remote,
        repeatable=operation.repeatable if request.repeatable is None else request.repeatable,
        at_most_once=operation.at_most_once,
        polling=request.polling or Polling(),
        registered_by=caller.user,
        registered_at=clock(),
    )
    _check_address(entry)
    registered = await catalogue.write(lambda store: _add(store, caller, entry))
    log.info(
        "service.registered",
        service=registered.entry.name,
        uri=registered.entry.uri,
        version=registered.entry.version,
        is_new=registered.is_new,
        broken=registered.broken,
    )
    return replace(registered, notices=found.notices)


def _add(store: Catalogue, caller: Caller, entry: ServiceEntry) -> Registered:
    before = store.service(entry.project, entry.uri)
    namesake = store.service_named(entry.project, entry.name)
    if namesake is not None and namesake.uri != entry.uri:
        raise NameTaken(what="service", name=entry.name, uri=namesake.uri)
    if before is None:
        store.add_service(entry)
        return Registered(entry=entry, is_new=True)
    if same(before, entry):
        return Registered(entry=before, is_new=False)
    added = replace(entry, version=before.version + 1)
    store.add_service(added)
    return Registered(
        entry=added,
        is_new=True,
        changes=changes(before, added),
        broken=broken_workflows(store, caller, added.uri),
    )


async def list_services(catalogue: Transactions[Catalogue], caller: Caller) -> list[ServiceEntry]:
    """Give the services that a caller sees, by name."""
    found = await catalogue.read(lambda store: store.services(seen_by(caller)))
    own = {entry.uri for entry in found if entry.project == caller.project}
    return [entry for entry in found if entry.project == caller.project or entry.uri not in own]


async def show_service(
    catalogue: Transactions[Catalogue], caller: Caller, name: str
) -> ServiceEntry:
    """Give a service by its name or URI.

    Raises:
        NotFound: the caller sees no such service.
    """

    def work(store: Catalogue) -> ServiceEntry:
        for project in seen_by(caller):
            entry = store.service_named(project, name) or store.service(project, name)
            if entry is not None:
                return entry
        raise NotFound(what="service", name=name)

    return await catalogue.read(work)


def _examine(offer: Offer, request: ServiceRequest) -> tuple[OfferedOperation, Examination]:
    operation = offer.operations.get(request.operation)
    if operation is None:
        known = ", ".join(offer.operations) or "none"
        raise UnknownOperation(url=offer.url, operation=request.operation, known=known)
    found = examine(offer, operation, request.kind)
    if found.violations:
        raise ContractBroken(
            operation=operation.name,
            url=offer.url,
            kind=found.kind.value,
            violations=found.violations,
        )
    return operation, found


def _check_address(entry: ServiceEntry) -> None:
    rule = ""
    if not _URI.fullmatch(entry.uri):
        rule = "it has to look like http://company/async/name.owl#operation_Service"
    elif len(entry.uri) > LONGEST_URI:
        rule = f"it is longer than {LONGEST_URI} signs"
    elif construct := construct_of(entry.uri):
        rule = f"in documents it stands for {construct}"
    if rule:
        raise BadServiceAddress(what="The service URI", got=entry.uri, rule=rule)
    if len(entry.name) > LONGEST_NAME or not entry.name.isprintable() or "/" in entry.name:
        rule = f"it has to be at most {LONGEST_NAME} printable signs without a slash"
        raise BadServiceAddress(what="The service's name", got=entry.name, rule=rule)
