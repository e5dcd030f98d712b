"""What the journal holds: facts of one execution, in order. Never a poll.

Every field is plain data, so that a record of an old version can be read for ever. A new version
adds kinds and fields with defaults; what changes the meaning of old ones raises `FORMAT`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tarry.platform.executions.model.events import Choice
from tarry.platform.executions.model.execution import Failure, Place
from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.kernel.model import StepRunId

FORMAT = 1
"""The version of the journal's format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The manager has taken the execution on."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """A step run is about to be started. This is durable before the start call is made.

    Attributes:
        inputs: values; secrets are covered.
        secrets: which input of the step gets which secret input of the workflow. Their values are
            in no journal.
    """

    at: datetime
    step: StepRunId
    number: int
    place: Place
    attempt: int
    inputs: Mapping[str, str]
    filled: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The service has answered the start call."""

    at: datetime
    step: StepRunId
    outputs: Mapping[str, str] | None
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeeded:
    """The step run has its outputs."""

    at: datetime
    step: StepRunId
    outputs: Mapping[str, str]
    note: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The step run has failed."""

    at: datetime
    step: StepRunId
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubted:
    """Nobody can know whether the start call arrived."""

    at: datetime
    step: StepRunId
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """Nothing of the start call was sent, and nothing will be before it is renewed."""

    at: datetime
    step: StepRunId


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """The start call of a step run that was withheld is about to be made."""

    at: datetime
    step: StepRunId


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A person has decided about a step run whose outcome is unknown."""

    at: datetime
    step: StepRunId
    choice: Choice
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A message was sent to the step run; see `StepTold`."""

    at: datetime
    step: StepRunId
    message: str
    by: str
    from_page: bool
    answer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AbortRequested:
    """Somebody wants the execution to end."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """The step run was aborted, as far as its service could."""

    at: datetime
    step: StepRunId
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPlanned:
    """The step run has failed; another attempt is made when it is due."""

    at: datetime
    step: StepRunId
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOver:
    """The step run has failed; the run goes on with these outputs."""

    at: datetime
    step: StepRunId
    outputs: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """A step run of the run that this one resumes counts here too; nothing is called.

    Attributes:
        origin: the step run that was called.
    """

    at: datetime
    step: StepRunId
    number: int
    place: Place
    origin: StepRunId
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    filled: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    folder: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branched:
    """The condition of a branch was decided."""

    at: datetime
    place: Place
    then: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundBegun:
    """A loop goes into a round.

    Attributes:
        round: from 0.
        carried: values of the loop in this round, by id.
        fresh: see `Rounds`.
    """

    at: datetime
    place: Place
    round: int
    carried: Mapping[str, str] = field(default_factory=dict)
    fresh: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopEnded:
    """A loop has no more rounds.

    Attributes:
        carried: values of the loop at its end, by id.
        fresh: see `Rounds`.
    """

    at: datetime
    place: Place
    rounds: int
    carried: Mapping[str, str] = field(default_factory=dict)
    fresh: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FannedOut:
    """A for-each goes through these items.

    Attributes:
        fresh: see `Items`.
    """

    at: datetime
    place: Place
    items: tuple[str, ...]
    fresh: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FannedIn:
    """Every item of a for-each is done.

    Attributes:
        gathered: the lists that it gives, by id.
        fresh: see `Items`.
    """

    at: datetime
    place: Place
    gathered: Mapping[str, str] = field(default_factory=dict)
    fresh: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The execution has failed; the step runs that are still open are being stopped."""

    at: datetime
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The execution is over."""

    at: datetime
    state: ExecutionState
    outputs: Mapping[str, str]
    failure: Failure | None


Record = (
    Begun
    | Intended
    | Accepted
    | Succeeded
    | Failed
    | Doubted
    | Withheld
    | Renewed
    | Decided
    | Told
    | AbortRequested
    | Stopped
    | RetryPlanned
    | PassedOver
    | TakenOver
    | Branched
    | RoundBegun
    | LoopEnded
    | FannedOut
    | FannedIn
    | Broken
    | Ended
)

Deciding = Branched | RoundBegun | LoopEnded | FannedOut | FannedIn
"""What was decided at the place of a construct."""
