"""The kinds of service, and which operations belong together."""

from collections.abc import Collection
from enum import StrEnum

STATUS_OPERATION = "getServiceStatus"
ABORT_OPERATION = "abortService"
NOTIFY_OPERATION = "notifyService"
COMPANIONS = frozenset({STATUS_OPERATION, ABORT_OPERATION, NOTIFY_OPERATION})
"""The operations that accompany a start operation and are never a service of their own."""

SERVICE_ID = "serviceID"
SESSION_TOKEN = "sessionToken"  # noqa: S105 - the name of a port, not a token
EXTRA_PARAMETERS = "extraParameters"
STATUS = "status_base64"
MESSAGE, RESPONSE = "message", "response"
"""What `notifyService` takes besides, and what it answers."""
FILLED_IN = frozenset({SERVICE_ID, SESSION_TOKEN, EXTRA_PARAMETERS})
"""The inputs that the workflow manager fills in by itself."""


class Kind(StrEnum):
    """How a service is called."""

    SYNCHRONOUS = "synchronous"  # its answer holds the outputs
    ASYNCHRONOUS = "asynchronous"  # started, then polled
    APPLICATION = "application"  # shows a page, then reports its outputs itself


def recognise(
    inputs: Collection[str], outputs: Collection[str], operations: Collection[str]
) -> Kind:
    """Tell the kind of an operation from its ports and from what else its WSDL offers.

    Args:
        inputs: names of the operation's inputs.
        outputs: names of the operation's outputs.
        operations: names of all operations of the WSDL.
    """
    if STATUS not in outputs or SERVICE_ID not in inputs:
        return Kind.SYNCHRONOUS
    return Kind.ASYNCHRONOUS if STATUS_OPERATION in operations else Kind.APPLICATION
