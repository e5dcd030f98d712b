"""What is asked of a service, and what comes back, in the domain's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from tarry.contract.status import Status
from tarry.platform.executions.model.execution import NO_PROJECT
from tarry.platform.executions.model.terms import Terms
from tarry.platform.kernel.model import ProjectId, StepRunId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCall:
    """All that is needed to call the service of a step run.

    Attributes:
        project: whose run it is.
        filled: inputs that get what the manager knows; port to what it gets.
        secrets: inputs that get a secret; port to the input of the workflow that it was given to.
        time_out: the step run is called off so long after its start call; none: it may last.
    """

    step: StepRunId
    terms: Terms
    inputs: Mapping[str, str]
    filled: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    time_out: timedelta | None = None
    project: ProjectId = NO_PROJECT


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service answered to a start call or a poll.

    Attributes:
        outputs: its own outputs; final only if the status is `Completed`.
        page_tag: the service's name for the page, if it gave one.
        folder: where the service keeps the run, if it said so.
    """

    status: Status
    outputs: Mapping[str, str]
    page_tag: str = ""
    folder: str = ""


class Trouble(StrEnum):
    """Why a call brought nothing, told apart by what may be done next."""

    NOT_SENT = "not-sent"  # not one byte of it: any call may be repeated
    LOST = "lost"  # it may have arrived or not; time-outs too
    BUSY = "busy"  # the service says itself that it cannot answer now
    FAULT = "fault"  # the service says no
    MALFORMED = "malformed"  # an answer that nobody can use
    REFUSED = "refused"  # we do not call there: the operator does not allow it
