"""Drawing up a service description from a WSDL and from what people said."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tarry.platform.catalogue.errors import (
    BadCorrection,
    BadServiceAddress,
    ContractBroken,
    UnknownOperation,
)
from tarry.platform.catalogue.model import Polling, ServiceEntry, Told, service_name, service_uri
from tarry.platform.catalogue.model.compliance import Examination, examine
from tarry.platform.catalogue.model.corrections import INPUTS, OUTPUTS, bad_places, corrected
from tarry.platform.catalogue.model.offers import Offer, OfferedOperation
from tarry.platform.catalogue.model.services import LONGEST_NAME, LONGEST_URI
from tarry.platform.kernel.model import Caller, ProjectId
from tarry.platform.workflows.xml.names import construct_of

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s#]+#[^\s#]+")


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be described.

    Attributes:
        uri: empty: made from the names in the WSDL.
        insisted: places of corrections that have to fit; others may idle.
    """

    wsdl_url: str
    operation: str
    uri: str
    project: ProjectId
    insisted: Collection[str] = ()


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A service description that is not stored yet.

    Attributes:
        notices: what the service's author, or who registers it, may want to know.
    """

    entry: ServiceEntry
    notices: tuple[str, ...]


def draw(offer: Offer, order: Order, told: Told, caller: Caller, now: datetime) -> Drawn:
    """Draw up the first version of a service description.

    Raises:
        ContractBroken, UnknownOperation, BadServiceAddress, BadCorrection: as they say.
    """
    operation, found = _examine(offer, order, told)
    inputs, idle_inputs = corrected(INPUTS, found.inputs, told.corrections)
    outputs, idle_outputs = corrected(OUTPUTS, found.outputs, told.corrections)
    idle = (*idle_inputs, *idle_outputs)
    _insist(order, told, idle)
    entry = ServiceEntry(
        name=service_name(offer.service, operation.name),
        uri=order.uri or service_uri(found.kind, offer.service, operation.name),
        wsdl_url=order.wsdl_url,
        operation=operation.name,
        kind=found.kind,
        project=order.project,
        title=told.title or operation.name,
        description=told.description or operation.documentation,
        inputs=inputs,
        outputs=outputs,
        remote=offer.remote,
        repeatable=operation.repeatable if told.repeatable is None else told.repeatable,
        at_most_once=operation.at_most_once,
        polling=told.polling or Polling(),
        told=told,
        registered_by=caller.user,
        registered_at=now,
    )
    check_address(entry)
    notices = (*found.notices, *(f"a correction no longer fits: {one}" for one in idle))
    return Drawn(entry=entry, notices=notices)


def check_address(entry: ServiceEntry) -> None:
    """See to it that documents can use a service.

    Raises:
        BadServiceAddress: they cannot.
    """
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


def _examine(offer: Offer, order: Order, told: Told) -> tuple[OfferedOperation, Examination]:
    operation = offer.operations.get(order.operation)
    if operation is None:
        known = ", ".join(offer.operations) or "none"
        raise UnknownOperation(url=offer.url, operation=order.operation, known=known)
    found = examine(offer, operation, told.kind)
    if found.violations:
        raise ContractBroken(
            operation=operation.name,
            url=offer.url,
            kind=found.kind.value,
            violations=found.violations,
        )
    return operation, found


def _insist(order: Order, told: Told, idle: tuple[str, ...]) -> None:
    new = {place: told.corrections[place] for place in order.insisted if place in told.corrections}
    reasons = [*bad_places(new), *(one for one in idle if one.partition(":")[0] in new)]
    if reasons:
        raise BadCorrection(operation=order.operation, reasons="; ".join(reasons))
