"""Errors as `application/problem+json` (RFC 9457), from the one table of the error tree."""

from tarry.contract.errors import HTTP_STATUS, Sort, TarryError
from tarry.service.api.json_values import Json
from tarry.service.errors import RunEnded

CONTENT_TYPE = "application/problem+json"

TITLES = {
    Sort.INVALID: "Something in the request is wrong",
    Sort.DENIED: "The session token is not accepted",
    Sort.FORBIDDEN: "Not allowed",
    Sort.NOT_FOUND: "Not found",
    Sort.CONFLICT: "Contradicts what is there",
    Sort.OUTDATED: "Not what you started from any more",
    Sort.TOO_LARGE: "Too large",
    Sort.BUSY: "Busy",
    Sort.UNAVAILABLE: "Another system does not answer",
    Sort.INTERNAL: "Internal error",
}


class NothingHere(TarryError):
    """A path that leads nowhere."""

    code = "not-found"
    sort = Sort.NOT_FOUND
    message = "There is nothing here; see {described}"


class WrongMethod(TarryError):
    """A path that is there, and is called another way."""

    code = "wrong-method"
    sort = Sort.INVALID
    message = "Call this with {allowed}"


class OtherSite(TarryError):
    """A page of another site makes its reader's browser call."""

    code = "other-site"
    sort = Sort.FORBIDDEN
    message = "Calls from pages of other sites are refused"


def status_of(error: TarryError) -> int:
    """Give the HTTP status of an error."""
    return 405 if isinstance(error, WrongMethod) else HTTP_STATUS[error.sort]


def problem(error: TarryError) -> dict[str, Json]:
    """Describe an error."""
    title = "The run has no results" if isinstance(error, RunEnded) else TITLES[error.sort]
    return {
        "type": f"urn:tarry:error:{error.code}",
        "title": title,
        "status": status_of(error),
        "detail": str(error),
        "code": error.code,
    }
