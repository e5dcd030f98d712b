"""From a template to an answer: Jinja with everything escaped, and the policy of our own pages."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tarry.contract.ports import PortType, items
from tarry.platform.portal.model import words

HERE = Path(__file__).parent
STATIC = HERE / "static"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
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
    found.filters.update(
        duration=words.duration,
        ago=words.ago,
        size=words.size,
        number=words.number,
        short=words.short,
        file_name=words.file_name,
        items=lambda text, port: items(port, text),
        query=lambda value: quote(str(value), safe=""),
    )
    found.globals.update(asset=_asset, PortType=PortType)
    return found


@cache
def _asset(name: str) -> str:
    """Give the address of a file of ours; it changes with the file, so that it may be kept."""
    mark = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={mark}"


def page(request: Request, template: str, status: int = 200, **facts: Any) -> HTMLResponse:
    """Answer with a page of ours."""
    text = _environment().get_template(template).render(path=request.url.path, **facts)
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(text, status_code=status, headers=headers)


def see_other(where: str) -> Response:
    """Send a browser on after a form."""
    return RedirectResponse(where, status_code=303)


def wants_page(request: Request) -> bool:
    """Tell whether a person looks, rather than a program."""
    if request.url.path.startswith("/api/"):
        return False
    return "text/html" in request.headers.get("accept", "")


def error_page(request: Request, status: int, title: str, detail: str) -> Response:
    """Say to a person what went wrong."""
    return page(request, "error.html", status, title=title, detail=detail, caller=None)


def to_log_in(request: Request) -> Response:
    """Send a person to the log-in, and back here afterwards."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = here if request.method == "GET" else "/"
    return see_other(f"/login?{urlencode({'next': back})}" if back != "/" else "/login")
