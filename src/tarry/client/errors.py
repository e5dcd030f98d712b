"""What can go wrong between a client and the platform."""

from collections.abc import Mapping

from tarry.client.findings import Remark, remarks
from tarry.contract.errors import HTTP_STATUS, Sort, TarryError

_SORTS = {status: sort for sort, status in HTTP_STATUS.items()}


class PlatformError(TarryError):
    """The platform refused a call; the code and the message are the platform's own.

    Attributes:
        problem: the whole `application/problem+json` of the answer.
        status: the HTTP status.
    """

    message = "{detail}"

    def __init__(
        self, *, code: str, detail: str, status: int, problem: Mapping[str, object]
    ) -> None:
        super().__init__(detail=detail)
        self.code = code  # type: ignore[misc]  # the platform's code, not one of this class
        self.sort = _SORTS.get(status, Sort.INTERNAL)  # type: ignore[misc]
        self.status = status
        self.problem = problem

    @property
    def problems(self) -> tuple[Remark, ...]:
        """All that is wrong with a workflow, if that is what the platform refused."""
        return remarks(self.problem.get("problems"))


class Unreachable(TarryError):
    """Nothing answers at the platform's address.

    Attributes:
        sent: the request may have arrived there, and its answer was lost.
    """

    code = "platform-unreachable"
    sort = Sort.UNAVAILABLE
    message = (
        "The platform at {url} does not answer ({reason}). Is it running there? "
        "Start one with `tarry demo` or `tarry up`, or name another address in TARRY_URL"
    )
    sent = False

    @classmethod
    def after(cls, url: str, reason: str, *, sent: bool) -> "Unreachable":
        """Make one that knows whether the request may have arrived."""
        made = cls(url=url, reason=reason)
        made.sent = sent
        return made


class Moved(TarryError):
    """The platform answers with a redirection, which could take the token elsewhere."""

    code = "platform-moved"
    sort = Sort.UNAVAILABLE
    message = "{url} sends its callers on to {target}: use that address in TARRY_URL"


class NotThePlatform(TarryError):
    """Something answers at the address, but it is no Tarry platform."""

    code = "not-the-platform"
    sort = Sort.UNAVAILABLE
    message = "{url} answered {status} with something that is not Tarry's: is the address right?"


class TransferFailed(TarryError):
    """A file did not arrive whole; nothing was left behind."""

    code = "transfer-failed"
    sort = Sort.UNAVAILABLE
    message = "{name}: {reason}; nothing was kept of it, so try again"


def refusal(url: str, status: int, problem: object) -> PlatformError | NotThePlatform:
    """Read what an answer says that is none.

    Args:
        url: of the platform.
        status: of the answer.
        problem: its JSON, or `None` if it has none.
    """
    if not isinstance(problem, Mapping) or "code" not in problem:
        return NotThePlatform(url=url, status=status)
    return PlatformError(
        code=str(problem["code"]),
        detail=str(problem.get("detail") or problem.get("title") or "The platform refused"),
        status=status,
        problem=problem,
    )
