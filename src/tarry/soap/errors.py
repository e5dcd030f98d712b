"""What can go wrong on the wire, told apart by what the caller may do next."""

from typing import ClassVar

from tarry.contract.errors import Sort, TarryError


class AddressRefused(TarryError):
    """The operator does not allow calls to this address."""

    code = "address-refused"
    sort = Sort.FORBIDDEN
    message = "{url} is not called: {reason}"


class NotSent(TarryError):
    """Not one byte of the request was sent: it may be repeated, whatever it does."""

    code = "not-sent"
    sort = Sort.UNAVAILABLE
    message = "{operation} did not reach {url}: {reason}"


class AnswerLost(TarryError):
    """Nobody can know whether the request arrived; time-outs too."""

    code = "answer-lost"
    sort = Sort.UNAVAILABLE
    message = "{operation} was sent to {url}, but no answer came: {reason}"


class SoapFault(TarryError):
    """The service answered with a fault.

    Attributes:
        fault_code: as the service wrote it, without its namespace prefix.
        fault_string: the service's own words.
        detail_code: the stable code that Tarry services put into the detail, else empty.
    """

    code = "soap-fault"
    sort = Sort.UNAVAILABLE
    message = "{operation} at {url} answered with a fault: {faultstring} ({faultcode})"

    def __init__(
        self, *, operation: str, url: str, faultcode: str, faultstring: str, detail_code: str = ""
    ) -> None:
        super().__init__(
            operation=operation,
            url=url,
            faultcode=faultcode,
            faultstring=faultstring or "no reason given",
        )
        self.fault_code = faultcode
        self.fault_string = faultstring
        self.detail_code = detail_code


class BadAnswer(TarryError):
    """An answer came, but it is not what the WSDL promises."""

    code = "bad-answer"
    sort = Sort.UNAVAILABLE
    message = "{operation} at {url}: the answer cannot be used: {what}"


class WsdlUnreadable(TarryError):
    """A WSDL, or a document that it imports, cannot be fetched or understood."""

    code = "wsdl-unreadable"
    sort = Sort.INVALID
    message = "The WSDL at {url} cannot be read: {reason}"


class WsdlUnreachable(WsdlUnreadable):
    """Nothing answers where a WSDL, or a document that it imports, should be."""

    code = "wsdl-unreachable"
    sort = Sort.UNAVAILABLE


class MalformedRequest(TarryError):
    """A request is no SOAP 1.1 envelope that we can read."""

    code = "malformed-request"
    sort = Sort.INVALID
    message = "The request cannot be read: {reason}"
    fault: ClassVar[str] = "Client"


class VersionMismatch(MalformedRequest):
    """The envelope belongs to another version of SOAP."""

    code = "version-mismatch"
    message = "The envelope is not of SOAP 1.1: {reason}"
    fault = "VersionMismatch"


class NotUnderstood(MalformedRequest):
    """A header must be understood, and we know none."""

    code = "header-not-understood"
    message = "The header {reason} must be understood, and is not"
    fault = "MustUnderstand"


class RequestTooLarge(TarryError):
    """A request's body is larger than the endpoint takes."""

    code = "request-too-large"
    sort = Sort.TOO_LARGE
    message = "The request is larger than {limit} bytes"


class RequestTooSlow(TarryError):
    """A request's body did not arrive in time."""

    code = "request-too-slow"
    sort = Sort.INVALID
    message = "The request did not arrive within {limit} s"


class UnknownOperation(TarryError):
    """The first element of the body names no operation."""

    code = "unknown-operation"
    sort = Sort.INVALID
    message = "There is no operation {operation}; there are: {known}"


class RepeatedElement(TarryError):
    """An argument was given twice, and is no list."""

    code = "repeated-element"
    sort = Sort.INVALID
    message = "{port}: given more than once"


class NestedElement(TarryError):
    """A plain value holds elements."""

    code = "nested-element"
    sort = Sort.INVALID
    message = "{port}: a plain value was expected, not the element {got}"


class TooManyItems(TarryError):
    """A list is longer than anybody can mean."""

    code = "too-many-items"
    sort = Sort.TOO_LARGE
    message = "{port}: the list has more than {limit} items"


class BadArgument(TarryError):
    """An argument has the wrong shape."""

    code = "bad-argument"
    sort = Sort.INVALID
    message = "{port}: must be {wanted}"


class UnwritableText(TarryError):
    """A text cannot stand in XML."""

    code = "unwritable-text"
    sort = Sort.INVALID
    message = "{port}: holds a character that XML cannot carry"


class BadInterface(TarryError):
    """An interface cannot be described so that every client understands it."""

    code = "bad-interface"
    sort = Sort.INVALID
    message = "Interface {interface}: {reason}"
