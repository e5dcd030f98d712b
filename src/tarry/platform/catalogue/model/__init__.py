"""Registered services and published workflows, as facts."""

from tarry.platform.catalogue.model.corrections import Correction
from tarry.platform.catalogue.model.health import Health, HealthChange, HealthState
from tarry.platform.catalogue.model.published import PublishedWorkflow
from tarry.platform.catalogue.model.services import (
    SHARED,
    Polling,
    ServiceEntry,
    Told,
    service_name,
    service_uri,
)
from tarry.platform.catalogue.model.snapshots import from_snapshot, snapshot
from tarry.platform.catalogue.model.workflows import Picture, WorkflowEntry

__all__ = [
    "SHARED",
    "Correction",
    "Health",
    "HealthChange",
    "HealthState",
    "Picture",
    "Polling",
    "PublishedWorkflow",
    "ServiceEntry",
    "Told",
    "WorkflowEntry",
    "from_snapshot",
    "service_name",
    "service_uri",
    "snapshot",
]
