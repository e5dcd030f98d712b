"""The portal as one ASGI app: REST, events and pages behind the same guards."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, FastAPI
from fastapi.staticfiles import StaticFiles

from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.kernel.interfaces import Clock, utc_now
from tarry.platform.portal.api import (
    front,
    openapi,
    problems,
    rest_accounts,
    rest_events,
    rest_favourites,
    rest_files,
    rest_health,
    rest_people,
    rest_pictures,
    rest_run_views,
    rest_runs,
    rest_services,
    rest_session,
    rest_tokens,
    rest_workflows,
    status_pages,
)
from tarry.platform.portal.api.door import Door
from tarry.platform.portal.api.guards import BodyLimit, HostCheck, SecurityHeaders, same_origin
from tarry.platform.portal.api.once import Once
from tarry.platform.portal.api.rendering import STATIC
from tarry.platform.portal.interfaces import Rooms

API = "/api/v1"
SOAP_DOOR = "/dfki/WorkflowManager2Service/services/SOAP"
"""Path that pages in use post their results to."""


async def _always() -> bool:
    return True


async def _nothing() -> bytes:
    return b""


def build(
    rooms: Rooms,
    *,
    keys: Keys,
    public_url: str,
    host_names: Sequence[str] = (),
    upload_limit: int = 4 * 1024**3,
    soap_door: str = SOAP_DOOR,
    page_frames: Sequence[str] = (),
    extra_parameters: str = "",
    healthy: Callable[[], Awaitable[bool]] = _always,
    leads: Callable[[], bool] = bool,
    figures: Callable[[], Awaitable[bytes]] = _nothing,
    clock: Clock = utc_now,
    recheck_every: timedelta = timedelta(seconds=30),
    linger: timedelta = timedelta(seconds=10),
    give_up_after: timedelta = timedelta(minutes=1),
    lifespan: Callable[[FastAPI], Any] | None = None,
) -> FastAPI:
    """Build the portal.

    Args:
        rooms: all that stands behind it.
        keys: derive the capabilities of status pages.
        public_url: address that people and services use.
        host_names: names besides those of loopback and `public_url` under which it is called.
        upload_limit: the largest file that is taken, in bytes.
        soap_door: path of the SOAP endpoint that status pages may post to.
        page_frames: sites that status pages may show in frames.
        extra_parameters: the wire's `extraParameters`, as services get them.
        healthy: tells whether the platform can work.
        leads: tells whether the manager of this process is the one that works.
        figures: gives what is measured, in the text format of Prometheus.
        clock: gives the instant.
        recheck_every: how often an open event stream looks for itself, and at its token.
        linger: how long the event stream of a run outlives it, for the last pages of its steps.
        give_up_after: a listener to events that takes nothing for so long is cut off.
        lifespan: what starts and stops with the app.
    """
    public_url = public_url.rstrip("/")
    public = urlsplit(public_url)
    app = FastAPI(
        title="Tarry",
        version=version("tarry"),
        description="Programs worth waiting for: the platform's API.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,  # FastAPI's own pages load their scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.door = Door(
        rooms=rooms,
        keys=keys,
        public_url=public_url,
        soap_door=public_url + soap_door,
        page_frames=page_frames,
        extra_parameters=extra_parameters,
        upload_limit=upload_limit,
        # Cookies do not know TCP ports: two platforms of one machine must not log each other out.
        cookie=f"tarry_{public.port or public.scheme}",
        clock=clock,
        healthy=healthy,
        leads=leads,
        figures=figures,
        recheck_every=recheck_every,
        linger=linger,
        give_up_after=give_up_after,
    )
    problems.install(app)
    openapi.install(app)
    app.include_router(_api())
    app.include_router(rest_health.router)
    _show_pages(app)
    app.add_middleware(Once)
    app.add_middleware(problems.LastResort)
    app.add_middleware(BodyLimit, files=(rest_files.FILES_PATH,), file_limit=upload_limit)
    app.add_middleware(HostCheck, host_names=(*host_names, public.hostname or "localhost"))
    app.add_middleware(SecurityHeaders)  # outermost: a refusal carries them, too
    return app


def _show_pages(app: FastAPI) -> None:
    app.include_router(status_pages.router, include_in_schema=False)
    front.install(app)
    app.mount("/static", StaticFiles(directory=STATIC))


def _api() -> APIRouter:
    api = APIRouter(
        prefix=API,
        dependencies=[Depends(same_origin)],
        responses={"default": openapi.PROBLEM},
    )
    for room in (
        rest_accounts,
        rest_favourites,
        rest_session,
        rest_people,
        rest_tokens,
        rest_services,
        rest_workflows,
        rest_pictures,
        rest_runs,
        rest_run_views,
        rest_events,
        rest_files,
    ):
        api.include_router(room.router)
    return api
