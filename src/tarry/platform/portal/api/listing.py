"""Which piece of the list of runs a caller wants to see."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AwareDatetime

from tarry.contract.errors import Sort, TarryError
from tarry.platform.executions.model.listing import RunFilter
from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.executions.model.views import RunView
from tarry.platform.kernel.model import Window
from tarry.platform.portal.api.door import TheCaller

_PLACE = re.compile(r"([0-9]{8}T[0-9]{6}\.[0-9]{6}Z)-([0-9a-f]{32})", re.ASCII)
_INSTANT = "%Y%m%dT%H%M%S.%fZ"
ME = "me"


class BadPlace(TarryError):
    """The place in a list at which a page shall begin is none that we gave."""

    code = "bad-place"
    sort = Sort.INVALID
    message = "after: give what stands in `next` of the page before, as it is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A piece of the list of runs."""

    states: Sequence[ExecutionState]
    asking: bool
    matching: RunFilter
    window: Window


def wanted(  # noqa: PLR0917 - FastAPI gives them by name
    caller: TheCaller,
    state: Annotated[list[ExecutionState] | None, Query(description="Only in these states")] = None,
    asking: Annotated[bool, Query(description="Only those that need a person's answer")] = False,
    workflow: Annotated[str, Query(max_length=500, description="Only of this workflow")] = "",
    owner: Annotated[
        str, Query(max_length=200, description="Only those that this user started, or `me`")
    ] = "",
    since: Annotated[AwareDatetime | None, Query(description="Only made then or later")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Only made before")] = None,
    q: Annotated[
        str,
        Query(
            max_length=200,
            description="Stands in the title, the workflow's or the owner's name, or begins the id",
        ),
    ] = "",
    after: Annotated[str, Query(max_length=100, description="`next` of the page before")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Wanted:
    """Read which runs are wanted.

    Raises:
        BadPlace: `after` is none that we gave.
    """
    instant, run = place(after) if after else (None, "")
    matching = RunFilter(
        workflow=workflow,
        owner=caller.user_name if owner == ME else owner,
        since=since,
        until=until,
        text=q.strip(),
    )
    # One more than is shown tells whether there is a next page.
    window = Window(before=instant, before_id=run, limit=limit + 1)
    return Wanted(states=state or (), asking=asking, matching=matching, window=window)


WantedRuns = Annotated[Wanted, Depends(wanted)]


def page_of(found: Sequence[RunView], window: Window) -> tuple[Sequence[RunView], str]:
    """Give the runs to be shown, and the place at which the next page begins."""
    shown = found[: window.limit - 1]
    if len(found) < window.limit:
        return shown, ""
    last = shown[-1]
    return shown, f"{last.created_at.astimezone(UTC).strftime(_INSTANT)}-{last.id}"


def place(text: str) -> tuple[datetime, str]:
    """Read a place in the list.

    Raises:
        BadPlace: it is none.
    """
    found = _PLACE.fullmatch(text)
    try:
        instant = datetime.strptime(found[1], _INSTANT).replace(tzinfo=UTC) if found else None
    except ValueError:
        instant = None
    if found is None or instant is None:
        raise BadPlace
    return instant, found[2]
