"""Status pages of services in their frame: untrusted, so opened by a capability and no cookie."""

import re
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response

from tarry.platform.kernel.model import Caller, Right, StepRunId, execution_of
from tarry.platform.portal.api.door import Door, TheDoor
from tarry.platform.portal.api.guards import is_loopback
from tarry.platform.portal.errors import WrongCapability
from tarry.platform.portal.model import status_page

router = APIRouter()

_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]+", re.ASCII)  # it stands in a policy: nothing else may


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
    soap_door = soap_door_for(door, request.url.scheme, request.headers.get("host", ""))
    parent = _parent(door, step, soap_door) if answers and wanted else {}
    return Response(
        status_page.prepare(page, parent, application=found.application, tag=found.tag),
        headers=status_page.headers(soap_door, door.page_frames),
        media_type=f"text/html; charset={status_page.charset_of(page)}",
    )


def soap_door_for(door: Door, scheme: str, host: str) -> str:
    """Give the address that a page in somebody's browser may post to.

    It is the public one. But if nobody has configured that, it names this machine only, and in a
    browser elsewhere `localhost` is another one: then it is the address by which we are called.
    """
    public = urlsplit(door.public_url)
    here = host.lower() == public.netloc.lower()
    if here or not is_loopback(public.hostname or "") or not _HOST.fullmatch(host):
        return door.soap_door
    return f"{scheme}://{host}{urlsplit(door.soap_door).path}"


def frame_address(door: Door, caller: Caller, step: StepRunId) -> str:
    """Give the address of a step run's page, whichever is the newest.

    Who may only look gets a page that cannot answer: it does not hold the token of the run.
    """
    keys = door.keys
    may_answer = caller.may(Right.RUN)
    cap = keys.answering_capability(step) if may_answer else keys.page_capability(step)
    return f"/pages/{step}?cap={cap}"


def _parent(door: Door, step: StepRunId, soap_door: str) -> dict[str, str]:
    """Give what pages in use read of the window around them."""
    return {
        "WFM": soap_door,
        "serviceID": step,
        "sessionToken": door.keys.run_token(execution_of(step)),
        "extraParameters": door.extra_parameters,
    }
