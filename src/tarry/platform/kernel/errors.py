"""The platform's part of the error tree."""

from tarry.contract.errors import Sort, TarryError


class NotLoggedIn(TarryError):
    """The call carries no token, or one that is not valid."""

    code = "not-logged-in"
    sort = Sort.DENIED
    message = "{reason}: log in first"


class NotAllowed(TarryError):
    """We know who calls, and they may not do this."""

    code = "not-allowed"
    sort = Sort.FORBIDDEN
    message = "{who} may not {what}: {reason}"


class NotFound(TarryError):
    """The thing does not exist, or the caller may not know of it."""

    code = "not-found"
    sort = Sort.NOT_FOUND
    message = "There is no {what} {name}"


class Exists(TarryError):
    """A thing of that name exists already."""

    code = "exists"
    sort = Sort.CONFLICT
    message = "There is already a {what} {name}"


class InvalidSetting(TarryError):
    """A setting of the platform cannot be used."""

    code = "invalid-setting"
    sort = Sort.INVALID
    message = "Setting {setting}: {reason}"


class DatabaseUnavailable(TarryError):
    """The database cannot be opened."""

    code = "database-unavailable"
    sort = Sort.UNAVAILABLE
    message = "The database {url} cannot be opened: {reason}"


class DatabaseFailed(TarryError):
    """The database refused; nothing of this piece of work was written."""

    code = "database-failed"
    sort = Sort.UNAVAILABLE
    message = "The database failed, and nothing was written: {reason}"


class WriterLost(TarryError):
    """The connection that writes is gone for good, and leadership with it if it led.

    If it broke during a commit, nobody knows whether that work was written.
    """

    code = "database-writer-lost"
    sort = Sort.UNAVAILABLE
    message = "The connection that writes to the database is lost ({reason}); start again"


class UnstorableValue(TarryError):
    """A value cannot be kept, such as a text with characters that no database takes."""

    code = "unstorable-value"
    sort = Sort.INVALID
    message = "A value cannot be stored: {reason}"


class DatabaseClosed(TarryError):
    """The platform is stopping: nothing is read or written any more."""

    code = "database-closed"
    sort = Sort.UNAVAILABLE
    message = "The database is closed: the platform is stopping"


class RequestDone(TarryError):
    """A named request has done its work before, and the answer to it is not there any more."""

    code = "request-done"
    sort = Sort.CONFLICT
    message = (
        "The request with the idempotency key {key} has been here before and did {action} "
        "({subject}); its answer was not kept: look at what is there, and name a new request anew"
    )
