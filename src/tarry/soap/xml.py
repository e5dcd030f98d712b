"""Reading XML that somebody sent, and writing text into XML, safely and fast."""

import re
import threading
from typing import Never
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from lxml import etree

# Atomic and possessive: what precedes a root element is read once, and never again in another way.
_PROLOGUE_WITH_DOCTYPE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?>\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL
)
_PLAIN = bytes(set(range(0x20, 0x7F)) - set(b"&<>\"'")) + b"\t\n\"'"
_SPECIAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[&<>]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}

_MOST_TAGS = 250_000
_DEEPEST = 256
_LIBXML2_READS = 10_000_000
"""libxml2 refuses more text in one node, unless it is told to drop all of its limits."""
_DOCTYPE = "it holds a DOCTYPE, which is refused"

# A parser has a lock: with one for all threads, a large document would hold up the event loop.
_LOCAL = threading.local()


class UnsafeXml(ValueError):
    """The text is no XML, or XML that we refuse to read; the message says why."""


Node = etree._Element | Element
"""An element, whoever has read it: both can do the same."""


class _Builder(TreeBuilder):
    """Builds a tree, but for a document with a DOCTYPE, in whatever encoding."""

    def doctype(self, *_: object) -> Never:
        raise UnsafeXml(_DOCTYPE)


class _FlatBuilder(_Builder):
    """Builds a tree that is not so deep that whoever walks it gets lost."""

    _depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnsafeXml(f"elements are nested deeper than {_DEEPEST}")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def read_request(raw: bytes) -> Element:
    """Read what anybody may send; comments and processing instructions are dropped.

    Not with lxml: libxml2 keeps every name that a thread has ever read, so strangers could fill the
    memory with names, and after 100 MB of them it reads no new one. This costs the same time.

    Raises:
        UnsafeXml: it is malformed, too long-winded, or holds a DOCTYPE.
    """
    return _read(raw, _Builder())


def parse_answer(raw: bytes) -> Node:
    """Read what a service answered, pages of megabytes included: only who fetches it limits it.

    Raises:
        UnsafeXml: it is malformed, too deep, too long-winded, or holds a DOCTYPE.
    """
    # Expat has no limit that can only be dropped together with all others.
    return parse(raw) if len(raw) <= _LIBXML2_READS else _read(raw, _FlatBuilder())


def _read(raw: bytes, builder: _Builder) -> Element:
    if b"<!DOCTYPE" in raw and _PROLOGUE_WITH_DOCTYPE.match(raw):
        raise UnsafeXml(_DOCTYPE)
    if raw.count(b"<") > _MOST_TAGS:
        raise UnsafeXml(f"it holds more than {_MOST_TAGS:,} tags")
    parser = XMLParser(target=builder)  # noqa: S314 - see above for what makes it safe
    try:
        parser.feed(raw)
        return parser.close()
    except UnsafeXml:
        raise
    except ParseError as error:
        raise UnsafeXml(f"malformed XML: {error}") from None
    except (ValueError, LookupError):  # of a codec, whose words need not make sense to anybody
        raise UnsafeXml("its encoding is not known here; send UTF-8") from None


def parse(raw: bytes) -> etree._Element:
    """Read an XML document of a service that was registered, which is not just anybody.

    Comments and processing instructions are dropped.

    Raises:
        UnsafeXml: it is malformed, too deep, or holds a DOCTYPE.
    """
    # Seen before the parser does, so that no entity is even declared. What hides behind another
    # encoding is caught below.
    if b"<!DOCTYPE" in raw and _PROLOGUE_WITH_DOCTYPE.match(raw):
        raise UnsafeXml(_DOCTYPE)
    try:
        root = etree.fromstring(raw, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = error.msg if isinstance(error, etree.XMLSyntaxError) else str(error)
        raise UnsafeXml(f"malformed XML: {reason or 'empty document'}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnsafeXml(_DOCTYPE)
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
