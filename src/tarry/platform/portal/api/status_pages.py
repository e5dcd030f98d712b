"""Status pages of services in their frame: untrusted, so opened by a capability and no cookie."""

from fastapi import APIRouter, Request, Response

from tarry.platform.kernel.model import Caller, Right, StepRunId, execution_of
from tarry.platform.portal.api.door import Door, TheDoor
from tarry.platform.portal.errors import WrongCapability
from tarry.platform.portal.model import status_page

router = APIRouter()


@router.get("/pages/{step_run}")
async def show(step_run: str, request: Request, door: TheDoor, cap: str = "") -> Response:
    """Show the newest status page of a step run."""
    step = StepRunId(step_run)
    answers = door.keys.lets_answer(step, cap)
    if not answers and not door.keys.opens_page(step, cap):
        raise WrongCapability
    found = await door.rooms.runs.page(step)
    page = found.content
    wanted = found.application or status_page.wants_parent(page)
    parent = _parent(door, step) if answers and wanted else {}
    return Response(
        status_page.prepare(page, parent, application=found.application),
        headers=status_page.headers(door.soap_door),
        media_type=f"text/html; charset={status_page.charset_of(page)}",
    )


def address(door: Door, caller: Caller, step: StepRunId, tag: str) -> str:
    """Give the address of a step run's page for a caller; it changes when the page does.

    Who may only look gets a page that cannot answer: it does not hold the token of the run.
    """
    keys = door.keys
    may_answer = caller.may(Right.RUN)
    cap = keys.answering_capability(step) if may_answer else keys.page_capability(step)
    return f"/pages/{step}?cap={cap}&tag={tag[:32]}"


def _parent(door: Door, step: StepRunId) -> dict[str, str]:
    """Give what pages in use read of the window around them."""
    return {
        "WFM": door.soap_door,
        "serviceID": step,
        "sessionToken": door.keys.run_token(execution_of(step)),
        "extraParameters": door.extra_parameters,
    }
