"""Serves an interface: a pure ASGI application for one exact path."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape as escape_html
from secrets import token_hex
from traceback import format_exception
from typing import Any, ClassVar

import structlog

from tarry.contract.errors import Sort, TarryError
from tarry.contract.lists import write_list
from tarry.soap import describe, xml
from tarry.soap.bodies import read_body
from tarry.soap.codec import Reader
from tarry.soap.envelope import AnswerWriter, open_request, write_fault
from tarry.soap.errors import (
    MalformedRequest,
    RequestTooLarge,
    RequestTooSlow,
    UnknownOperation,
)
from tarry.soap.origins import NOT_SERVED, Origins
from tarry.soap.patience import Patience
from tarry.soap.schema import Interface, Operation, WireValue

log = structlog.get_logger()

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MAX_BODY = 4 * 1024 * 1024
"""The largest request that is read, in bytes."""
PATIENCE = timedelta(seconds=60)
"""How long a request may take to arrive."""

_ADDRESS_MARK = "urn:tarry:address-of-this-service"
_XML = (b"content-type", b"text/xml; charset=utf-8")
PAGE_HEADERS = (
    (
        b"content-security-policy",
        b"sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
"""What a page for people goes out with: whoever wrote its texts, nothing in it can act."""
_CORS = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (b"access-control-allow-headers", b"Content-Type, SOAPAction, Accept"),
    (b"access-control-max-age", b"86400"),
)


@dataclass(slots=True)
class Call:
    """One call, checked against the ports of its operation.

    Attributes:
        headers: of the HTTP request, names in lower case. They may hold secrets.
        reply_headers: the handler may add headers of the answer here.
        address: of the caller, as far as the server knows it.
    """

    operation: str
    arguments: dict[str, WireValue] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    reply_headers: dict[str, str] = field(default_factory=dict)
    address: str = ""

    def text(self, name: str) -> str:
        """The argument as text; empty if it was not given."""
        value = self.arguments.get(name, "")
        if not isinstance(value, str):
            raise TypeError(f"{name} is no plain value")
        return value

    def lexical(self, names: Collection[str]) -> dict[str, str]:
        """Give those of the arguments that were given, lists in their lexical form."""
        found: dict[str, str] = {}
        for name in names:
            value = self.arguments.get(name)
            if value is None:
                continue
            if isinstance(value, list):
                if value:
                    found[name] = write_list([str(item) for item in value])
            else:
                found[name] = self.text(name)
        return found


Handler = Callable[[Call], Awaitable[Mapping[str, WireValue]]]
"""Does the work of an operation and gives its outputs; a `TarryError` becomes a fault."""


class InternalError(TarryError):
    """Something of ours broke; the log knows more under this id."""

    code = "internal-error"
    sort = Sort.INTERNAL
    message = "internal error {id}"


class _Compiled:
    """An operation with its handler and codec."""

    __slots__ = ("handler", "name", "reader", "writer")

    def __init__(self, operation: Operation, interface: Interface, handler: Handler) -> None:
        self.name = operation.name
        self.handler = handler
        self.reader = Reader(operation.inputs, interface.namespace)
        self.writer = AnswerWriter(
            operation.name,
            operation.outputs,
            interface.namespace,
            qualified=interface.qualified_outputs,
            fields=interface.qualified,
        )


class Endpoint:
    """One interface at one path.

    Answers `GET path?wsdl` (any case, with a value, with a trailing slash), `POST path`, and
    `OPTIONS path` if `cors` is on. Faults go out with HTTP 500 as SOAP 1.1 wants it.
    """

    _NOT_FOUND: ClassVar[bytes] = b"There is nothing here\n"

    def __init__(
        self,
        interface: Interface,
        handlers: Mapping[str, Handler],
        *,
        path: str,
        base_url: str | None = None,
        cors: bool = False,
        page: Callable[[], bytes] | None = None,
        max_body: int = MAX_BODY,
        patience: timedelta = PATIENCE,
        trusted_proxies: Iterable[str] = (),
        hosts: Collection[str] = (),
    ) -> None:
        """Set up.

        Args:
            interface: what is served.
            handlers: one for each operation, by name.
            path: exact, without a trailing slash.
            base_url: public URL before the path, written into the WSDL; else the address that
                the request was sent to.
            cors: pages of any site may call; without it such calls are refused.
            page: HTML for people who open the address in a browser.
            max_body: largest request, in bytes.
            patience: longest time for its body to arrive.
            trusted_proxies: addresses and networks whose `X-Forwarded-*` headers count.
            hosts: names under which requests are taken (without TCP port); empty takes any.
        """
        missing = {operation.name for operation in interface.operations} ^ handlers.keys()
        if missing:
            raise ValueError(f"operations and handlers differ: {', '.join(sorted(missing))}")
        self.interface = interface
        self.path = "/" + path.strip("/")
        self._paths = frozenset({self.path, f"{self.path}/"})
        self._origins = Origins(
            base_url=base_url, cors=cors, trusted_proxies=trusted_proxies, hosts=hosts
        )
        self._cors = cors
        self._reply_headers = [_XML, *(_CORS[:1] if cors else ())]
        self._page = page
        self._max_body = max_body
        self._patience = Patience(patience)
        self._operations: dict[str, _Compiled] = {}
        for operation in interface.operations:
            compiled = _Compiled(operation, interface, handlers[operation.name])
            self._operations[f"{{{interface.namespace}}}{operation.name}"] = compiled
        before, _, after = describe.wsdl(interface, _ADDRESS_MARK).partition(_ADDRESS_MARK.encode())
        self._wsdl = (before, after)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            raise ValueError(f"this endpoint does not speak {scope['type']}")
        if scope["path"] not in self._paths:
            await _plain(send, 404, self._NOT_FOUND)
            return
        method = scope["method"]
        if method == "POST":
            await self._post(scope, receive, send)
        elif method in {"GET", "HEAD"}:
            await self._get(scope, send)
        elif method == "OPTIONS" and self._cors:
            await _respond(send, 204, list(_CORS), b"")
        else:
            await _plain(send, 405, b"Call with POST, describe with GET ?wsdl\n")

    async def _post(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        refused = self._origins.refusal(headers)
        if refused:
            await _plain(send, 403, refused)
            return
        reply_headers = self._reply_headers
        try:
            body = await read_body(headers, receive, limit=self._max_body, patience=self._patience)
            if body is None:
                return  # the caller has gone
            compiled, call = self._read(body, headers)
            call.address = (scope.get("client") or ("",))[0]
            outputs = await compiled.handler(call)
            answer = compiled.writer.write(outputs)
            status = 200
            if call.reply_headers:
                reply_headers = reply_headers + [
                    (name.lower().encode("latin-1"), value.encode("latin-1"))
                    for name, value in call.reply_headers.items()
                ]
        except TarryError as error:
            status, answer = 500, self._fault(error)
            if isinstance(error, RequestTooLarge | RequestTooSlow):
                reply_headers = [*reply_headers, (b"connection", b"close")]
        except Exception as error:  # noqa: BLE001 - the outermost loop of a call
            status, answer = 500, self._fault(_broken(error, self.path))
        await _respond(send, status, reply_headers, answer)

    def _read(self, body: bytes, headers: Mapping[str, str]) -> tuple[_Compiled, Call]:
        element = open_request(body)
        compiled = self._operations.get(element.tag) or self._find(element.tag)
        return compiled, Call(compiled.name, compiled.reader.read(element), headers)

    def _find(self, tag: str) -> _Compiled:
        """Find an operation whose namespace is not ours."""
        name = xml.local_name(tag)
        found = self._operations.get(f"{{{self.interface.namespace}}}{name}")
        if found is None:
            known = ", ".join(compiled.name for compiled in self._operations.values())
            raise UnknownOperation(operation=name, known=known)
        if not self.interface.match_any_namespace:
            wanted = self.interface.namespace
            raise MalformedRequest(reason=f"{name} must be in the namespace {wanted}")
        return found

    def _fault(self, error: TarryError) -> bytes:
        return write_fault(error, self.interface.namespace, qualified=self.interface.qualified)

    async def _get(self, scope: Scope, send: Send) -> None:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        if not self._origins.is_served(headers):
            await _plain(send, 403, NOT_SERVED)
            return
        extra = self._reply_headers[1:]
        query: bytes = scope["query_string"]
        first = query.partition(b"&")[0].partition(b"=")[0]
        if first.lower() == b"wsdl":
            before, after = self._wsdl
            address = escape_html(self._origins.address(scope, headers, self.path)).encode()
            kind, body = _XML, before + address + after
        else:
            kind = (b"content-type", b"text/html; charset=utf-8")
            body = self._page() if self._page else self._own_page()
            extra = [*extra, *PAGE_HEADERS]
        if scope["method"] == "HEAD":
            length = (b"content-length", str(len(body)).encode())
            await send(
                {"type": "http.response.start", "status": 200, "headers": [kind, length, *extra]}
            )
            await send({"type": "http.response.body", "body": b""})
            return
        await _respond(send, 200, [kind, *extra], body)

    def _own_page(self) -> bytes:
        title = escape_html(self.interface.name)
        rows = "".join(
            f"<li><b>{escape_html(op.name)}</b> {escape_html(op.documentation)}</li>"
            for op in self.interface.operations
        )
        return (
            f"<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1>"
            f"<p>{escape_html(self.interface.documentation)}</p><ul>{rows}</ul>"
            '<p>A web service (SOAP). Its description: <a href="?wsdl">WSDL</a></p></html>'
        ).encode()


def _broken(error: Exception, path: str) -> InternalError:
    """Log what the caller must not see, as text: a rendered trace would show tokens in locals."""
    identity = token_hex(8)
    log.error("soap.call_broke", id=identity, path=path, trace="".join(format_exception(error)))
    return InternalError(id=identity)


async def _respond(
    send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


async def _plain(send: Send, status: int, text: bytes) -> None:
    await _respond(send, status, [(b"content-type", b"text/plain; charset=utf-8")], text)
