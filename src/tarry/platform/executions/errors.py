"""The executions' part of the error tree."""

from tarry.contract.errors import Sort, TarryError


class RunIsOver(TarryError):
    """Nothing of a run that is over changes any more."""

    code = "run-is-over"
    sort = Sort.CONFLICT
    message = "Run {run} is over ({state})"


class NotResumable(TarryError):
    """There is nothing to go on with in a run that goes on itself, or that has succeeded."""

    code = "not-resumable"
    sort = Sort.CONFLICT
    message = (
        "Run {run} cannot be resumed: its state is {state}; only what failed or was aborted can be"
    )


class NothingToDecide(TarryError):
    """A decision was made about a step that does not wait for one."""

    code = "nothing-to-decide"
    sort = Sort.CONFLICT
    message = "Step run {number} of run {run} does not wait for a decision: it is {state}"


class NotAwaited(TarryError):
    """A report that nobody may make, or not with this token: which of the two is not told."""

    code = "not-awaited"
    sort = Sort.FORBIDDEN
    message = "No application of that serviceID waits for a report with that sessionToken"


class ReportsNothing(TarryError):
    """A service that is asked for its outputs reports them."""

    code = "reports-nothing"
    sort = Sort.CONFLICT
    message = "Service {service} is {kind}: its outputs come with its answers, it does not report"


class StepIsOver(TarryError):
    """Nothing of a step run that is over changes any more."""

    code = "step-is-over"
    sort = Sort.CONFLICT
    message = "Step run {step} is over ({state}): its report comes too late"


class NotListening(TarryError):
    """A message was sent to a step that cannot be told anything."""

    code = "not-listening"
    sort = Sort.CONFLICT
    message = "Step {number} of run {run} takes no messages: {reason}"


class MessageRefused(TarryError):
    """A service did not take a message."""

    code = "message-refused"
    sort = Sort.CONFLICT
    message = "The service did not take the message: {reason}"


class MessageLost(TarryError):
    """A message has not arrived, or nobody knows whether it has."""

    code = "message-lost"
    sort = Sort.UNAVAILABLE
    message = "{what}: {reason}"


class RunIsNotOver(TarryError):
    """A run has no results yet."""

    code = "run-is-not-over"
    sort = Sort.CONFLICT
    message = "Run {run} is not over ({state}): ask for its results when it is"


class RunFailed(TarryError):
    """What a run that failed or was aborted answers to who wants its status or its results."""

    code = "run-failed"
    sort = Sort.CONFLICT
    message = "{reason}"


class BadCapability(TarryError):
    """A capability that we did not give, or not for this."""

    code = "bad-capability"
    sort = Sort.FORBIDDEN
    message = "The capability is not valid"


class ImpossibleMove(TarryError):
    """The state machine was told to make a move that its table does not have."""

    code = "impossible-move"
    message = "{what} cannot go from {state} to {to}"


class JournalBroken(TarryError):
    """Somebody else wrote the journal of a run that we are the manager of."""

    code = "journal-broken"
    message = "The journal of run {run} was written by somebody else: is there a second manager?"


class RequestDiffers(TarryError):
    """A key that names a request was used again for another one."""

    code = "idempotency-key-reused"
    sort = Sort.INVALID
    message = (
        "The idempotency key {key} was used for another request: take a new one for a new request"
    )


class RequestUnderWay(TarryError):
    """The same request was sent again while the first one is being answered."""

    code = "request-in-flight"
    sort = Sort.CONFLICT
    message = "The request with the idempotency key {key} is being answered: ask again in a moment"


class CannotTell(TarryError):
    """Somebody wants to be told about a run in a way that cannot work."""

    code = "cannot-tell"
    sort = Sort.INVALID
    message = "tell.{number}.{channel}: {reason}"
