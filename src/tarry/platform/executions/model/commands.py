"""What the state machine wants done, once its records are durable and never before."""

from dataclasses import dataclass
from datetime import datetime

from tarry.platform.kernel.model import StepRunId


@dataclass(frozen=True, slots=True)
class Start:
    """Make the start call of a step run whose intent is written."""

    step: StepRunId


@dataclass(frozen=True, slots=True)
class Recover:
    """Find out about a start call that may or may not have been made before we went down."""

    step: StepRunId


@dataclass(frozen=True, slots=True)
class Watch:
    """Go on asking about a step run that runs."""

    step: StepRunId


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Watch no longer over a step run: it has said itself that it is over."""

    step: StepRunId


@dataclass(frozen=True, slots=True)
class Abort:
    """Ask the service to stop a step run, and say what came of it."""

    step: StepRunId


@dataclass(frozen=True, slots=True)
class Wake:
    """Say when it is due that a step run that failed is to be tried again."""

    step: StepRunId
    due: datetime


@dataclass(frozen=True, slots=True)
class Continue:
    """Come back with `Continued`: there is more to do, and others have their turn first."""


@dataclass(frozen=True, slots=True)
class FetchLastPage:
    """Get the page that the service shows at the end; nothing waits for it."""

    step: StepRunId


@dataclass(frozen=True, slots=True)
class Settle:
    """The execution is over: once its last pages are here, end its token."""


Command = Start | Recover | Watch | Dismiss | Abort | Wake | Continue | FetchLastPage | Settle
