"""Whether the platform can work, for whoever watches over it."""

from fastapi import APIRouter, Response

from tarry.contract.errors import Sort, TarryError
from tarry.platform.portal.api.answers import Health, Readiness
from tarry.platform.portal.api.door import TheDoor
from tarry.platform.portal.api.openapi import problems

router = APIRouter(tags=["health"])

FIGURES = "text/plain; version=0.0.4; charset=utf-8"
"""The text format of Prometheus."""


class NotHealthy(TarryError):
    """The platform cannot work at the moment."""

    code = "not-healthy"
    sort = Sort.UNAVAILABLE
    message = "The platform cannot work now: {reason}"


@router.get("/healthz", operation_id="showHealth", responses=problems(503))
async def health(door: TheDoor) -> Health:
    """Tell whether the platform can work."""
    if not await door.healthy():
        raise NotHealthy(reason="its database does not answer")
    return Health(status="ok")


@router.get("/readyz", operation_id="showReadiness", responses=problems(503))
async def ready(door: TheDoor) -> Readiness:
    """Tell whether this process can answer requests now, and whether it manages the runs."""
    if not await door.healthy():
        raise NotHealthy(reason="its database does not answer")
    return Readiness(status="ready", leads=door.leads())


@router.get("/metrics", include_in_schema=False)
async def metrics(door: TheDoor) -> Response:
    """Give numbers on this process and on all runs, for Prometheus; they name nobody."""
    return Response(await door.figures(), headers={"Content-Type": FIGURES})
