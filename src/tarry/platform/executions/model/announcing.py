"""Telling people about a run that ended or waits for them: what is told, and when again. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tarry.platform.executions.model.execution import Failure
from tarry.platform.executions.model.states import OVER, ExecutionState, StepState
from tarry.platform.executions.model.telling import Channel
from tarry.platform.executions.model.views import RunView
from tarry.platform.kernel.model import ExecutionId


class Occasion(StrEnum):
    """What somebody is told of."""

    ENDED = "ended"
    WAITS = "waits"  # a step shows a page that waits for an answer
    UNDECIDED = "undecided"  # a person must decide about a step whose outcome is unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Somebody's wish to be told about a run.

    Attributes:
        address: a URL, or an e-mail address.
        told: what they have been told already: keys of announcements.
        tries: how often the next announcement could not be delivered.
    """

    id: int
    execution: ExecutionId
    channel: Channel
    address: str = field(repr=False)
    told: frozenset[str] = frozenset()
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One thing to tell.

    Attributes:
        key: names it among those of its run, so that a receiver can tell a repetition.
        step: the name of the step that waits; empty at the end.
        link: where a person looks at the run.
    """

    key: str
    occasion: Occasion
    execution: ExecutionId
    workflow: str
    title: str
    state: ExecutionState
    at: datetime
    step: str = ""
    failure: Failure | None = None
    link: str = ""

    def as_json(self) -> Mapping[str, object]:
        """Give what a webhook gets: that something happened, and where to ask. No values."""
        failure = self.failure and {"code": self.failure.code, "message": self.failure.message}
        return {
            "event": self.occasion.value,
            "key": self.key,
            "at": self.at.isoformat(),
            "run": {
                "id": self.execution,
                "workflow": self.workflow,
                "title": self.title,
                "state": self.state.value,
                "failure": failure,
                "url": self.link,
            },
            "step": self.step or None,
        }

    @property
    def headline(self) -> str:
        """One line for people."""
        match self.occasion:
            case Occasion.ENDED:
                return f"{self.title}: the run has {_ENDS[self.state]}"
            case Occasion.WAITS:
                return f"{self.title}: {self.step} waits for an answer"
            case Occasion.UNDECIDED:
                return f"{self.title}: somebody has to decide about {self.step}"


_ENDS = {
    ExecutionState.SUCCEEDED: "succeeded",
    ExecutionState.FAILED: "failed",
    ExecutionState.ABORTED: "been aborted",
}

PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 28_800)
)
"""Between attempts to deliver; after the last one, about a day later, we give up."""


def next_pause(tries: int) -> timedelta | None:
    """Give the pause after so many failed attempts, at least one; `None`: give up."""
    return PAUSES[tries - 1] if tries <= len(PAUSES) else None


def announcements(run: RunView, now: datetime, link: str) -> tuple[Announcement, ...]:
    """Give what there is to tell about a run, in the order in which it is told."""
    common = {
        "execution": run.id,
        "workflow": run.workflow,
        "title": run.title,
        "state": run.state,
        "link": link,
    }
    found = [
        Announcement(
            key=f"{occasion}:{step.number}",
            occasion=occasion,
            at=step.started_at,
            step=step.name or step.key,
            **common,  # type: ignore[arg-type]
        )
        for step in run.steps
        if run.state not in OVER
        for occasion in _occasions(run, step.waits, step.state)
    ]
    if run.state in OVER:
        ended = Announcement(
            key=Occasion.ENDED.value,
            occasion=Occasion.ENDED,
            at=run.ended_at or now,
            failure=run.failure,
            **common,  # type: ignore[arg-type]
        )
        found.append(ended)
    return tuple(found)


def _occasions(run: RunView, waits: bool, state: StepState) -> tuple[Occasion, ...]:
    if waits:
        return (Occasion.WAITS,)
    if state is StepState.UNKNOWN and run.state is ExecutionState.UNDECIDED:
        return (Occasion.UNDECIDED,)
    return ()
