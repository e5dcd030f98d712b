"""A look at a WSDL before anything of it is registered."""

from dataclasses import dataclass

from tarry.contract.kinds import COMPANIONS
from tarry.platform.catalogue.model.compliance import Examination, examine
from tarry.platform.catalogue.model.offers import OfferedOperation
from tarry.platform.catalogue.model.services import service_uri
from tarry.platform.catalogue.operations.shelf import Shelf
from tarry.platform.catalogue.operations.sight import seen_by, target
from tarry.platform.kernel.model import Caller


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """An operation that could be registered.

    Attributes:
        uri: what documents would call it, if nobody says otherwise.
        registered: the name under which it is registered already; empty if it is not.
    """

    operation: OfferedOperation
    found: Examination
    uri: str
    registered: str


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What a WSDL has to offer.

    Attributes:
        companions: operations that accompany the others and are no service of their own.
    """

    url: str
    service: str
    operations: tuple[Inspected, ...]
    companions: tuple[str, ...]


async def inspect_wsdl(shelf: Shelf, caller: Caller, url: str) -> Inspection:
    """Read a WSDL and say what could be registered of it; nothing is stored.

    Raises:
        NotAllowed: the caller may not register services.
        TarryError: the WSDL cannot be read, or its address is not allowed.
    """
    target(caller, "look at a service", shared=False)
    offer = await shelf.wsdls.read(url)
    known = await shelf.catalogue.read(lambda store: store.services(seen_by(caller)))
    names = {(entry.wsdl_url, entry.operation): entry.name for entry in known}
    inspected: list[Inspected] = []
    for operation in offer.operations.values():
        if operation.name in COMPANIONS:
            continue
        found = examine(offer, operation, None)
        one = Inspected(
            operation=operation,
            found=found,
            uri=service_uri(found.kind, offer.service, operation.name),
            registered=names.get((url, operation.name), ""),
        )
        inspected.append(one)
    return Inspection(
        url=url,
        service=offer.service,
        operations=tuple(inspected),
        companions=tuple(name for name in offer.operations if name in COMPANIONS),
    )
