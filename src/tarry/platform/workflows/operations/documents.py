"""Reading a workflow document in whichever form it comes."""

from tarry.platform.workflows import json_form, xml
from tarry.platform.workflows.errors import UnknownForm
from tarry.platform.workflows.model import Document

JSON = "application/json"
XML_TYPES = ("application/xml", "text/xml")


def read_document(data: bytes, media_type: str = "") -> Document:
    """Read a workflow document.

    Args:
        data: the file.
        media_type: what it is, with or without parameters; empty or `application/octet-stream`:
            what it looks like.

    Raises:
        UnknownForm: documents have no such form.
        DocumentUnreadable: it is no workflow document.
        UnsupportedConstruct: it uses what this version does not know.
    """
    if is_json(data, media_type):
        return json_form.read(data)
    return xml.read(data)


def is_json(data: bytes, media_type: str = "") -> bool:
    """Tell whether a document is in the JSON form; the only other is XML.

    Raises:
        UnknownForm: documents have no such form.
    """
    kind = media_type.partition(";")[0].strip().lower()
    if kind in {"", "application/octet-stream"}:
        return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    if kind == JSON or kind.endswith("+json"):
        return True
    if kind in XML_TYPES or kind.endswith("+xml"):
        return False
    raise UnknownForm(media_type=kind)
