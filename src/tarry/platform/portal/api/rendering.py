"""The one page that the server makes itself, everything escaped: what went wrong, for a person."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
STATIC = HERE / "static"

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
"""The policy of our own pages: nothing inline, nothing from elsewhere."""


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals.update(asset=_asset)
    return found


@cache
def _asset(name: str) -> str:
    """Give the address of a file of ours; it changes with the file, so that it may be kept."""
    mark = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={mark}"


def wants_page(request: Request) -> bool:
    """Tell whether a person looks, rather than a program."""
    if request.url.path.startswith("/api/"):
        return False
    return "text/html" in request.headers.get("accept", "")


def error_page(status: int, title: str, detail: str) -> Response:
    """Say to a person what went wrong."""
    text = _environment().get_template("error.html").render(title=title, detail=detail)
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(text, status_code=status, headers=headers)


def to_log_in(request: Request) -> Response:
    """Send a person to the log-in, and back here afterwards."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = here if request.method == "GET" else "/"
    where = f"/login?{urlencode({'next': back})}" if back != "/" else "/login"
    return RedirectResponse(where, status_code=303)
