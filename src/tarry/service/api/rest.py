"""The second door: the verbs of this room as JSON over HTTP. There is no logic in it."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from secrets import token_hex
from traceback import format_exception
from urllib.parse import parse_qsl, quote, unquote_to_bytes

import structlog

from tarry.contract.errors import InvalidValue, MissingValue, Sort, TarryError
from tarry.contract.kinds import MESSAGE, RESPONSE, SERVICE_ID, STATUS, Kind
from tarry.contract.ports import check
from tarry.contract.status import Page, read_status
from tarry.service.api import problems
from tarry.service.api.calls import note, noted
from tarry.service.api.handlers import unless_client_goes
from tarry.service.api.json_values import (
    Json,
    MalformedJson,
    lexical,
    natural,
    read_object,
    writable,
    write,
)
from tarry.service.api.problems import NothingHere, OtherSite, WrongMethod
from tarry.service.model.interface import has_program
from tarry.service.model.program import Operation, ProgramFile
from tarry.service.model.run import Owner, Secrets
from tarry.service.operations.abort import abort
from tarry.service.operations.call import call
from tarry.service.operations.notify import notify
from tarry.service.operations.ours import own_run
from tarry.service.operations.show import show
from tarry.service.operations.start import start
from tarry.service.operations.status import newest_page, status
from tarry.service.operations.workshop import Run, Workshop
from tarry.soap.bodies import read_body
from tarry.soap.origins import Origins
from tarry.soap.patience import Patience
from tarry.soap.server import (
    MAX_BODY,
    PAGE_HEADERS,
    PATIENCE,
    InternalError,
    Receive,
    Scope,
    Send,
)

log = structlog.get_logger(__name__)

LONGEST_WAIT = 60
"""Seconds for which a call may wait for the end of a run; proxies end what takes longer."""

_TENTH = Decimal("0.1")
_JSON = "application/json"
_HTML = "text/html; charset=utf-8"
_PAGE_POLICY = PAGE_HEADERS[0][1] + b"; img-src data:"
_DIALOG_POLICY = b"sandbox allow-forms allow-scripts"
"""An application's page must be able to act; as a page of nobody, so not with a log-in."""
_SAFE = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))


@dataclass(slots=True)
class Asked:
    """A request, as far as it has been read."""

    scope: Scope
    method: str
    headers: Mapping[str, str] = field(repr=False)
    receive: Receive

    @property
    def token(self) -> str:
        """The session token; empty if there is none."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return token.strip()
        return self.headers.get("x-auth-token", "").strip()


@dataclass(slots=True)
class Reply:
    """An answer to be sent."""

    status: int
    body: bytes
    kind: str = _JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()


class RestDoor:
    """All operations of one program file, beneath one path."""

    def __init__(
        self,
        workshop: Workshop,
        program: ProgramFile,
        *,
        path: str,
        origins: Origins,
        max_body: int = MAX_BODY,
        patience: timedelta = PATIENCE,
    ) -> None:
        """Set up.

        Args:
            workshop: where the verbs work.
            program: what is served.
            path: of this door, from the host's root.
            origins: from where requests are taken, and how addresses are written.
            max_body: largest request, in bytes.
            patience: longest time for its body to arrive.
        """
        self._workshop = workshop
        self._program = program
        self._path = path
        self._origins = origins
        self._max_body = max_body
        self._patience = Patience(patience)
        self._names = frozenset(
            op.name for op in program.operations if op.kind is not Kind.SYNCHRONOUS
        )
        self._verbs: dict[tuple[str, str], Callable[[Asked, Run], Awaitable[Reply]]] = {
            ("GET", ""): self._show,
            ("GET", "page"): self._page,
            ("POST", "abort"): self._abort,
            ("POST", "messages"): self._notify,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        asked = Asked(scope, method, headers, receive)
        try:
            refused = self._origins.refusal(headers)
            reply = _problem(OtherSite()) if refused else await self._answer(asked)
        except TarryError as error:
            reply = _problem(error)
        except Exception as error:  # noqa: BLE001 - the outermost loop of a call
            reply = _problem(_broken(error, self._path))
        sent = [
            (b"content-type", reply.kind.encode()),
            (b"content-length", b"%d" % len(reply.body)),
            *_SAFE,
            *reply.headers,
        ]
        await send({"type": "http.response.start", "status": reply.status, "headers": sent})
        body = b"" if scope["method"] == "HEAD" else reply.body
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, asked: Asked) -> Reply:
        match _segments(asked.scope, self._path):
            case ["runs", service_id]:
                return await self._on_run(asked, service_id, "")
            case ["runs", service_id, verb] if verb:
                return await self._on_run(asked, service_id, verb)
            case [name] if operation := self._program.operation(name):
                if asked.method != "POST":
                    raise WrongMethod(allowed="POST")
                return await noted(
                    self._begin(asked, operation),
                    door="rest",
                    service=self._program.name,
                    operation=name,
                )
            case _:
                raise NothingHere(described="openapi.json")

    async def _on_run(self, asked: Asked, service_id: str, verb: str) -> Reply:
        work = self._verbs.get((asked.method, verb))
        if work is None:
            allowed = next((method for method, known in self._verbs if known == verb), "")
            if allowed:
                raise WrongMethod(allowed=allowed)
            raise NothingHere(described="openapi.json")
        return await noted(
            self._with_run(asked, service_id, work),
            door="rest",
            service=self._program.name,
            operation=f"runs/{verb}" if verb else "runs",
        )

    async def _with_run(
        self, asked: Asked, service_id: str, work: Callable[[Asked, Run], Awaitable[Reply]]
    ) -> Reply:
        owner = await self._owner(asked)
        run = await own_run(self._workshop, self._program, self._names, owner, service_id)
        note(run=run.name)
        return await work(asked, run)

    async def _begin(self, asked: Asked, operation: Operation) -> Reply:
        owner = await self._owner(asked)
        given = lexical(operation.inputs, await self._body(asked))
        inputs = check(operation.inputs, given)
        secrets = Secrets(session_token=asked.token)
        if operation.kind is Kind.SYNCHRONOUS:
            work = call(
                self._workshop,
                self._program,
                operation,
                owner=owner,
                inputs=inputs,
                secrets=secrets,
            )
            return _json(200, _outputs(operation, await unless_client_goes(work)))
        run = await start(
            self._workshop,
            self._program,
            operation,
            owner=owner,
            service_id=_service_id(asked) or token_hex(16),
            inputs=inputs,
            secrets=secrets,
        )
        note(run=run.name)
        address = self._address(asked, run)
        return _json(202, self._run(asked, run), (b"location", address.encode()))

    async def _show(self, asked: Asked, run: Run) -> Reply:
        if (seconds := _seconds(asked)) and not run.over.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await run.over.wait()
        return _json(200, self._run(asked, run))

    async def _page(self, asked: Asked, run: Run) -> Reply:
        if run.operation.kind is Kind.APPLICATION:
            answer: Mapping[str, object] = await show(self._workshop, run)
            tag, policy = "", _DIALOG_POLICY
        else:
            known = asked.headers.get("if-none-match", "").strip('"')
            answer, tag = status(self._workshop, run, page_tag=known, last_page=True)
            policy = _PAGE_POLICY
        etag = ((b"etag", f'"{tag}"'.encode()),) if tag else ()
        page = read_status(str(answer[STATUS]))
        if not isinstance(page, Page):
            return Reply(304, b"", _HTML, etag)
        headers = ((b"content-security-policy", policy), PAGE_HEADERS[2], *etag)
        return Reply(200, page.content, _HTML, headers)

    async def _abort(self, asked: Asked, run: Run) -> Reply:
        del asked
        if not has_program(run.operation):
            raise NothingHere(described="openapi.json")
        over = await abort(self._workshop, run)
        return _json(200 if over else 202, {"success": over})

    async def _notify(self, asked: Asked, run: Run) -> Reply:
        if not has_program(run.operation):
            raise NothingHere(described="openapi.json")
        said = await self._body(asked)
        message = said.get(MESSAGE)
        if message is None:
            raise MissingValue(port=MESSAGE)
        if type(message) is not str:
            raise InvalidValue(port=MESSAGE, got="this", rule="is no text")
        answer = await notify(self._workshop, run, writable(message, port=MESSAGE))
        return _json(200, {RESPONSE: answer})

    async def _owner(self, asked: Asked) -> Owner:
        return await self._workshop.authentication.owner_of(asked.token)

    async def _body(self, asked: Asked) -> dict[str, object]:
        body = await read_body(
            asked.headers, asked.receive, limit=self._max_body, patience=self._patience
        )
        if body is None:
            raise MalformedJson(reason="its caller went away before all of it had arrived")
        if not body:
            return {}
        kind = asked.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != _JSON:
            raise MalformedJson(reason=f"its Content-Type must be {_JSON}")
        return read_object(body)

    def _run(self, asked: Asked, run: Run) -> dict[str, Json]:
        outcome, address = run.outcome, self._address(asked, run)
        found: dict[str, Json] = {
            SERVICE_ID: run.request.service_id,
            "operation": run.operation.name,
            "state": (outcome.state if outcome else run.state).value,
            "note": run.shown_note,
            "page": f"{address}/page",
            "created": run.request.created_at.isoformat(),
        }
        if run.operation.kind is not Kind.APPLICATION:
            percent = newest_page(self._workshop, run).percent
            if percent is not None:
                found["progress"] = Decimal(str(percent)).quantize(_TENTH, ROUND_DOWN)
        if outcome is not None:
            found["ended"] = outcome.ended_at.isoformat()
            if outcome.code:
                found["problem"] = problems.problem(outcome.error())
            else:
                found["outputs"] = _outputs(run.operation, outcome.outputs)
        return found

    def _address(self, asked: Asked, run: Run) -> str:
        path = f"{self._path}/runs/{quote(run.request.service_id, safe='')}"
        return self._origins.address(asked.scope, asked.headers, path)


def _outputs(operation: Operation, values: Mapping[str, str]) -> dict[str, Json]:
    ports = {output.port.name: output.port for output in operation.outputs}
    return {name: natural(ports[name], text) for name, text in values.items() if name in ports}


def _segments(scope: Scope, base: str) -> list[str]:
    """Give what follows the door's path, each part decoded by itself: an id may hold a slash."""
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    raw = raw.partition(b"?")[0]
    parts = [_text(part) for part in raw.split(b"/")]
    above = base.split("/")
    return parts[len(above) :] if parts[: len(above)] == above else []


def _service_id(asked: Asked) -> str:
    return writable(_query(asked).get(SERVICE_ID, ""), port=SERVICE_ID)


def _seconds(asked: Asked) -> float:
    """How long to wait for the end of a run."""
    text = _query(asked).get("wait", "0")
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", text):
        raise MalformedJson(reason=f"wait must be a number of seconds, at most {LONGEST_WAIT}")
    return min(float(text), LONGEST_WAIT)


def _query(asked: Asked) -> dict[str, str]:
    query = asked.scope["query_string"].decode("latin-1")
    try:
        return dict(parse_qsl(query, errors="strict", max_num_fields=10))
    except ValueError as error:
        raise MalformedJson(reason="its query is no UTF-8") from error


def _text(part: bytes) -> str:
    try:
        return unquote_to_bytes(part).decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedJson(reason="its path is no UTF-8") from error


def _json(code: int, value: Json, *headers: tuple[bytes, bytes]) -> Reply:
    return Reply(code, write(value).encode(), _JSON, headers)


def _problem(error: TarryError) -> Reply:
    headers: tuple[tuple[bytes, bytes], ...] = ()
    if error.sort is Sort.DENIED:
        headers = ((b"www-authenticate", b"Bearer"),)
    elif isinstance(error, WrongMethod):
        headers = ((b"allow", error.facts["allowed"].encode()),)
    elif error.sort is Sort.TOO_LARGE:
        headers = ((b"connection", b"close"),)
    body = write(problems.problem(error)).encode()
    return Reply(problems.status_of(error), body, problems.CONTENT_TYPE, headers)


def _broken(error: Exception, path: str) -> InternalError:
    """Log what the caller must not see, as text: a rendered trace would show tokens in locals."""
    identity = token_hex(8)
    log.error("rest.call_broke", id=identity, path=path, trace="".join(format_exception(error)))
    return InternalError(id=identity)
