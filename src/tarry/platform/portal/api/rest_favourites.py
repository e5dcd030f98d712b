"""REST: the workflows that the caller likes best."""

from typing import Annotated

from fastapi import APIRouter, Response
from fastapi import Path as InPath

from tarry.platform.catalogue import operations
from tarry.platform.portal.api.answers import Items
from tarry.platform.portal.api.door import TheCaller, TheDoor
from tarry.platform.portal.api.openapi import problems

router = APIRouter(tags=["accounts"])

Name = Annotated[str, InPath(max_length=200, description="Name of the workflow")]


@router.get("/me/favourites", operation_id="listFavourites", responses=problems(401, 403))
async def favourites(door: TheDoor, caller: TheCaller) -> Items[str]:
    """List the workflows of the project that the caller likes best, by name."""
    return Items(items=await operations.list_favourites(door.rooms.shelf.catalogue, caller))


@router.put(
    "/me/favourites/{name}",
    status_code=204,
    operation_id="addFavourite",
    responses=problems(401, 403, 404),
)
async def add(name: Name, door: TheDoor, caller: TheCaller) -> Response:
    """Count a workflow among the caller's favourites."""
    shelf = door.rooms.shelf
    await operations.add_favourite(shelf.catalogue, caller, name, clock=shelf.clock)
    return Response(status_code=204)


@router.delete(
    "/me/favourites/{name}",
    status_code=204,
    operation_id="removeFavourite",
    responses=problems(401, 403),
)
async def remove(name: Name, door: TheDoor, caller: TheCaller) -> Response:
    """Count a workflow no longer among the caller's favourites."""
    await operations.remove_favourite(door.rooms.shelf.catalogue, caller, name)
    return Response(status_code=204)
