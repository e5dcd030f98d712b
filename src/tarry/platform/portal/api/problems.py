"""Errors as `application/problem+json` (RFC 9457), from the one table of the error tree."""

from dataclasses import asdict
from secrets import token_hex

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tarry.contract.errors import HTTP_STATUS, Sort, TarryError
from tarry.platform.portal.api.fields import fields_not_understood, fields_of
from tarry.platform.portal.api.rendering import error_page, to_log_in, wants_page
from tarry.platform.workflows.errors import ProblemsFound

log = structlog.get_logger()

_TITLES = {
    Sort.INVALID: "Something in the request is wrong",
    Sort.DENIED: "Not logged in",
    Sort.FORBIDDEN: "Not allowed",
    Sort.NOT_FOUND: "Not found",
    Sort.CONFLICT: "Contradicts what is there",
    Sort.OUTDATED: "Not what you started from any more",
    Sort.TOO_LARGE: "Too large",
    Sort.BUSY: "Busy",
    Sort.UNAVAILABLE: "Another system does not answer",
    Sort.INTERNAL: "Internal error",
}


class Problem(BaseModel):
    """An error: a code that never changes, and a message for people."""

    type: str = Field(examples=["urn:tarry:error:not-found"])
    title: str
    status: int
    detail: str
    code: str = Field(examples=["not-found"])
    facts: dict[str, str] = Field(default_factory=dict, description="What the message speaks of")
    problems: list[dict[str, str]] = Field(
        default_factory=list,
        description="All that is wrong with a workflow: each with `place`, `code` and `message`",
    )
    fields: dict[str, str] = Field(
        default_factory=dict,
        description="What is wrong with which field of the request, such as `tell.0.webhook`; "
        "`body` means the body as a whole",
    )


def problem_of(error: TarryError, status: int | None = None, path: str = "") -> Problem:
    """Describe an error of ours; the path is that of the request."""
    return Problem(
        type=f"urn:tarry:error:{error.code}",
        title=_TITLES[error.sort],
        status=status or HTTP_STATUS[error.sort],
        detail=str(error),
        code=error.code,
        facts=error.facts,
        problems=list(map(asdict, error.problems)) if isinstance(error, ProblemsFound) else [],
        fields=fields_of(error, path),
    )


def problem_answer(error: TarryError, status: int | None = None, path: str = "") -> Response:
    """Answer with an error of ours; the path is that of the request."""
    problem = problem_of(error, status, path)
    headers = {"WWW-Authenticate": "Bearer"} if problem.status == HTTP_STATUS[Sort.DENIED] else None
    return _answer(problem, headers)


def install(app: FastAPI) -> None:
    """Make every error of an app a problem, or a page where a person looks."""

    @app.exception_handler(TarryError)
    async def _ours(request: Request, error: TarryError) -> Response:
        if error.sort is Sort.INTERNAL:
            return _internal(request, error)
        if wants_page(request):
            if error.sort is Sort.DENIED:
                return to_log_in(request)
            problem = problem_of(error)
            return error_page(problem.status, problem.title, problem.detail)
        return problem_answer(error, path=request.url.path)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        found = fields_not_understood(error.errors())
        words = "; ".join(f"{field}: {reason}" for field, reason in found.items())
        return _told(request, 422, "invalid-request", words, found)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        # Starlette's own refusals: no such path, no such method, a body that cannot be read.
        if isinstance(error.__cause__ or error.__context__, TarryError):
            return await _ours(request, error.__cause__ or error.__context__)  # type: ignore[arg-type]
        code = {404: "not-found", 405: "wrong-method", 400: "invalid-request"}
        words = {404: f"There is nothing at {request.url.path}"}
        return _told(
            request,
            error.status_code,
            code.get(error.status_code, "refused"),
            words.get(error.status_code, str(error.detail)),
        )


class LastResort:
    """Answers what nobody else could: an error of which only its mark is told.

    It stands inside the other guards, so that this answer too carries their headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, whatever comes of it."""
        started = False

        async def noticed(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noticed)
        except ClientDisconnect:
            log.info("portal.caller-left", path=scope["path"])
        except Exception as error:
            if started or scope["type"] != "http":
                raise  # too late to say anything: the server cuts the connection
            await _internal(Request(scope), error)(scope, receive, send)


def _told(
    request: Request, status: int, code: str, detail: str, fields: dict[str, str] | None = None
) -> Response:
    sort = next((sort for sort, known in HTTP_STATUS.items() if known == status), Sort.INVALID)
    if wants_page(request):
        return error_page(status, _TITLES[sort], detail)
    problem = Problem(
        type=f"urn:tarry:error:{code}",
        title=_TITLES[sort],
        status=status,
        detail=detail,
        code=code,
        fields=fields or {},
    )
    return _answer(problem)


def _internal(request: Request, error: Exception) -> Response:
    """Say nothing of what went wrong inside, but enough to find it in the log."""
    mark = token_hex(4)
    log.error("portal.failed", mark=mark, path=request.url.path, exc_info=error)
    return _told(request, 500, "internal", f"Something went wrong here; the log knows it as {mark}")


def _answer(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(
        problem.model_dump(),
        status_code=problem.status,
        headers=headers,
        media_type="application/problem+json",
    )
