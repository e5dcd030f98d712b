"""REST: services."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from tarry.platform.catalogue import operations
from tarry.platform.catalogue.operations import Search
from tarry.platform.portal.api.answers import Items, Page
from tarry.platform.portal.api.answers_services import (
    HealthChangeAnswer,
    InspectionAnswer,
    InspectOrder,
    RegisteredAnswer,
    RetiredAnswer,
    ServiceAnswer,
    ServiceEdit,
    ServiceOrder,
    inspection_answer,
    registered_answer,
    retired_answer,
    service_answer,
)
from tarry.platform.portal.api.by_name import (
    WantedByName,
    WantedVersions,
    page_of,
    page_of_versions,
)
from tarry.platform.portal.api.door import TheCaller, TheDoor
from tarry.platform.portal.api.openapi import problems

router = APIRouter(tags=["services"])

DryRun = Annotated[bool, Query(description="Only tell what would change and what that breaks")]
Force = Annotated[bool, Query(description="Although published workflows use it")]


def search_for(
    stretch: WantedByName,
    q: Annotated[str, Query(max_length=200, description="Words that all have to be there")] = "",
    category: Annotated[str, Query(max_length=200)] = "",
    company: Annotated[str, Query(max_length=200)] = "",
) -> Search:
    """Read what is looked for."""
    return Search(text=q, category=category, company=company, stretch=stretch)


Asked = Annotated[Search, Depends(search_for)]


@router.get("/services", operation_id="listServices", responses=problems(401))
async def services(door: TheDoor, caller: TheCaller, asked: Asked) -> Page[ServiceAnswer]:
    """List the services of the project and those that are shared, by name, and their health."""
    found = await door.rooms.catalogue.services(caller, asked)
    shown, more = page_of(found, asked.stretch, lambda one: (one.name, one.uri))
    health = await operations.healths(door.rooms.shelf.catalogue, caller, shown)
    items = [service_answer(one, caller, health.get(one.uri)) for one in shown]
    return Page(items=items, next=more)


@router.post(
    "/services",
    status_code=201,
    operation_id="registerService",
    responses=problems(401, 403, 409, 503),
)
async def register(order: ServiceOrder, door: TheDoor, caller: TheCaller) -> RegisteredAnswer:
    """Register an operation of a WSDL: it is read now and held against the contract."""
    return registered_answer(await door.rooms.catalogue.register(caller, order.request()), caller)


@router.post("/services/inspect", operation_id="inspectWsdl", responses=problems(401, 403, 503))
async def inspect(order: InspectOrder, door: TheDoor, caller: TheCaller) -> InspectionAnswer:
    """Look at a WSDL before anything of it is registered."""
    look = await operations.inspect_wsdl(door.rooms.shelf, caller, order.wsdl)
    return inspection_answer(look)


@router.get("/services/{name}", operation_id="showService", responses=problems(401, 404))
async def service(name: str, door: TheDoor, caller: TheCaller) -> ServiceAnswer:
    """Show one service, and its health."""
    found = await door.rooms.catalogue.service(caller, name)
    health = await operations.healths(door.rooms.shelf.catalogue, caller, [found])
    return service_answer(found, caller, health.get(found.uri))


@router.get(
    "/services/{name}/health", operation_id="listHealthChanges", responses=problems(401, 404)
)
async def health(name: str, door: TheDoor, caller: TheCaller) -> Items[HealthChangeAnswer]:
    """List how the health of a service has changed, newest first; as far as that is kept."""
    found = await operations.health_history(door.rooms.shelf.catalogue, caller, name)
    return Items(items=[HealthChangeAnswer.model_validate(one) for one in found])


@router.patch(
    "/services/{name}",
    operation_id="editService",
    responses=problems(401, 403, 404, 409, 503),
)
async def edit(  # noqa: PLR0917 - FastAPI gives them by name
    name: str,
    order: ServiceEdit,
    door: TheDoor,
    caller: TheCaller,
    dry_run: DryRun = False,
    force: Force = False,
) -> RegisteredAnswer:
    """Say other things of a service; its WSDL is read again only where that is needed."""
    done = await operations.edit_service(
        door.rooms.shelf, caller, name, order.edit(), dry_run=dry_run, force=force
    )
    return registered_answer(done, caller)


@router.post(
    "/services/{name}/refresh",
    operation_id="refreshService",
    responses=problems(401, 403, 404, 409, 503),
)
async def refresh(
    name: str, door: TheDoor, caller: TheCaller, dry_run: DryRun = False
) -> RegisteredAnswer:
    """Read the WSDL of a service again; a change is its next version."""
    done = await operations.refresh_service(door.rooms.shelf, caller, name, dry_run=dry_run)
    return registered_answer(done, caller)


@router.delete(
    "/services/{name}", operation_id="retireService", responses=problems(401, 403, 404, 409)
)
async def retire(
    name: str, door: TheDoor, caller: TheCaller, dry_run: DryRun = False, force: Force = False
) -> RetiredAnswer:
    """Let nobody use a service any more; runs that have begun keep it."""
    damage = await operations.retire_service(
        door.rooms.shelf, caller, name, dry_run=dry_run, force=force
    )
    return retired_answer(damage, caller, applied=not dry_run)


@router.get(
    "/services/{name}/versions", operation_id="listServiceVersions", responses=problems(401, 404)
)
async def versions(
    name: str, door: TheDoor, caller: TheCaller, wanted: WantedVersions
) -> Page[ServiceAnswer]:
    """List the versions of a service, newest first."""
    found = await operations.service_versions(door.rooms.shelf.catalogue, caller, name, wanted)
    shown, more = page_of_versions(found, wanted)
    return Page(items=[service_answer(one, caller) for one in shown], next=more)
