"""Lists by name or version, a page at a time: `after`, `limit` and `next` are alike in all."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Depends, Query

from tarry.platform.catalogue.model import ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.model.listing import Versions
from tarry.platform.kernel.model import Stretch
from tarry.platform.portal.api.listing import BadPlace

Item = TypeVar("Item")


def wanted(
    after: Annotated[str, Query(max_length=4000, description="`next` of the page before")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Stretch:
    """Read which piece of a list is wanted.

    Raises:
        BadPlace: `after` is none that we gave.
    """
    name, key = _read(after) if after else ("", "")
    # One more than is shown tells whether there is a next page.
    return Stretch(after=name, after_id=key, limit=limit + 1)


WantedByName = Annotated[Stretch, Depends(wanted)]


def page_of(
    found: Sequence[Item], stretch: Stretch, place: Callable[[Item], tuple[str, str]]
) -> tuple[Sequence[Item], str]:
    """Give what is to be shown, and the place at which the next page begins.

    Args:
        found: what there is in the stretch.
        stretch: as it was wanted.
        place: the name and the id by which the list is sorted.
    """
    if stretch.limit is None or len(found) < stretch.limit:
        return found, ""
    shown = found[: stretch.limit - 1]
    return shown, _write(place(shown[-1]))


def versions_wanted(
    after: Annotated[
        str, Query(pattern="^[0-9]{0,9}$", description="`next` of the page before")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Versions:
    """Read which of a thing's versions are wanted."""
    return Versions(before=int(after) if after else None, limit=limit + 1)


WantedVersions = Annotated[Versions, Depends(versions_wanted)]
Numbered = TypeVar("Numbered", ServiceEntry, WorkflowEntry)


def page_of_versions(found: Sequence[Numbered], wanted: Versions) -> tuple[Sequence[Numbered], str]:
    """Give the versions to be shown, and the place at which the next page begins."""
    if wanted.limit is None or len(found) < wanted.limit:
        return found, ""
    shown = found[: wanted.limit - 1]
    return shown, str(shown[-1].version)


def _write(place: tuple[str, str]) -> str:
    return urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _read(text: str) -> tuple[str, str]:
    try:
        place = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        place = None
    if not isinstance(place, list) or [type(piece) for piece in place] != [str, str]:
        raise BadPlace
    if "\0" in place[0] + place[1]:  # no name has it, and PostgreSQL takes none
        raise BadPlace
    return place[0], place[1]
