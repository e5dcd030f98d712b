"""Catalogue entries as JSON-ready data, to be stored with a run or in the database."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, from_json, to_json
from tarry.platform.catalogue.model.published import PublishedWorkflow
from tarry.platform.catalogue.model.services import Polling, ServiceEntry
from tarry.platform.catalogue.model.workflows import WorkflowEntry
from tarry.platform.kernel.model import ProjectId, UserId
from tarry.platform.workflows import xml

FORMAT = 1
"""Version of the form of a stored snapshot."""


def snapshot(published: PublishedWorkflow) -> dict[str, object]:
    """Give everything that a run needs to know, as JSON-ready data."""
    return {
        "format": FORMAT,
        "workflow": workflow_to_json(published.entry),
        "services": {uri: service_to_json(entry) for uri, entry in published.services.items()},
    }


def from_snapshot(data: Mapping[str, Any]) -> PublishedWorkflow:
    """Read what `snapshot` gave."""
    entry = workflow_from_json(data["workflow"])
    return PublishedWorkflow(
        entry=entry,
        document=xml.read(entry.document),
        services={uri: service_from_json(item) for uri, item in data["services"].items()},
    )


def service_to_json(entry: ServiceEntry) -> dict[str, object]:
    """Give a service description as JSON-ready data."""
    return {
        "name": entry.name,
        "uri": entry.uri,
        "wsdl_url": entry.wsdl_url,
        "operation": entry.operation,
        "kind": entry.kind.value,
        "project": entry.project,
        "title": entry.title,
        "description": entry.description,
        "inputs": ports_to_json(entry.inputs),
        "outputs": ports_to_json(entry.outputs),
        "remote": dict(entry.remote),
        "repeatable": entry.repeatable,
        "at_most_once": entry.at_most_once,
        "polling": {
            "first": entry.polling.first.total_seconds(),
            "slowest": entry.polling.slowest.total_seconds(),
            "pushed": entry.polling.pushed.total_seconds(),
        },
        "version": entry.version,
        "registered_by": entry.registered_by,
        "registered_at": entry.registered_at.isoformat(),
    }


def service_from_json(data: Mapping[str, Any]) -> ServiceEntry:
    """Read what `service_to_json` gave."""
    return ServiceEntry(
        **{
            **data,
            "kind": Kind(data["kind"]),
            "project": ProjectId(data["project"]),
            "inputs": ports_from_json(data["inputs"]),
            "outputs": ports_from_json(data["outputs"]),
            "polling": Polling(
                **{name: timedelta(seconds=pause) for name, pause in data["polling"].items()}
            ),
            "registered_by": UserId(data["registered_by"]),
            "registered_at": datetime.fromisoformat(data["registered_at"]),
        }
    )


def workflow_to_json(entry: WorkflowEntry) -> dict[str, object]:
    """Give a workflow as JSON-ready data."""
    return {
        "name": entry.name,
        "uri": entry.uri,
        "project": entry.project,
        # What is stored can always be read as UTF-8: other encodings are rewritten on import.
        "document": entry.document.decode("utf-8"),
        "title": entry.title,
        "description": entry.description,
        "inputs": ports_to_json(entry.inputs),
        "outputs": ports_to_json(entry.outputs),
        "version": entry.version,
        "published_version": entry.published_version,
        "imported_by": entry.imported_by,
        "imported_at": entry.imported_at.isoformat(),
    }


def workflow_from_json(data: Mapping[str, Any]) -> WorkflowEntry:
    """Read what `workflow_to_json` gave."""
    return WorkflowEntry(
        **{
            **data,
            "project": ProjectId(data["project"]),
            "document": data["document"].encode("utf-8"),
            "inputs": ports_from_json(data["inputs"]),
            "outputs": ports_from_json(data["outputs"]),
            "imported_by": UserId(data["imported_by"]),
            "imported_at": datetime.fromisoformat(data["imported_at"]),
        }
    )


def ports_to_json(ports: tuple[Port, ...]) -> list[dict[str, object]]:
    """Give ports as JSON-ready data, in their order."""
    return [to_json(port) for port in ports]


def ports_from_json(data: list[Mapping[str, object]]) -> tuple[Port, ...]:
    """Read what `ports_to_json` gave."""
    return tuple(from_json(port) for port in data)
