"""The OpenAPI document, made true: errors are problems, also those of FastAPI's own checks."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from tarry.platform.portal.api.problems import Problem

PROBLEM: dict[str, Any] = {
    "description": "An error (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_MEANINGS = {
    401: "Not logged in",
    403: "Not allowed",
    404: "Not found, or not to be known of",
    409: "Contradicts what is there",
    413: "Too large",
    503: "Another system does not answer",
}
_OF_FASTAPI = ("HTTPValidationError", "ValidationError")


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
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
    return document
