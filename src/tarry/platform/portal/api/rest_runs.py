"""REST: runs of workflows."""

from typing import Any

from fastapi import APIRouter, Response

from tarry.platform.executions.model.views import RunView, StepView
from tarry.platform.kernel.errors import NotFound
from tarry.platform.kernel.model import Caller, ExecutionId
from tarry.platform.portal.api.answers import (
    AgainOrder,
    Decision,
    Page,
    RunAnswer,
    RunOrder,
    run_answer,
)
from tarry.platform.portal.api.answers_messages import MessageOrder, ToldAnswer
from tarry.platform.portal.api.door import Door, TheCaller, TheDoor
from tarry.platform.portal.api.listing import WantedRuns, page_of
from tarry.platform.portal.api.openapi import problems
from tarry.platform.portal.api.repeating import TheRequest
from tarry.platform.portal.model import status_page

router = APIRouter(tags=["runs"])

_PAGE: dict[str, Any] = {
    "content": {"text/html": {"schema": {"type": "string"}}},
    "description": "HTML",
}


@router.post(
    "/runs",
    status_code=202,
    operation_id="startRun",
    responses=problems(401, 403, 404, 409),
)
async def start(
    order: RunOrder, response: Response, door: TheDoor, caller: TheCaller, request: TheRequest
) -> RunAnswer:
    """Start a run. It is durable when this returns.

    It is one of a published workflow; or a trial, of another version or of a service on its own.
    """
    wishes = [tell.wish(caller) for tell in order.tell]
    runs, inputs = door.rooms.runs, order.lexical()
    if order.service is not None:
        run = await runs.try_service(caller, order.service, inputs, wishes=wishes, request=request)
    elif order.version is not None:
        run = await runs.try_workflow(
            caller,
            order.workflow or "",
            inputs,
            version=None if order.version == "newest" else order.version,
            wishes=wishes,
            request=request,
        )
    else:
        run = await runs.start(caller, order.workflow or "", inputs, wishes=wishes, request=request)
    return _begun(run, caller, response)


@router.post(
    "/runs/{run}/resume",
    status_code=202,
    operation_id="resumeRun",
    responses=problems(401, 403, 404, 409),
)
async def resume(  # noqa: PLR0917 - FastAPI gives them by name
    run: str,
    order: AgainOrder,
    response: Response,
    door: TheDoor,
    caller: TheCaller,
    request: TheRequest,
) -> RunAnswer:
    """Start a run that goes on where one that failed or was aborted has ended.

    It takes over what the steps of that run have given; where changed inputs reach a step, it runs
    again.
    """
    begun = await door.rooms.runs.resume(
        caller,
        ExecutionId(run),
        order.changes(),
        wishes=[tell.wish(caller) for tell in order.tell],
        request=request,
    )
    return _begun(begun, caller, response)


@router.post(
    "/runs/{run}/rerun",
    status_code=202,
    operation_id="rerunRun",
    responses=problems(401, 403, 404, 409),
)
async def rerun(  # noqa: PLR0917 - FastAPI gives them by name
    run: str,
    order: AgainOrder,
    response: Response,
    door: TheDoor,
    caller: TheCaller,
    request: TheRequest,
) -> RunAnswer:
    """Start a run that does all of another one again, with the same or with edited inputs."""
    begun = await door.rooms.runs.rerun(
        caller,
        ExecutionId(run),
        order.changes(),
        wishes=[tell.wish(caller) for tell in order.tell],
        request=request,
    )
    return _begun(begun, caller, response)


def _begun(run: RunView, caller: Caller, response: Response) -> RunAnswer:
    response.headers["Location"] = f"/api/v1/runs/{run.id}"
    return run_answer(run, caller)


@router.get("/runs", operation_id="listRuns", responses=problems(401, 403))
async def runs(door: TheDoor, caller: TheCaller, wanted: WantedRuns) -> Page[RunAnswer]:
    """List the runs of the project, newest first."""
    found = await door.rooms.runs.list(
        caller,
        states=wanted.states,
        window=wanted.window,
        asking=wanted.asking,
        matching=wanted.matching,
    )
    shown, following = page_of(found, wanted.window)
    return Page(items=[run_answer(run, caller) for run in shown], next=following)


@router.get("/runs/{run}", operation_id="showRun", responses=problems(401, 403, 404))
async def show(run: str, door: TheDoor, caller: TheCaller) -> RunAnswer:
    """Show one run with its steps."""
    return run_answer(await door.rooms.runs.show(caller, ExecutionId(run)), caller)


@router.post(
    "/runs/{run}/abort",
    status_code=202,
    operation_id="abortRun",
    responses=problems(401, 403, 404, 409),
)
async def abort(run: str, door: TheDoor, caller: TheCaller) -> RunAnswer:
    """Ask for a run to be stopped."""
    await door.rooms.runs.abort(caller, ExecutionId(run))
    return run_answer(await door.rooms.runs.show(caller, ExecutionId(run)), caller)


@router.post(
    "/runs/{run}/steps/{number}/decision",
    status_code=202,
    operation_id="decideStep",
    responses=problems(401, 403, 404, 409),
)
async def decide(
    run: str, number: int, order: Decision, door: TheDoor, caller: TheCaller
) -> RunAnswer:
    """Decide about a step whose outcome is unknown: start it again, or give it up."""
    await door.rooms.runs.decide(caller, ExecutionId(run), number, order.decision)
    return run_answer(await door.rooms.runs.show(caller, ExecutionId(run)), caller)


@router.post(
    "/runs/{run}/steps/{number}/messages",
    status_code=201,
    operation_id="tellStep",
    responses=problems(401, 403, 404, 409, 503),
)
async def tell(
    run: str, number: int, order: MessageOrder, door: TheDoor, caller: TheCaller
) -> ToldAnswer:
    """Send a message to the program of a running step, once; it is kept with the run."""
    answer = await door.rooms.runs.tell(
        caller, ExecutionId(run), number, order.message, from_page=order.from_page
    )
    return ToldAnswer(answer=answer)


@router.get(
    "/runs/{run}/steps/{number}/page",
    response_class=Response,
    operation_id="showStepPage",
    responses=problems(401, 403, 404) | {200: _PAGE},
)
async def page(run: str, number: int, door: TheDoor, caller: TheCaller) -> Response:
    """Give the newest status page of a step, as its service wrote it: do not trust it."""
    step = await step_of(door, caller, run, number)
    found = await door.rooms.runs.page(step.id)
    headers = status_page.headers("'none'") | {
        "Content-Disposition": 'attachment; filename="status.html"'
    }
    return Response(found.content, headers=headers, media_type="text/html")


async def step_of(door: Door, caller: Caller, run: str, number: int) -> StepView:
    """Find a step of a run that the caller may see.

    Raises:
        NotFound: there is no such run in the caller's project, or no such step in it.
    """
    view = await door.rooms.runs.show(caller, ExecutionId(run))
    for step in view.steps:
        if step.number == number:
            return step
    raise NotFound(what="step", name=f"{number} in this run")
