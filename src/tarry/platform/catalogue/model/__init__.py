"""Registered services and published workflows, as facts."""

from tarry.platform.catalogue.model.published import PublishedWorkflow
from tarry.platform.catalogue.model.services import (
    SHARED,
    Polling,
    ServiceEntry,
    service_name,
    service_uri,
)
from tarry.platform.catalogue.model.snapshots import from_snapshot, snapshot
from tarry.platform.catalogue.model.workflows import WorkflowEntry

__all__ = [
    "SHARED",
    "Polling",
    "PublishedWorkflow",
    "ServiceEntry",
    "WorkflowEntry",
    "from_snapshot",
    "service_name",
    "service_uri",
    "snapshot",
]
