"""The pictures on a status page: those that the program file names, and those that a run lists."""

import json
from base64 import b64encode
from pathlib import Path

from tarry.service.adapters.beneath import read_beneath
from tarry.service.errors import FileRefused
from tarry.service.model.page import MOST_PICTURES, Picture, media_type_of
from tarry.service.model.program import StatusPage
from tarry.service.model.values import readable

MAX_PICTURE = 1024 * 1024
"""Bytes of a picture on the status page, which travels as base64 with every new page."""
_MAX_LIST = 64 * 1024
_KINDS = "PNG, JPEG, GIF, WebP and SVG"
_LONGEST_TITLE = 200


class Pictures:
    """Looks at the pictures of one run; what is caught half-written stays as it was before."""

    def __init__(self, work: Path, page: StatusPage) -> None:
        self._work = work
        self._list = page.listed
        self._named = dict.fromkeys(page.pictures, "")
        self._listed: dict[str, str] = {}
        self._known: dict[str, Picture] = {}
        self.note = ""

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that the page depends on."""
        files = ((self._list,) if self._list else ()) + tuple(self._titles())
        return tuple(str(self._work / file) for file in files)

    def _titles(self) -> dict[str, str]:
        return {**self._named, **self._listed}

    def look(self) -> tuple[Picture, ...]:
        """Read them; what cannot be shown is said in `note`."""
        self.note = ""
        if self._list:
            self._read_list()
        titles = self._titles()
        for path, title in titles.items():
            self._read(path, title)
        self._known = {path: one for path, one in self._known.items() if path in titles}
        return tuple(self._known[path] for path in titles if path in self._known)

    def _read_list(self) -> None:
        try:
            listed = json.loads(read_beneath(self._work, self._list, limit=_MAX_LIST))
        except (OSError, ValueError, RecursionError):  # not there, or half-written
            return
        except FileRefused as refused:
            self.note = f"Pictures: {refused}"
            return
        entries = listed if isinstance(listed, list) else []
        found = [(_text(one, "file"), _text(one, "title")) for one in entries]
        self._listed = dict([(file, title) for file, title in found if file][:MOST_PICTURES])

    def _read(self, path: str, title: str) -> None:
        try:
            content = read_beneath(self._work, path, limit=MAX_PICTURE)
        except (OSError, ValueError):  # not there; or a name that no file can have
            return
        except FileRefused as refused:
            self._known.pop(path, None)
            self.note = f"Picture: {refused}"
            return
        if media_type := media_type_of(content[:1024], content[-64:]):
            self._known[path] = Picture(
                media_type=media_type, base64=b64encode(content).decode("ascii"), title=title
            )
        elif content and path not in self._known:
            self.note = f"Picture: {readable(path)} is not whole yet, or is none of {_KINDS}"


def _text(entry: object, key: str) -> str:
    found = entry.get(key) if isinstance(entry, dict) else entry if key == "file" else None
    return readable(found)[:_LONGEST_TITLE] if isinstance(found, str) else ""
