"""The built front end: the app at its routes, its files beneath one path.

The app asks the API for everything, as the visitor; so its page itself holds nothing secret and is
the same for everybody.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

from tarry.contract.errors import Sort, TarryError

BUNDLE = Path(__file__).parent.parent / "front"
"""Where the build puts the front end; see `hatch_build.py`."""
FILES = "/front"
"""Path of its files; as in vite.config.ts."""

ROUTES = (
    "/login",
    "/",
    "/workflows/{name}",
    "/workflows/{name}/start",
    "/folders",
    "/runs",
    "/runs/{run}",
    "/services",
    "/services/register",
    "/services/{name}",
    "/account",
    "/admin",
    "/admin/{tab}",
    "/new-workflow",
    "/workflows/{name}/edit",
)
"""Where the app has a page; as in frontend/src/portal/routes.tsx, which a test compares."""
MOVED = {"/password": "/account#password", "/.well-known/change-password": "/account#password"}
"""Where a page stands that people and browsers look for under another address."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; "
    "frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""The policy of the app: nothing inline, nothing from elsewhere."""

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


class NotBuilt(TarryError):
    """The front end was left out of this installation."""

    code = "front-end-not-built"
    sort = Sort.UNAVAILABLE
    message = (
        "The portal was left out when this platform was installed (TARRY_SKIP_FRONTEND); "
        "everything can be done by the command line and the API"
    )


def install(app: FastAPI, bundle: Path = BUNDLE) -> None:
    """Serve the app at its routes."""
    router = APIRouter()

    async def page() -> HTMLResponse:
        return index(bundle)

    for path in ROUTES:
        router.add_api_route(path, page, methods=["GET"], response_class=HTMLResponse)
    for old, new in MOVED.items():
        router.add_api_route(old, _moved_to(new), methods=["GET"])
    app.include_router(router, include_in_schema=False)
    if bundle.is_dir():
        app.mount(FILES, _Files(bundle))


def _moved_to(address: str) -> Callable[[], Awaitable[RedirectResponse]]:
    async def moved() -> RedirectResponse:
        return RedirectResponse(address, 302)

    return moved


def index(bundle: Path = BUNDLE) -> HTMLResponse:
    """Give the page in which the app runs.

    Raises:
        NotBuilt: there is none.
    """
    try:
        text = (bundle / "index.html").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotBuilt from None
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": ASK_AGAIN}
    return HTMLResponse(text, headers=headers)


class _Files:
    """The files of the bundle, compressed; those whose name changes with them are kept for ever."""

    def __init__(self, bundle: Path) -> None:
        self._app = GZipMiddleware(StaticFiles(directory=bundle), minimum_size=500)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a file."""

        async def with_age(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = message["status"] in {200, 304}
                age = FOR_EVER if found and "/assets/" in scope["path"] else ASK_AGAIN
                # A worker obeys the policy of its own script, not that of the page.
                more = ((b"cache-control", age), (b"content-security-policy", POLICY))
                message["headers"] = [
                    *message["headers"],
                    *((name, value.encode()) for name, value in more),
                ]
            await send(message)

        await self._app(scope, receive, with_age)
