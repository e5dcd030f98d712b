"""The catalogue's part of the error tree."""

from collections.abc import Iterable

from tarry.contract.errors import Sort, TarryError


class UnknownOperation(TarryError):
    """The WSDL does not offer the operation that is to be registered."""

    code = "unknown-operation"
    sort = Sort.INVALID
    message = "The WSDL at {url} has no operation {operation}; it has: {known}"


class ContractBroken(TarryError):
    """A service cannot be registered: it does not keep the contract of its kind.

    Attributes:
        violations: one sentence each, all of them.
    """

    code = "contract-broken"
    sort = Sort.INVALID
    message = "{operation} at {url} cannot be registered as {kind}: {violations}"

    def __init__(self, *, operation: str, url: str, kind: str, violations: Iterable[str]) -> None:
        self.violations = tuple(violations)
        super().__init__(
            operation=operation, url=url, kind=kind, violations="; ".join(self.violations)
        )


class NotPublished(TarryError):
    """A workflow exists, but runs cannot start from it yet."""

    code = "not-published"
    sort = Sort.CONFLICT
    message = "Workflow {workflow} is not published: publish it first"


class NameTaken(TarryError):
    """Another thing of the project has this name already."""

    code = "name-taken"
    sort = Sort.CONFLICT
    message = "The {what} {name} exists already, with the URI {uri}: choose another name or URI"


class BadServiceAddress(TarryError):
    """A name or URI that workflow documents cannot use."""

    code = "bad-service-uri"
    sort = Sort.INVALID
    message = "{what} {got} cannot be used: {rule}"
