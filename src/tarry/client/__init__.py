"""The Python client of the platform's REST API."""

from typing import TYPE_CHECKING

from tarry.client.answers import (
    Event,
    Failure,
    Me,
    Run,
    Service,
    Session,
    Step,
    StoredFile,
    Workflow,
)
from tarry.client.errors import PlatformError, TransferFailed, Unreachable
from tarry.client.exchanges import Message, Telling
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

if TYPE_CHECKING:
    from tarry.client.asynchronous.platform import AsyncPlatform

__all__ = [
    "AsyncPlatform",
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


def __getattr__(name: str) -> object:
    """Give the asynchronous client to whoever asks for it: what it stands on takes time to load."""
    if name == "AsyncPlatform":
        from tarry.client.asynchronous.platform import AsyncPlatform  # noqa: PLC0415

        return AsyncPlatform
    reason = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(reason)
