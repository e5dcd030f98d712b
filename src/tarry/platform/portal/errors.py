"""What the browser's door refuses."""

from tarry.contract.errors import Sort, TarryError


class UnknownHost(TarryError):
    """The request names a host that this platform is not known under."""

    code = "unknown-host"
    sort = Sort.FORBIDDEN
    message = (
        "This platform is not known as {host}. If that is its right name, its operator adds it to "
        "TARRY_HOST_NAMES"
    )


class ForeignRequest(TarryError):
    """A page of another site made a visitor's browser send this."""

    code = "foreign-request"
    sort = Sort.FORBIDDEN
    message = "This request did not come from a page of this platform ({why}): nothing was done"


class TooMuch(TarryError):
    """The body of a request is larger than is taken here."""

    code = "too-large"
    sort = Sort.TOO_LARGE
    message = "More than {limit} bytes are not taken here"


class WrongCapability(TarryError):
    """The address of a status page does not carry the secret that opens it."""

    code = "wrong-capability"
    sort = Sort.FORBIDDEN
    message = "This address does not open a status page: open the run's page instead"
