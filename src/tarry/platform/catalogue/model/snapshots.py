"""Catalogue entries as JSON-ready data, to be stored with a run or in the database."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, from_json, to_json
from tarry.platform.catalogue.model.corrections import (
    corrections_from_json,
    corrections_to_json,
)
from tarry.platform.catalogue.model.published import PublishedWorkflow
from tarry.platform.catalogue.model.services import Polling, ServiceEntry, Told
from tarry.platform.catalogue.model.workflows import WorkflowEntry
from tarry.platform.kernel.model import ProjectId, UserId
from tarry.platform.workflows import xml
from tarry.platform.workflows.operations import expanded

FORMAT = 1
"""Version of the form of a stored snapshot."""


def snapshot(published: PublishedWorkflow) -> dict[str, object]:
    """Give everything that a run needs to know, as JSON-ready data."""
    return {
        "format": FORMAT,
        "workflow": workflow_to_json(published.entry),
        "services": {uri: service_to_json(entry) for uri, entry in published.services.items()},
        "nested": {uri: workflow_to_json(entry) for uri, entry in published.nested.items()},
    }


def from_snapshot(data: Mapping[str, Any]) -> PublishedWorkflow:
    """Read what `snapshot` gave."""
    entry = workflow_from_json(data["workflow"])
    # Snapshots of runs from before there were nested workflows have none.
    nested = {uri: workflow_from_json(item) for uri, item in data.get("nested", {}).items()}
    documents = {uri: xml.read(one.document) for uri, one in nested.items()}
    return PublishedWorkflow(
        entry=entry,
        document=expanded(xml.read(entry.document), documents),
        services={uri: service_from_json(item) for uri, item in data["services"].items()},
        nested=nested,
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
        "polling": _polling_to_json(entry.polling),
        "told": told_to_json(entry.told),
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
            "polling": _polling_from_json(data["polling"]),
            "told": told_from_json(data["told"]) if "told" in data else _guessed(data),
            "registered_by": UserId(data["registered_by"]),
            "registered_at": datetime.fromisoformat(data["registered_at"]),
        }
    )


def told_to_json(told: Told) -> dict[str, object]:
    """Give what people said of a service as JSON-ready data."""
    plain: dict[str, object] = {
        name: getattr(told, name)
        for name in ("title", "description", "category", "company", "repeatable", "most_runs")
    }
    plain["kind"] = told.kind.value if told.kind else None
    plain["polling"] = _polling_to_json(told.polling) if told.polling else None
    plain["corrections"] = corrections_to_json(told.corrections) or None
    return {name: value for name, value in plain.items() if value is not None}


def told_from_json(data: Mapping[str, Any]) -> Told:
    """Read what `told_to_json` gave."""
    found = dict(data)
    if "kind" in found:
        found["kind"] = Kind(found["kind"])
    if "polling" in found:
        found["polling"] = _polling_from_json(found["polling"])
    if "corrections" in found:
        found["corrections"] = corrections_from_json(found["corrections"])
    return Told(**found)


def _guessed(data: Mapping[str, Any]) -> Told:
    """Guess what was said of a service before that was written down: its words stay."""
    return Told(
        title=data["title"] if data["title"] != data["operation"] else None,
        description=data["description"] or None,
        repeatable=data["repeatable"],
    )


def _polling_to_json(polling: Polling) -> dict[str, float]:
    return {
        "first": polling.first.total_seconds(),
        "slowest": polling.slowest.total_seconds(),
        "pushed": polling.pushed.total_seconds(),
    }


def _polling_from_json(data: Mapping[str, float]) -> Polling:
    return Polling(**{name: timedelta(seconds=pause) for name, pause in data.items()})


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
        "author": entry.author,
        "comment": entry.comment,
        "published_at": entry.published_at.isoformat() if entry.published_at else None,
        "category": entry.category,
        "company": entry.company,
        "picture": entry.picture,
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
            "published_at": _time(data.get("published_at")),
        }
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def ports_to_json(ports: tuple[Port, ...]) -> list[dict[str, object]]:
    """Give ports as JSON-ready data, in their order."""
    return [to_json(port) for port in ports]


def ports_from_json(data: list[Mapping[str, object]]) -> tuple[Port, ...]:
    """Read what `ports_to_json` gave."""
    return tuple(from_json(port) for port in data)
