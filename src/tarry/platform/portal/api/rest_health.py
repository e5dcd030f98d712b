"""Whether the platform can work, for whoever watches over it."""

from fastapi import APIRouter

from tarry.contract.errors import Sort, TarryError
from tarry.platform.portal.api.answers import Health
from tarry.platform.portal.api.door import TheDoor

router = APIRouter(tags=["health"])


class NotHealthy(TarryError):
    """The platform cannot work at the moment."""

    code = "not-healthy"
    sort = Sort.UNAVAILABLE
    message = "The platform cannot work now: {reason}"


@router.get("/healthz")
async def health(door: TheDoor) -> Health:
    """Tell whether the platform can work."""
    if not await door.healthy():
        raise NotHealthy(reason="its database does not answer")
    return Health(status="ok")
