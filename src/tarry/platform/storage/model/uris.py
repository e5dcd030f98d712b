"""Storage URIs: `local://<project>/<folder>/…/<file>`."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from tarry.platform.storage.errors import BadUri

LOCAL = "local"
MOST_SEGMENTS = 64
LONGEST_SEGMENT = 255
"""Bytes in UTF-8: what file systems take."""
LONGEST_NAME = 120
"""Characters of a name that we make."""
_URI = re.compile(r"([a-z][a-z0-9+.-]*)://(.*)", re.DOTALL)
_PROJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# Control, format (they turn text around), private, surrogate, unassigned, line and paragraph ends.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, kw_only=True)
class StorageUri:
    """The name of a file in a storage back end.

    Two URIs that name the same file are equal: the path is normalised (Unicode NFC, no `.`, no
    empty segment). There is no percent-encoding: `%2e` are three plain characters.
    """

    back_end: str
    project: str
    path: tuple[str, ...]

    @property
    def folders(self) -> tuple[str, ...]:
        """The URIs of the folders around it, as grants name them, outermost first."""
        return tuple(
            "/".join([f"{self.back_end}://{self.project}", *self.path[:depth], ""])
            for depth in range(1, len(self.path))
        )

    @property
    def name(self) -> str:
        """The file's own name; that of the project for its top folder."""
        return self.path[-1] if self.path else self.project

    def __str__(self) -> str:
        return "/".join([f"{self.back_end}://{self.project}", *self.path])


def parse_folder(text: str) -> StorageUri:
    """Read the storage URI of a folder in a project, which ends in a slash; gives it without.

    Raises:
        BadUri: it says what is wrong.
    """
    if not text.endswith("/"):
        raise _bad(text, "the URI of a folder ends in a slash")
    return parse_uri(text.rstrip("/"))


def parse_uri(text: str) -> StorageUri:
    """Read a storage URI of a file.

    Raises:
        BadUri: it says what is wrong.
    """
    parts = _URI.fullmatch(text)
    if parts is None:
        raise _bad(text, "it does not look like local://project/file")
    if parts[1] != LOCAL:
        raise _bad(text, f"there is no storage back end {parts[1][:20]!r}; there is: {LOCAL}")
    project, *rest = parts[2].split("/")
    if not _PROJECT.fullmatch(project):
        raise _bad(text, "it names no project")
    segments = [unicodedata.normalize("NFC", part) for part in rest if part not in {"", "."}]
    if not segments:
        raise _bad(text, "it names a project and no file in it")
    if rest[-1] in {"", "."}:
        raise _bad(text, "it names a folder")
    if len(segments) > MOST_SEGMENTS:
        raise _bad(text, f"it is deeper than {MOST_SEGMENTS} folders")
    for segment in segments:
        if problem := _problem(segment):
            raise _bad(text, problem)
    return StorageUri(back_end=LOCAL, project=project, path=tuple(segments))


def safe_name(wanted: str) -> str:
    """Make a file's name out of what somebody calls it, and keep its ending.

    The result is one segment of a URI: letters, digits, `.`, `_`, `-` and `+`, starting with none
    of the signs but `_`, so that it can be no option and no hidden file either.
    """
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", wanted))[-1]
    base = re.sub(r"[^\w.+-]+", "_", base).lstrip(".-+")
    ending = PurePosixPath(base).suffix[:20]
    stem = base.removesuffix(ending) if ending else base
    while len(f"{stem}{ending}") > LONGEST_NAME or len(f"{stem}{ending}".encode()) > 240:
        stem = stem[:-1]
    return f"{stem}{ending}" if stem.strip("._") else f"file{ending}"


def _problem(segment: str) -> str:
    if segment == "..":
        return "it leads out of its folder ('..')"
    if "\\" in segment:
        return "it holds a backslash"
    if any(unicodedata.category(sign) in _UNPRINTABLE for sign in segment):
        return "it holds characters that cannot be printed"
    if segment != segment.strip():
        return "a name in it starts or ends with a space"
    if len(segment.encode("utf-8", "surrogatepass")) > LONGEST_SEGMENT:
        return f"a name in it is longer than {LONGEST_SEGMENT} bytes"
    return ""


def _bad(text: str, reason: str) -> BadUri:
    shown = text if len(text) <= 200 else text[:199] + "…"
    return BadUri(uri=repr(shown), reason=reason)
