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
    Workflow,
)
from tarry.client.errors import PlatformError, TransferFailed, Unreachable
from tarry.client.platform import Platform

__all__ = [
    "Event",
    "Failure",
    "Me",
    "Message",
    "Platform",
    "PlatformError",
    "Run",
    "Service",
    "Session",
    "Step",
    "StoredFile",
    "TransferFailed",
    "Unreachable",
    "Workflow",
]
