"""REST: what somebody who looks at a run wants to see besides the run itself."""

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from tarry.contract.kinds import Kind
from tarry.platform.kernel.model import ExecutionId
from tarry.platform.portal.api.answers import Items, PortAnswer, ports_shown
from tarry.platform.portal.api.door import TheCaller, TheDoor
from tarry.platform.portal.api.openapi import problems
from tarry.platform.portal.api.rest_runs import step_of
from tarry.platform.portal.api.status_pages import frame_address
from tarry.platform.workflows import json_form, xml

router = APIRouter(tags=["runs"])


class UsedService(BaseModel):
    """A service that a run uses, as it was when the run was started."""

    uri: str
    title: str
    kind: Kind
    inputs: list[PortAnswer]
    outputs: list[PortAnswer]


class UsedWorkflow(BaseModel):
    """A workflow in the place of a service, as it was when the run was started."""

    uri: str
    title: str
    inputs: list[PortAnswer]
    outputs: list[PortAnswer]


class RunDocument(BaseModel):
    """What a run was started with."""

    version: int = Field(description="Of the workflow, or of the service that is tried out")
    document: dict[str, Any] = Field(description="As docs/reference/workflow.schema.json says")
    services: list[UsedService]
    nested: list[UsedWorkflow] = Field(description="At any depth")


class HappenedAnswer(BaseModel):
    """Something that happened to a run, without its values."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    kind: str = Field(examples=["intended", "succeeded", "decided"])
    step: str | None = Field(description="The step run that it happened to")
    by: str = Field(description="The person who did it; empty if it was no person")
    choice: str = Field(description="`again` or `give-up`, of a decision")


class FrameAnswer(BaseModel):
    """Where a browser finds the newest status page of a step."""

    address: str = Field(
        description="Path with the capability for this page; good in a sandboxed frame"
    )


@router.get("/runs/{run}/document", operation_id="runDocument", responses=problems(401, 403, 404))
async def document(run: str, door: TheDoor, caller: TheCaller) -> RunDocument:
    """Give the workflow document of a run and its services, as they were when it was started."""
    found = await door.rooms.runs.document_of(caller, ExecutionId(run))
    written = json_form.write(xml.read(found.entry.document))
    services = [
        UsedService(
            uri=uri,
            title=entry.title,
            kind=entry.kind,
            inputs=ports_shown(entry.inputs),
            outputs=ports_shown(entry.outputs),
        )
        for uri, entry in found.services.items()
    ]
    nested = [
        UsedWorkflow(
            uri=uri,
            title=entry.title,
            inputs=ports_shown(entry.inputs),
            outputs=ports_shown(entry.outputs),
        )
        for uri, entry in found.nested.items()
    ]
    return RunDocument(
        version=found.entry.version,
        document=json.loads(written),
        services=services,
        nested=nested,
    )


@router.get("/runs/{run}/history", operation_id="runHistory", responses=problems(401, 403, 404))
async def history(
    run: str,
    door: TheDoor,
    caller: TheCaller,
    after: Annotated[int, Query(ge=0, description="`id` of the last one that is known")] = 0,
) -> Items[HappenedAnswer]:
    """Tell what happened to a run, oldest first; ask again after the last one until it is empty."""
    found = await door.rooms.runs.events_after(caller, after, ExecutionId(run))
    return Items(items=[HappenedAnswer.model_validate(one) for one in found])


@router.get(
    "/runs/{run}/steps/{number}/frame",
    operation_id="stepFrame",
    responses=problems(401, 403, 404),
)
async def frame(run: str, number: int, door: TheDoor, caller: TheCaller) -> FrameAnswer:
    """Give the address of a step's status page, to be shown in a sandboxed frame.

    Who may only look gets a page that cannot answer.
    """
    step = await step_of(door, caller, run, number)
    return FrameAnswer(address=frame_address(door, caller, step.id))
