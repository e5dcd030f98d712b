"""The Python client of the platform's REST API."""

from tarry.client.answers import (
    Event,
    Failure,
    Me,
    Message,
    Run,
    Service,
    Session,
    Step,
    StoredFile,
    Telling,
    Workflow,
)
from tarry.client.errors import PlatformError, TransferFailed, Unreachable
from tarry.client.findings import (
    Break,
    Inspection,
    Offered,
    Remark,
    Retirement,
    ServiceHealth,
    Version,
)
from tarry.client.platform import Platform

__all__ = [
    "Break",
    "Event",
    "Failure",
    "Inspection",
    "Me",
    "Message",
    "Offered",
    "Platform",
    "PlatformError",
    "Remark",
    "Retirement",
    "Run",
    "Service",
    "ServiceHealth",
    "Session",
    "Step",
    "StoredFile",
    "Telling",
    "TransferFailed",
    "Unreachable",
    "Version",
    "Workflow",
]
