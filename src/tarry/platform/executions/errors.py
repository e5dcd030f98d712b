"""The executions' part of the error tree."""

from tarry.contract.errors import Sort, TarryError


class RunIsOver(TarryError):
    """Nothing of a run that is over changes any more."""

    code = "run-is-over"
    sort = Sort.CONFLICT
    message = "Run {run} is over ({state})"


class NothingToDecide(TarryError):
    """A decision was made about a step that does not wait for one."""

    code = "nothing-to-decide"
    sort = Sort.CONFLICT
    message = "Step run {number} of run {run} does not wait for a decision: it is {state}"


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
