"""What people read who open the address of a service in a browser.

Its texts come from program files, which need not be the operator's own: all of them are escaped,
and the page goes out in a sandbox, as a script in it would share a portal's cookies, which do not
tell one TCP port from another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from tarry.contract.kinds import Kind
from tarry.contract.ports import MASK, Port, PortType, items
from tarry.service.model.program import Operation, ProgramFile
from tarry.soap.server import PAGE_HEADERS, Receive, Scope, Send

_TEMPLATES = Environment(
    loader=PackageLoader("tarry.service.api"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
)
_SERVICE = _TEMPLATES.get_template("service.html")
_SERVICES = _TEMPLATES.get_template("services.html")
_KINDS = {
    Kind.SYNCHRONOUS: "answers at once",
    Kind.ASYNCHRONOUS: "is started, then asked how it stands",
    Kind.APPLICATION: "shows its user a page",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """An address and what is found there."""

    title: str
    address: str
    meaning: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PortRow:
    """A port in words."""

    name: str
    meaning: str
    type: str
    unit: str
    range: str
    default: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OperationView:
    """An operation in words."""

    name: str
    title: str
    kind: str
    description: str
    inputs: Sequence[PortRow]
    outputs: Sequence[PortRow]


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceView:
    """All that the page of a service shows."""

    title: str
    description: str
    operations: Sequence[OperationView]
    links: Sequence[Link]
    examples: Sequence[str]


def service_page(
    program: ProgramFile, operations: Sequence[Operation], links: Sequence[Link], *, rest: str = ""
) -> bytes:
    """Make the page of a service.

    Args:
        program: the service.
        operations: those that are found at this address.
        links: to its doors.
        rest: path of its REST door; empty without one.
    """
    view = ServiceView(
        title=program.title or program.name,
        description=program.description,
        operations=[_operation(operation) for operation in operations],
        links=links,
        examples=[_example(operation, rest) for operation in operations] if rest else [],
    )
    return _SERVICE.render(page=view).encode("utf-8", "replace")


def services_page(services: Iterable[Link]) -> bytes:
    """Make the page that lists services."""
    return _SERVICES.render(services=list(services)).encode("utf-8", "replace")


class HumanPage:
    """A page by itself, as an ASGI application."""

    def __init__(self, page: bytes) -> None:
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show it."""
        del receive
        reads = scope["method"] in {"GET", "HEAD"}
        body = self._page if reads else b"There is only GET here\n"
        kind = b"text/html" if reads else b"text/plain"
        headers = [
            (b"content-type", kind + b"; charset=utf-8"),
            (b"content-length", b"%d" % len(body)),
            *PAGE_HEADERS,
        ]
        status = 200 if reads else 405
        await send({"type": "http.response.start", "status": status, "headers": headers})
        shown = b"" if scope["method"] == "HEAD" else body
        await send({"type": "http.response.body", "body": shown})


def _operation(operation: Operation) -> OperationView:
    return OperationView(
        name=operation.name,
        title=operation.shown_title,
        kind=_KINDS[operation.kind],
        description=operation.description,
        inputs=[_row(port) for port in operation.inputs],
        outputs=[_row(output.port) for output in operation.outputs],
    )


def _row(port: Port) -> PortRow:
    texts = [text for text in (port.title, port.description) if text]
    if port.advanced:
        texts.append("Most callers leave it alone.")
    return PortRow(
        name=port.name,
        meaning=". ".join(text.rstrip(".") for text in texts) + ("." if texts else ""),
        type=f"list of {port.type.value}" if port.many else port.type.value,
        unit=port.unit,
        range=_range(port),
        default=_default(port),
    )


def _range(port: Port) -> str:
    words: list[str] = []
    if port.minimum is not None:
        words.append(f"at least {port.minimum}")
    if port.maximum is not None:
        words.append(f"at most {port.maximum}")
    if port.step is not None:
        words.append(f"in steps of {port.step}")
    if port.choices:
        words.append("one of " + ", ".join(port.choices))
    if port.pattern:
        words.append(f"matches {port.pattern}")
    if port.accept:
        words.append("ends in " + ", ".join(port.accept))
    return "; ".join(words)


def _default(port: Port) -> str:
    if port.default is None:
        return "" if port.required else "may be left out"
    if port.type is PortType.SECRET:
        return MASK
    return ", ".join(items(port, port.default))


def _example(operation: Operation, rest: str) -> str:
    given = ", ".join(
        f'"{port.name}": …' for port in operation.inputs if port.must_be_given and not port.advanced
    )
    return (
        f"curl -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' "
        f"-d '{{{given}}}' HOST{rest}/{quote(operation.name)}"
    )
