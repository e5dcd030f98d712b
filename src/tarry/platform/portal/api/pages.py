"""Pages: the list of runs."""

from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from tarry.platform.kernel.model import Window
from tarry.platform.portal.api.door import (
    TheCaller,
    TheDoor,
)
from tarry.platform.portal.api.rendering import page, see_other
from tarry.platform.portal.model.run_page import current_step, summary
from tarry.platform.portal.model.states import SHELVES, look_of_run

router = APIRouter()

RUNS_ON_A_PAGE = 25
MOST_WAITING = 100


@router.post("/logout")
async def log_out(request: Request, door: TheDoor) -> Response:
    """Log out. Without a valid token one is logged out already."""
    if token := request.cookies.get(door.cookie):
        await door.rooms.accounts.log_out(token)
    answer = see_other("/login")
    answer.delete_cookie(door.cookie, path="/")
    return answer


@router.get("/runs")
async def home(
    request: Request,
    door: TheDoor,
    caller: TheCaller,
    show: str = "all",
    before: datetime | None = None,
) -> Response:
    """Show what can be run, and what runs."""
    shelf = SHELVES.get(show, SHELVES["all"])
    window = Window(before=before, limit=RUNS_ON_A_PAGE + 1)
    runs = list(
        await door.rooms.runs.list(caller, states=shelf.states, window=window, asking=shelf.asking)
    )
    waiting = await door.rooms.runs.list(
        caller, states=(), window=Window(limit=MOST_WAITING), asking=True
    )
    older = ""
    if len(runs) > RUNS_ON_A_PAGE:
        runs = runs[:RUNS_ON_A_PAGE]
        older = "/runs?" + urlencode({"show": show, "before": runs[-1].created_at.isoformat()})
    workflows = await door.rooms.catalogue.workflows(caller)
    return page(
        request,
        "home.html",
        caller=caller,
        workflows=[found for found in workflows if found.published_version is not None],
        unpublished=[found for found in workflows if found.published_version is None],
        runs=runs,
        waiting=len(waiting),
        shelves=SHELVES,
        show=show if show in SHELVES else "all",
        paged=before is not None,
        older=older,
        look_of_run=look_of_run,
        current_step=current_step,
        summary=summary,
        now=door.clock(),
    )
