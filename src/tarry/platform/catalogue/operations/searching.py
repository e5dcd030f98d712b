"""Finding a few things among many, a page at a time."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from tarry.platform.catalogue.errors import BadPlace
from tarry.platform.catalogue.model import ServiceEntry, WorkflowEntry

Entry = TypeVar("Entry", ServiceEntry, WorkflowEntry)


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is looked for.

    Attributes:
        text: words that all have to be there, in any case; empty: whatever.
        category: empty: of any; so is the company.
        after: where the page before ended, as it said; empty: from the beginning.
        limit: at most so many.
    """

    text: str = ""
    category: str = ""
    company: str = ""
    after: str = ""
    limit: int = 100


@dataclass(frozen=True)
class Found(Generic[Entry]):
    """A page of what was found.

    Attributes:
        next: where the next page begins; empty if this is the last.
    """

    items: tuple[Entry, ...]
    next: str = ""


def search(entries: Sequence[Entry], asked: Search) -> Found[Entry]:
    """Give a page of what is looked for, in the order of the names.

    Raises:
        BadPlace: no page has ended there.
    """
    words = asked.text.casefold().split()
    after = _read(asked.after) if asked.after else None
    fitting = [
        entry
        for entry in sorted(entries, key=_place)
        if (after is None or _place(entry) > after)
        and asked.category in {"", entry.category}
        and asked.company in {"", entry.company}
        and all(word in _words(entry) for word in words)
    ]
    page = tuple(fitting[: asked.limit])
    more = len(fitting) > len(page)
    return Found(page, _write(_place(page[-1])) if more and page else "")


def _place(entry: ServiceEntry | WorkflowEntry) -> list[str]:
    return [entry.name, entry.uri]


def _words(entry: ServiceEntry | WorkflowEntry) -> str:
    said = (entry.name, entry.title, entry.description, entry.category, entry.company, entry.uri)
    return "\n".join(said).casefold()


def _write(place: list[str]) -> str:
    return urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _read(text: str) -> list[str]:
    try:
        place = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        place = None
    if not isinstance(place, list) or [type(piece) for piece in place] != [str, str]:
        raise BadPlace(got=repr(text[:60]))
    return place
