"""Pages: a run, from its first step to its results."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from tarry.platform.executions.model.events import Choice
from tarry.platform.executions.model.states import OVER, STEP_OVER
from tarry.platform.executions.model.views import RunView
from tarry.platform.kernel.model import ExecutionId, Right
from tarry.platform.portal.api.door import TheCaller, TheDoor
from tarry.platform.portal.api.rendering import page, see_other
from tarry.platform.portal.api.status_pages import address
from tarry.platform.portal.model.run_page import (
    listening,
    said_to,
    shown_step,
    title_of,
    undecided,
)
from tarry.platform.portal.model.states import look_of_run, look_of_step
from tarry.platform.portal.model.status_page import SANDBOX

router = APIRouter()


@router.get("/runs/{run}")
async def show(
    run: str,
    request: Request,
    door: TheDoor,
    caller: TheCaller,
    step: Annotated[int | None, Query(description="Whose status page to show")] = None,
) -> Response:
    """Show a run."""
    view = await door.rooms.runs.show(caller, ExecutionId(run))
    shown = shown_step(view, step)
    return page(
        request,
        "run.html",
        caller=caller,
        run=view,
        title=title_of(view),
        is_over=view.state in OVER,
        is_live=_is_live(view, door.clock(), door.linger),
        undecided=undecided(view),
        shown=shown,
        frame=address(door, caller, shown.id, shown.page_tag) if shown else "",
        chosen=step,
        sandbox=SANDBOX,
        listening=listening(view) if caller.may(Right.RUN) else (),
        said=said_to(view),
        look_of_run=look_of_run,
        look_of_step=look_of_step,
        step_over=STEP_OVER,
        now=door.clock(),
    )


def _is_live(view: RunView, now: datetime, linger: timedelta) -> bool:
    """Tell whether something of a run may still change, be it only the last page of a step."""
    return view.ended_at is None or now - view.ended_at < linger


@router.post("/runs/{run}/abort")
async def abort(run: str, door: TheDoor, caller: TheCaller) -> Response:
    """Abort a run; the page has asked whether this is meant."""
    await door.rooms.runs.abort(caller, ExecutionId(run))
    return see_other(f"/runs/{run}")


@router.post("/runs/{run}/steps/{number}/messages")
async def tell(
    run: str, number: int, request: Request, door: TheDoor, caller: TheCaller
) -> Response:
    """Send a message to a running step."""
    form = await request.form()
    await door.rooms.runs.tell(caller, ExecutionId(run), number, str(form.get("message", "")))
    return see_other(f"/runs/{run}")


@router.post("/runs/{run}/steps/{number}/decision")
async def decide(
    run: str, number: int, request: Request, door: TheDoor, caller: TheCaller
) -> Response:
    """Decide about a step whose outcome is unknown."""
    form = await request.form()
    choice = Choice.AGAIN if form.get("decision") == Choice.AGAIN.value else Choice.GIVE_UP
    await door.rooms.runs.decide(caller, ExecutionId(run), number, choice)
    return see_other(f"/runs/{run}")
