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
