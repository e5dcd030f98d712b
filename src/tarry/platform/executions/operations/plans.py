"""From what an execution took along at its start to what the manager works with."""

import json
from collections.abc import Mapping

from tarry.contract.kinds import NOTIFY_OPERATION
from tarry.contract.ports import PortType
from tarry.platform.catalogue.model import ServiceEntry
from tarry.platform.catalogue.model.snapshots import from_snapshot
from tarry.platform.executions.model.plan import Plan, plan_of
from tarry.platform.executions.model.terms import Pace, Patience, Terms


def plan_from(snapshot: Mapping[str, object], patience: Patience) -> Plan:
    """Make the plan of an execution.

    Args:
        snapshot: as the catalogue gave it.
        patience: how long services are waited for.

    Raises:
        TarryError: the document cannot be read.
        KeyError, TypeError, ValueError: the snapshot is of another version.
    """
    published = from_snapshot(snapshot)
    services = {uri: terms_of(entry, patience) for uri, entry in published.services.items()}
    return plan_of(published.document, services, published.entry.inputs)


def terms_of(entry: ServiceEntry, patience: Patience) -> Terms:
    """Give the terms on which a registered service is used."""
    return Terms(
        uri=entry.uri,
        name=entry.name,
        title=entry.title,
        operation=entry.operation,
        kind=entry.kind,
        repeatable=entry.repeatable,
        at_most_once=entry.at_most_once,
        outputs=entry.outputs,
        required=frozenset(
            port.name for port in entry.inputs if port.required and port.default is None
        ),
        hears=_hears(entry),
        most_runs=entry.most_runs,
        secrets=frozenset(port.name for port in entry.inputs if port.type is PortType.SECRET),
        remote=json.dumps(entry.remote, sort_keys=True),
        pace=Pace(
            first=entry.polling.first,
            slowest=entry.polling.slowest,
            pushed=entry.polling.pushed,
        ),
        patience=patience,
    )


def _hears(entry: ServiceEntry) -> bool:
    operations = entry.remote.get("operations")
    return isinstance(operations, list) and any(
        isinstance(each, Mapping) and each.get("name") == NOTIFY_OPERATION for each in operations
    )
