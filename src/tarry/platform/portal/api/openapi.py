"""The OpenAPI document, made true: errors are problems, also those of FastAPI's own checks."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from tarry.platform.portal.api.once import takes_keys
from tarry.platform.portal.api.problems import Problem
from tarry.platform.portal.api.repeating import KEY_HEADER, SAID_OF_KEYS

PROBLEM: dict[str, Any] = {
    "description": "An error (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_MEANINGS = {
    401: "Not logged in",
    403: "Not allowed",
    404: "Not found, or not to be known of",
    409: "Contradicts what is there",
    412: "Not what the caller started from any more (If-Match, If-None-Match, expected_version)",
    413: "Too large",
    422: "Not understood, or a value breaks a rule",
    429: "A limit for now: the same call may succeed later",
    503: "Another system does not answer",
}
_OF_FASTAPI = ("HTTPValidationError", "ValidationError")


_PARAMETERS = {
    "run": "Id of the run: 32 hex digits",
    "number": "Number of the step run, from 1",
    "name": "Its name",
    "after": "`next` of the page before",
    "user": "Name or id of the user",
    "project": "Name or id of the project",
    "token": "Id of the token, or its name if it is your own",
    "version": "Number of the version",
    "limit": "At most so many",
    "category": "Only of this category",
    "company": "Only what this company offers",
    "comment": "What has changed, for people",
    "form": "`xml` or `json`",
    "if-none-match": "The ETag that you have: the answer is empty if it still holds",
    "last-event-id": "Id of the last event that was seen: what came later is told again",
}
"""What parameters mean that do not say it themselves."""


_KEY: dict[str, Any] = {
    "name": KEY_HEADER,
    "in": "header",
    "required": False,
    "description": SAID_OF_KEYS,
    "schema": {"type": "string", "maxLength": 257},
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Declare with which errors a call may be answered, besides that it was not understood."""
    return {status: PROBLEM | {"description": _MEANINGS[status]} for status in statuses}


def install(app: FastAPI) -> None:
    """Make an app describe itself truly."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _describe(app)
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]  # FastAPI's own way to do this


def _describe(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    schemas = document["components"]["schemas"]
    for name in _OF_FASTAPI:
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete(method, path, operation)
    return document


def _complete(method: str, path: str, operation: dict[str, Any]) -> None:
    """Declare what holds for every operation of its kind, so that no route has to repeat it."""
    if method == "post" and takes_keys("POST", path):
        operation.setdefault("parameters", []).append(_KEY)
    for parameter in operation.get("parameters", ()):
        parameter.setdefault("description", _PARAMETERS.get(parameter["name"], ""))
    responses = operation["responses"]
    responses.pop("422", None)  # FastAPI's own form, which we do not use
    statuses = [401, 403] if operation.get("security") else []
    if "{" in path:
        statuses.append(404)
    if method == "post" and takes_keys("POST", path):
        statuses.append(409)
    if "requestBody" in operation:
        statuses.append(413)
    if "requestBody" in operation or operation.get("parameters"):
        statuses.append(422)
    for status in statuses:
        responses.setdefault(str(status), PROBLEM | {"description": _MEANINGS[status]})
    operation["responses"] = dict(sorted(responses.items()))
