"""The root of the one error tree.

An error says who, what and what to do, and carries a stable code. Its sort decides how a door
shows it: one table here serves every door (SOAP faults, `application/problem+json`, the command
line), so no room invents status codes of its own.
"""

from enum import StrEnum
from typing import ClassVar


class Sort(StrEnum):
    """Whose fault an error is, and so what the caller can do about it."""

    INVALID = "invalid"  # the caller sent something wrong: mend it and call again
    DENIED = "denied"  # we do not know who calls: log in
    FORBIDDEN = "forbidden"  # we know who calls, and they may not
    NOT_FOUND = "not-found"
    CONFLICT = "conflict"  # what is there already contradicts the call
    OUTDATED = "outdated"  # what the caller says they start from is no longer what is there
    TOO_LARGE = "too-large"
    BUSY = "busy"  # a limit for now: the same call may succeed later
    UNAVAILABLE = "unavailable"  # another system does not answer
    INTERNAL = "internal"  # ours: the log knows more


HTTP_STATUS: dict[Sort, int] = {
    Sort.INVALID: 422,
    Sort.DENIED: 401,
    Sort.FORBIDDEN: 403,
    Sort.NOT_FOUND: 404,
    Sort.CONFLICT: 409,
    Sort.OUTDATED: 412,
    Sort.TOO_LARGE: 413,
    Sort.BUSY: 429,
    Sort.UNAVAILABLE: 503,
    Sort.INTERNAL: 500,
}
"""The HTTP status of each sort at the REST doors. SOAP faults always go out with 500."""

CALLERS_FAULT = frozenset(Sort) - {Sort.BUSY, Sort.UNAVAILABLE, Sort.INTERNAL}
"""The sorts that become `soap:Client` faults; the others are `soap:Server`."""


class TarryError(Exception):
    """An error with a code that never changes, a message for people, and the facts behind it.

    Subclasses set the three class variables; `message` is a format string over the facts, so
    that a forgotten fact shows when the error is raised and not when it is read.
    """

    code: ClassVar[str] = "error"
    sort: ClassVar[Sort] = Sort.INTERNAL
    message: ClassVar[str] = "Something went wrong"

    def __init__(self, **facts: object) -> None:
        self.facts: dict[str, str] = {name: str(fact) for name, fact in facts.items()}
        super().__init__(self.message.format(**self.facts))


class InvalidValue(TarryError):
    """A value does not fit its port."""

    code = "invalid-value"
    sort = Sort.INVALID
    message = "{port}: {got} {rule}"


class MissingValue(TarryError):
    """A required port has no value."""

    code = "missing-value"
    sort = Sort.INVALID
    message = "{port}: a value is required"


class UnknownPort(TarryError):
    """A value was given for a port that does not exist."""

    code = "unknown-port"
    sort = Sort.INVALID
    message = "{port}: there is no such input; there are: {known}"


class MalformedMessage(TarryError):
    """A value of the contract itself (status, extraParameters, outputs) cannot be read."""

    code = "malformed-message"
    sort = Sort.INVALID
    message = "{what} cannot be read: {reason}"
