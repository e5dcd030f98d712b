"""REST: the pictures of workflows."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response

from tarry.platform.catalogue import operations
from tarry.platform.catalogue.errors import BadPicture
from tarry.platform.catalogue.model.workflows import LARGEST_PICTURE
from tarry.platform.portal.api.door import TheCaller, TheDoor
from tarry.platform.portal.api.guards import FOREIGN_CONTENT
from tarry.platform.portal.api.openapi import problems

router = APIRouter(tags=["workflows"])

_ANY = {"schema": {"type": "string", "format": "binary"}}
_PICTURE = {"image/png": _ANY, "image/jpeg": _ANY, "image/webp": _ANY}


async def _picture(request: Request) -> bytes:
    """Read a picture, but no more than a picture may have."""
    data = b""
    async for piece in request.stream():
        data += piece
        if len(data) > LARGEST_PICTURE:
            raise BadPicture(reason=f"it has more than {LARGEST_PICTURE} bytes")
    return data


@router.get(
    "/workflows/{name}/picture",
    operation_id="workflowPicture",
    response_class=Response,
    responses={
        200: {"content": _PICTURE, "description": "The picture"},
        304: {"description": "Not modified"},
        **problems(401, 404),
    },
)
async def picture(
    name: str,
    door: TheDoor,
    caller: TheCaller,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Give the picture of a workflow."""
    found = await operations.picture_of(door.rooms.shelf.catalogue, caller, name)
    headers = {
        "ETag": f'"{found.tag}"',
        "Cache-Control": "private, no-cache",
        **FOREIGN_CONTENT,
    }
    if if_none_match == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(found.data, media_type=found.media_type, headers=headers)


@router.put(
    "/workflows/{name}/picture",
    status_code=204,
    operation_id="setWorkflowPicture",
    openapi_extra={"requestBody": {"required": True, "content": _PICTURE}},
    responses=problems(401, 403, 404, 413),
)
async def set_picture(
    name: str, data: Annotated[bytes, Depends(_picture)], door: TheDoor, caller: TheCaller
) -> None:
    """Give a workflow a picture: PNG, JPEG or WebP of at most 256 kB."""
    await operations.set_picture(door.rooms.shelf.catalogue, caller, name, data)


@router.delete(
    "/workflows/{name}/picture",
    status_code=204,
    operation_id="deleteWorkflowPicture",
    responses=problems(401, 403, 404),
)
async def delete_picture(name: str, door: TheDoor, caller: TheCaller) -> None:
    """Take a workflow's picture away."""
    await operations.set_picture(door.rooms.shelf.catalogue, caller, name, None)
