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


class BadName(TarryError):
    """A workflow cannot have the name that somebody asks for."""

    code = "bad-workflow-name"
    sort = Sort.INVALID
    message = "A workflow cannot be called {got!r}: the name {rule}"


class BadServiceAddress(TarryError):
    """A name or URI that workflow documents cannot use."""

    code = "bad-service-uri"
    sort = Sort.INVALID
    message = "{what} {got} cannot be used: {rule}"


class Collision(TarryError):
    """Somebody else changed the same thing at the same moment; nothing of this call was written."""

    code = "changed-meanwhile"
    sort = Sort.CONFLICT
    message = "{what} {name} was changed by somebody else at this very moment: try again"


class NewerVersion(TarryError):
    """What somebody saved meanwhile would be hidden by this call.

    Attributes:
        expected: the version that the caller started from; 0: there was none.
        newest: the version that is there now.
    """

    code = "newer-version"
    sort = Sort.OUTDATED
    message = (
        "Workflow {workflow} is at version {newest} by now ({newer}), not at {expected}: "
        "look at that first, then save yours after it"
    )


class BadCorrection(TarryError):
    """What was said of a port cannot be true."""

    code = "bad-correction"
    sort = Sort.INVALID
    message = "{operation} cannot be corrected so: {reasons}"


class InUse(TarryError):
    """A service cannot go: published workflows need it."""

    code = "in-use"
    sort = Sort.CONFLICT
    message = "Service {service} is used by published workflows: {workflows}"


class BreaksOthers(TarryError):
    """Published workflows use this one, and could no longer run."""

    code = "breaks-workflows"
    sort = Sort.CONFLICT
    message = (
        "{what} of workflow {workflow} breaks published workflows that use it: {workflows}; "
        "mend those first, or insist (force)"
    )


class NotADraft(TarryError):
    """A version of a workflow stays: runs may have been started from it."""

    code = "not-a-draft"
    sort = Sort.CONFLICT
    message = "Version {version} of workflow {workflow} was published: only drafts are deleted"


class BadPicture(TarryError):
    """A picture cannot be shown."""

    code = "bad-picture"
    sort = Sort.INVALID
    message = "The picture cannot be used: {reason}"
