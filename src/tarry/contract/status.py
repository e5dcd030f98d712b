"""What `getServiceStatus` can say."""

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from tarry.contract.errors import MalformedMessage

COMPLETED = "COMPLETED"
UNCHANGED = "UNCHANGED"

PAGE_HEADER = "Tarry-Page"
"""HTTP header. In a poll: the tag of the page that the caller shows, so that a Tarry service may
answer `UNCHANGED`. In an answer: the tag of the service's newest page."""
LAST_PAGE_HEADER = "Tarry-Last-Page"
"""HTTP header of a poll. `wanted` makes a Tarry service answer with the last page of a run that is
over, instead of `COMPLETED` or a fault: the page that shows the results."""
PUSH_HEADER = "Tarry-Push"
"""HTTP header of a start call: the capability with which the service may tell the manager that it
is configured with to look now."""
FOLDER_HEADER = "Tarry-Folder"
"""HTTP header of a start answer to the configured manager: the folder of the run, for its owner."""


@dataclass(frozen=True, slots=True)
class Page:
    """The service is running and shows this text or HTML page."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The service is running and its last page still holds."""


@dataclass(frozen=True, slots=True)
class Completed:
    """The other outputs of the answer are final."""


Status = Page | Unchanged | Completed


def read_status(raw: str) -> Status:
    """Read the wire form of a status.

    Raises:
        MalformedMessage: it is neither a known word nor base64.
    """
    match raw.strip():
        case "COMPLETED":
            return Completed()
        case "UNCHANGED":
            return Unchanged()
        case text:
            try:
                return Page(b64decode("".join(text.split()), validate=True))
            except (binascii.Error, ValueError) as error:
                raise MalformedMessage(
                    what="status_base64", reason=f"not base64, nor a status word: {text[:40]!r}"
                ) from error


def write_status(status: Status) -> str:
    """Give the wire form of a status."""
    match status:
        case Completed():
            return COMPLETED
        case Unchanged():
            return UNCHANGED
        case Page(content):
            return b64encode(content).decode("ascii")


def tag_of(page: bytes) -> str:
    """Name a page by its content: two pages are the same if and only if their tags are."""
    return sha256(page).hexdigest()[:32]
