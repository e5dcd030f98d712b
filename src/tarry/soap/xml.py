"""Reading XML that somebody sent, and writing text into XML, safely and fast."""

import re
import threading

from lxml import etree

# Atomic and possessive: what precedes a root element is read once, and never again in another way.
_PROLOGUE_WITH_DOCTYPE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?>\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL
)
_PLAIN = bytes(set(range(0x20, 0x7F)) - set(b"&<>\"'")) + b"\t\n\"'"
_SPECIAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[&<>]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}

# A parser has a lock: with one for all threads, a large document would hold up the event loop.
_LOCAL = threading.local()


class UnsafeXml(ValueError):
    """The text is no XML, or XML that we refuse to read; the message says why."""


def parse(raw: bytes) -> etree._Element:
    """Read an XML document; comments and processing instructions are dropped.

    Raises:
        UnsafeXml: it is malformed, too deep, or holds a DOCTYPE.
    """
    # Seen before the parser does, so that no entity is even declared. What hides behind another
    # encoding is caught below.
    if b"<!DOCTYPE" in raw and _PROLOGUE_WITH_DOCTYPE.match(raw):
        raise UnsafeXml("it holds a DOCTYPE, which is refused")
    try:
        root = etree.fromstring(raw, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = error.msg if isinstance(error, etree.XMLSyntaxError) else str(error)
        raise UnsafeXml(f"malformed XML: {reason or 'empty document'}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnsafeXml("it holds a DOCTYPE, which is refused")
    return root


def escape(text: str) -> bytes:
    """Give text as XML content in UTF-8. Characters that XML cannot carry become U+FFFD."""
    if text.isascii():
        raw = text.encode("ascii")
        if not raw.translate(None, _PLAIN):
            return raw
    return _SPECIAL.sub(_escape_one, text).encode("utf-8")


def can_carry(text: str) -> bool:
    """Whether XML can carry the text without loss."""
    return all(found.group() in _ESCAPES for found in _SPECIAL.finditer(text))


def local_name(tag: str) -> str:
    """The name of a tag without its namespace."""
    return tag.rpartition("}")[2]


def _parser() -> etree.XMLParser:
    """The parser of this thread.

    Entities stay unresolved, nothing is fetched, and without `huge_tree` libxml2 keeps its own
    limits (depth 256, 10 MB of text in one node, entity amplification).
    """
    try:
        found: etree.XMLParser = _LOCAL.parser
    except AttributeError:
        found = _LOCAL.parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
    return found


def _escape_one(found: re.Match[str]) -> str:
    return _ESCAPES.get(found.group(), "\ufffd")
