"""What happens to an execution: the events that go into the state machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tarry.platform.kernel.model import StepRunId


class Choice(StrEnum):
    """What a person decides about a step whose outcome is unknown."""

    AGAIN = "again"  # start it again, as a new step run
    GIVE_UP = "give-up"  # the step has failed, and the run with it


@dataclass(frozen=True, slots=True)
class StartAsked:
    """The execution's letter was taken out of the inbox."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """The manager is back: what it did not come to before is due now."""


@dataclass(frozen=True, slots=True)
class Continued:
    """What could not be done at once goes on."""


@dataclass(frozen=True, slots=True)
class RetryDue:
    """The pause after a failed step run is over."""

    step: StepRunId


@dataclass(frozen=True, slots=True)
class PlaceFree:
    """A service that takes only so many runs at once has a place for a step run that waits."""

    step: StepRunId


@dataclass(frozen=True, slots=True)
class AbortAsked:
    """Somebody wants the execution to end."""

    by: str


@dataclass(frozen=True, slots=True)
class ChoiceMade:
    """A person has decided about a step whose outcome is unknown."""

    number: int
    choice: Choice
    by: str


@dataclass(frozen=True, slots=True)
class StepAccepted:
    """The service runs the step; its outputs are dummies still."""

    step: StepRunId
    outputs: Mapping[str, str] | None
    folder: str = ""


@dataclass(frozen=True, slots=True)
class StepCompleted:
    """The service has completed the step; its outputs are final."""

    step: StepRunId
    outputs: Mapping[str, str]
    note: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class StepBroke:
    """The step is over without outputs; the reason is for people.

    Attributes:
        certain: nothing of it goes on at its service.
    """

    step: StepRunId
    code: str
    reason: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class StepWithheld:
    """We stop, and nothing of the start call has been sent: it is made after the restart."""

    step: StepRunId


@dataclass(frozen=True, slots=True)
class StepDoubted:
    """Nobody can know whether the start call arrived."""

    step: StepRunId
    reason: str


@dataclass(frozen=True, slots=True)
class StepStopped:
    """The abort of a step has come to its end, well or not: the note says what came of it."""

    step: StepRunId
    note: str


@dataclass(frozen=True, slots=True)
class StepReported:
    """An application, or the page that it shows, says itself that it is over."""

    step: StepRunId
    outputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StepTold:
    """A message was sent to a step run.

    Attributes:
        by: whose words they are.
        from_page: the step's own status page sent it while that person looked at it.
        answer: of the service; `None` if nobody knows whether the message arrived.
    """

    step: StepRunId
    message: str
    by: str
    from_page: bool
    answer: str | None


Happening = StepAccepted | StepCompleted | StepBroke | StepWithheld | StepDoubted | StepStopped
"""What the watch over a step run can tell its execution."""

Event = (
    StartAsked
    | Resumed
    | Continued
    | RetryDue
    | PlaceFree
    | AbortAsked
    | ChoiceMade
    | StepReported
    | StepTold
    | Happening
)
