"""REST: runs of workflows."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.executions.model.views import StepView
from tarry.platform.kernel.errors import NotFound
from tarry.platform.kernel.model import Caller, ExecutionId, Window
from tarry.platform.portal.api.answers import (
    Decision,
    Items,
    RunAnswer,
    RunOrder,
    run_answer,
)
from tarry.platform.portal.api.answers_messages import MessageOrder, ToldAnswer
from tarry.platform.portal.api.door import Door, TheCaller, TheDoor
from tarry.platform.portal.model import status_page

router = APIRouter(tags=["runs"])

_PAGE = {"content": {"text/html": {"schema": {"type": "string"}}}, "description": "HTML"}


@router.post("/runs", status_code=202)
async def start(order: RunOrder, response: Response, door: TheDoor, caller: TheCaller) -> RunAnswer:
    """Start a run of a published workflow. It is durable when this returns."""
    run = await door.rooms.runs.start(caller, order.workflow, order.lexical())
    response.headers["Location"] = f"/api/v1/runs/{run.id}"
    return run_answer(run, caller)


@router.get("/runs")
async def runs(
    door: TheDoor,
    caller: TheCaller,
    *,
    state: Annotated[list[ExecutionState] | None, Query(description="Only in these states")] = None,
    before: Annotated[datetime | None, Query(description="Only created before this")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    asking: Annotated[bool, Query(description="Only those that need a person's answer")] = False,
) -> Items[RunAnswer]:
    """List the runs of the project, newest first."""
    window = Window(before=before, limit=limit)
    found = await door.rooms.runs.list(caller, states=state or (), window=window, asking=asking)
    return Items(items=[run_answer(run, caller) for run in found])


@router.get("/runs/{run}")
async def show(run: str, door: TheDoor, caller: TheCaller) -> RunAnswer:
    """Show one run with its steps."""
    return run_answer(await door.rooms.runs.show(caller, ExecutionId(run)), caller)


@router.post("/runs/{run}/abort", status_code=202)
async def abort(run: str, door: TheDoor, caller: TheCaller) -> RunAnswer:
    """Ask for a run to be stopped."""
    await door.rooms.runs.abort(caller, ExecutionId(run))
    return run_answer(await door.rooms.runs.show(caller, ExecutionId(run)), caller)


@router.post("/runs/{run}/steps/{number}/decision", status_code=202)
async def decide(
    run: str, number: int, order: Decision, door: TheDoor, caller: TheCaller
) -> RunAnswer:
    """Decide about a step whose outcome is unknown: start it again, or give it up."""
    await door.rooms.runs.decide(caller, ExecutionId(run), number, order.decision)
    return run_answer(await door.rooms.runs.show(caller, ExecutionId(run)), caller)


@router.post("/runs/{run}/steps/{number}/messages", status_code=201)
async def tell(
    run: str, number: int, order: MessageOrder, door: TheDoor, caller: TheCaller
) -> ToldAnswer:
    """Send a message to the program of a running step, once; it is kept with the run."""
    answer = await door.rooms.runs.tell(
        caller, ExecutionId(run), number, order.message, from_page=order.from_page
    )
    return ToldAnswer(answer=answer)


@router.get("/runs/{run}/steps/{number}/page", response_class=Response, responses={200: _PAGE})
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
