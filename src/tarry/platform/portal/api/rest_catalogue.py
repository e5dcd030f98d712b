"""REST: services and workflows."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from tarry.platform.catalogue.operations import ServiceRequest
from tarry.platform.portal.api.answers import (
    ImportedAnswer,
    Items,
    RegisteredAnswer,
    ServiceAnswer,
    ServiceOrder,
    WorkflowAnswer,
    imported_answer,
    registered_answer,
    service_answer,
    workflow_answer,
)
from tarry.platform.portal.api.door import TheCaller, TheDoor

router = APIRouter(tags=["catalogue"])

_XML_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/xml": {"schema": {"type": "string", "title": "Workflow document"}}
        },
    }
}
_XML_ANSWER = {"content": {"application/xml": {"schema": {"type": "string"}}}, "description": "XML"}


@router.get("/services")
async def services(door: TheDoor, caller: TheCaller) -> Items[ServiceAnswer]:
    """List the services of the project, and those that are shared."""
    found = await door.rooms.catalogue.services(caller)
    return Items(items=[service_answer(service, caller) for service in found])


@router.post("/services", status_code=201)
async def register(order: ServiceOrder, door: TheDoor, caller: TheCaller) -> RegisteredAnswer:
    """Register an operation of a WSDL: it is read now and held against the contract."""
    request = ServiceRequest(
        wsdl_url=order.wsdl,
        operation=order.operation,
        kind=order.kind,
        uri=order.uri or "",
        title=order.title or "",
        repeatable=order.repeatable,
    )
    return registered_answer(await door.rooms.catalogue.register(caller, request), caller)


@router.get("/services/{name}")
async def service(name: str, door: TheDoor, caller: TheCaller) -> ServiceAnswer:
    """Show one service."""
    return service_answer(await door.rooms.catalogue.service(caller, name), caller)


@router.get("/workflows")
async def workflows(door: TheDoor, caller: TheCaller) -> Items[WorkflowAnswer]:
    """List the workflows of the project, and those that are shared."""
    found = await door.rooms.catalogue.workflows(caller)
    return Items(items=[workflow_answer(workflow, caller) for workflow in found])


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post("/workflows", status_code=201, openapi_extra=_XML_BODY)
async def import_workflow(
    document: Annotated[bytes, Depends(_body)], door: TheDoor, caller: TheCaller
) -> ImportedAnswer:
    """Import a workflow document (XML); a document of a known URI becomes its next version."""
    return imported_answer(await door.rooms.catalogue.import_workflow(caller, document), caller)


@router.get("/workflows/{name}")
async def workflow(name: str, door: TheDoor, caller: TheCaller) -> WorkflowAnswer:
    """Show one workflow."""
    return workflow_answer(await door.rooms.catalogue.workflow(caller, name), caller)


@router.get("/workflows/{name}/document", response_class=Response, responses={200: _XML_ANSWER})
async def document(name: str, door: TheDoor, caller: TheCaller) -> Response:
    """Give a workflow's document (XML)."""
    found = await door.rooms.catalogue.workflow(caller, name)
    return Response(found.document, media_type="application/xml")


@router.post("/workflows/{name}/publish")
async def publish(name: str, door: TheDoor, caller: TheCaller) -> WorkflowAnswer:
    """Make the newest version the one that is run."""
    return workflow_answer(await door.rooms.catalogue.publish(caller, name), caller)
