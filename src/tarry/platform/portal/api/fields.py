"""Which field of a request an error is about: a form then shows it where it belongs.

The rooms below do not know how a door calls their arguments; this table does.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tarry.contract.errors import TarryError

BODY = "body"
"""The body as a whole, where no field of it is meant."""

FIELDS: Mapping[str, str] = {
    # values of runs
    "invalid-value": "inputs.{port}",
    "missing-value": "inputs.{port}",
    "unknown-port": "inputs.{port}",
    "cannot-tell": "tell.{number}.{channel}",
    # services
    "unknown-operation": "operation",
    "contract-broken": "operation",
    "bad-service-uri": "uri",
    "bad-correction": "corrections",
    "address-refused": "wsdl",
    "wsdl-unreadable": "wsdl",
    # workflows
    "document-unreadable": BODY,
    "unsupported-construct": BODY,
    "workflow-invalid": BODY,
    "document-form": "Content-Type",
    "bad-workflow-name": "name",
    "bad-picture": BODY,
    "bad-etag": "If-Match",
    # people
    "bad-name": "name",
    "bad-password": "password",
    "bad-email": "email",
    "bad-expiry": "expires_at",
    "project-needed": "project",
    # files
    "bad-storage-uri": "uri",
    # lists and requests
    "bad-place": "after",
    "bad-idempotency-key": "Idempotency-Key",
    "idempotency-key-reused": "Idempotency-Key",
}
"""By the code of an error; with its facts filled in."""


def fields_of(error: TarryError, path: str = "") -> dict[str, str]:
    """Tell what is wrong, by the field that it is wrong with; empty if it is none.

    Args:
        error: what the request is refused with.
        path: of the request.
    """
    field = FIELDS.get(error.code, "")
    if path.endswith("/messages") and field.startswith("inputs."):
        field = "message"  # it is held against the same rules
    if error.code == "workflow-invalid" and path.endswith(("/runs", "/publish")):
        field = "workflow" if path.endswith("/runs") else "version"  # it was not in the body
    if path.endswith("/me/password") and field == "password":
        field = "new"
    return {field.format(**error.facts): str(error)} if field else {}


def fields_not_understood(errors: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Tell what FastAPI has found wrong, by the field that it is wrong with."""
    found: dict[str, str] = {}
    for item in errors:
        where, *place = item["loc"]
        if item["type"] == "json_invalid":  # the place is a number of bytes, and no field
            reason = (item.get("ctx") or {}).get("error", item["msg"])
            place, words = [], f"{item['msg']} after {place[-1]} signs: {reason}"
        else:
            words = item["msg"]
        field = ".".join(map(str, place)) or str(where)
        found[field] = f"{found[field]}; {words}" if field in found else words
    return found
