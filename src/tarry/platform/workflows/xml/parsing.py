"""From bytes to an XML tree, without believing anything they say."""

from lxml import etree

from tarry.platform.workflows.errors import DocumentUnreadable
from tarry.platform.workflows.model import Problem
from tarry.soap import xml

MOST_BYTES = 4 * 1024 * 1024


def parse(data: bytes) -> etree._Element:
    """Parse a document; no entities, no network, no DOCTYPE.

    Raises:
        DocumentUnreadable: it is not well-formed, too large or has a DOCTYPE.
    """
    if len(data) > MOST_BYTES:
        raise unreadable("too-large", f"it is larger than {MOST_BYTES} bytes")
    try:
        return xml.parse(data)
    except xml.UnsafeXml as error:
        raise unreadable("not-xml", str(error)) from error


def unreadable(code: str, reason: str) -> DocumentUnreadable:
    """Make the error for what is no document at all."""
    problem = Problem(place="", code=code, message=reason)
    return DocumentUnreadable(workflow="The document", problems=(problem,))
