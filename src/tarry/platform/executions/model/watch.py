"""The watch over one step run: what to call next and when, and what its answers mean. Pure.

Nothing of it is journalled: after a restart a new watch begins from the step run alone. Times are
readings of a clock that never goes back, in seconds.

    starting ──answer──▸ running ──COMPLETED, fault──▸ over
       │  ▴                 ▴
       │  └─repeatable───┐  │ the service knows it
       └──answer lost──▸ doubtful ──────────────▸ over (outcome unknown)

An application is not asked: once it has answered the start call, it is `waiting` until the
execution says that the application has reported. If that answer is lost, there is no question. Only
one that was made with Tarry is looked after when it pushes, and after a restart: its start call
does no harm twice, and is answered with the fault by which its program has ended, if it has.

An abort leads from each of them to `aborting`, and from there to `over`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from tarry.contract.kinds import Kind
from tarry.platform.executions.model.calls import Trouble
from tarry.platform.executions.model.events import (
    Happening,
    StepBroke,
    StepDoubted,
    StepStopped,
)
from tarry.platform.executions.model.terms import Terms
from tarry.platform.kernel.model import StepRunId

TIME_OUT = "time-out"
"""The code of a step that was called off."""
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 30.0
GROWTH = 0.25
"""Each pause between polls is this part of the time that the step has run: short runs are seen to
end at once, long ones cost little, and a restart need not remember anything."""
MOST_FAULTS = 3
"""So many faults or useless answers in a row, over so many seconds, are one too many."""
FAULTS_LAST = 4.0
MOST_SILENCES = 10
"""So many polls in a row without an answer are one too many, if it has lasted long enough."""
MOST_TRIES = 3
"""How often a start call is made at most if each one may have arrived."""
SHORTEST_GRACE = 5.0
GRACE = 0.01


class Phase(StrEnum):
    """What a watch is about."""

    STARTING = "starting"  # the start call is due, or under way
    DOUBTFUL = "doubtful"  # the start call may have arrived: the service is asked whether it knows
    RUNNING = "running"  # the service has answered the start call
    WAITING = "waiting"  # an application shows its page; it says by itself when it is over
    ABORTING = "aborting"  # the abort call is due, or under way
    OVER = "over"


class CallKind(StrEnum):
    """A call that a watch wants made."""

    START = "start"
    POLL = "poll"
    LOOK = "look"
    ABORT = "abort"


_CALL = {
    Phase.STARTING: CallKind.START,
    Phase.DOUBTFUL: CallKind.POLL,
    Phase.RUNNING: CallKind.POLL,
    Phase.ABORTING: CallKind.ABORT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The watch over one step run.

    Attributes:
        due: when the next call is to be made.
        began: when the step run was begun.
        sent: the service may know of the step run.
        tries: start calls that were made although one before may have arrived.
        pushed: the service was seen to push.
        look_again: it pushed while a call was under way.
        look: an application is to be looked after, once.
        first_outputs: the outputs of the first answer that was not final; `None` before it.
        lying_since: since when the service says *completed* but shows its first outputs.
        trouble: of the last call, if it failed.
        troubles: how often that happened in a row.
        trouble_since: since when no call has succeeded.
        doubt_since: since when the service answers, but not that it knows the step run.
        time_out: how long the step run may last, from its start call.
        deadline: when it is called off; `None` before the start call, and if it may last.
        timed_out: that is why it is being aborted.
        abort_by: when an abort that was asked for has to have come to its end.
        said: what is to be told of the abort so far.
        page_tag: the service's name for the page that we have.
    """

    step: StepRunId
    terms: Terms
    phase: Phase
    due: float
    began: float
    sent: bool = False
    tries: int = 0
    pushed: bool = False
    look_again: bool = False
    look: bool = False
    first_outputs: Mapping[str, str] | None = None
    lying_since: float | None = None
    trouble: Trouble | None = None
    troubles: int = 0
    trouble_since: float | None = None
    doubt_since: float | None = None
    time_out: timedelta | None = None
    deadline: float | None = None
    timed_out: bool = False
    abort_by: float | None = None
    said: str = ""
    page_tag: str = ""
    note: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing is left to be watched."""
        return self.phase is Phase.OVER

    @property
    def call(self) -> CallKind | None:
        """The call that is due next, if any is."""
        if self.phase is Phase.WAITING and self.look:
            return CallKind.LOOK
        return _CALL.get(self.phase)

    @property
    def answered_phase(self) -> Phase:
        """What follows on the answer to the start call."""
        return Phase.WAITING if self.terms.kind is Kind.APPLICATION else Phase.RUNNING

    @property
    def mute(self) -> bool:
        """Whether the service cannot be asked how a step run stands."""
        return self.terms.kind is not Kind.ASYNCHRONOUS

    @property
    def synchronous(self) -> bool:
        """Whether the start call itself brings the outputs."""
        return self.terms.kind is Kind.SYNCHRONOUS


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of an answer: the watch from now on, and what the execution has to know."""

    watch: Watch
    happening: Happening | None = None


def begin(step: StepRunId, terms: Terms, now: float, *, time_out: timedelta | None = None) -> Watch:
    """Watch over a step run whose intent has just become durable."""
    return Watch(
        step=step, terms=terms, phase=Phase.STARTING, due=now, began=now, time_out=time_out
    )


def called(watch: Watch, now: float) -> Watch:
    """Take note that the start call is being made; of several, the first counts."""
    if watch.time_out is None or watch.deadline is not None or watch.timed_out:
        return watch
    return replace(watch, deadline=now + watch.time_out.total_seconds())


def resume(
    step: StepRunId,
    terms: Terms,
    now: float,
    *,
    age: float,
    outputs: Mapping[str, str] | None,
    time_out: timedelta | None = None,
) -> Watch:
    """Watch over a step run that was running before we went down.

    Args:
        step: the step run.
        terms: of its service.
        now: the clock's reading.
        age: how long ago it was begun, in seconds.
        outputs: of its start answer.
        time_out: how long it may last.
    """
    watch = Watch(
        step=step,
        terms=terms,
        phase=Phase.RUNNING,
        due=now,
        began=now - age,
        sent=True,
        first_outputs=outputs,
        time_out=time_out,
    )
    watch = replace(watch, phase=watch.answered_phase, look=terms.at_most_once)
    return called(watch, watch.began)


def recover(
    step: StepRunId,
    terms: Terms,
    now: float,
    *,
    age: float,
    time_out: timedelta | None = None,
) -> Turn:
    """Watch over a step run that we went down with while its start call was being made.

    The id stays the same: a service made with Tarry answers with the run that it has.
    """
    watch = Watch(
        step=step,
        terms=terms,
        phase=Phase.STARTING,
        due=now,
        began=now - age,
        sent=True,
        time_out=time_out,
    )
    watch = called(watch, watch.began)
    return after_lost_start(watch, "the manager went down while it was being started", now)


def after_lost_start(watch: Watch, reason: str, now: float) -> Turn:
    """Decide what follows on a start call that may or may not have arrived."""
    if watch.terms.may_start_twice:
        return Turn(watch)
    if watch.mute:
        return doubt(watch, reason)
    first = watch.terms.pace.first.total_seconds()
    return Turn(replace(watch, phase=Phase.DOUBTFUL, due=now + first, trouble=None, troubles=0))


def dismiss(watch: Watch) -> Turn:
    """End the watch: the execution knows already how the step run ended."""
    return Turn(replace(watch, phase=Phase.OVER))


def stopped(watch: Watch, note: str, *, certain: bool) -> Turn:
    """End the watch over a step run that was aborted, or whose time is up.

    Args:
        watch: over the step run.
        note: what came of the abort.
        certain: nothing of it goes on at its service.
    """
    over = replace(watch, phase=Phase.OVER)
    if not watch.timed_out:
        return Turn(over, StepStopped(watch.step, note))
    limit = f"{watch.time_out.total_seconds():g} s" if watch.time_out else "its time"
    reason = f"it has lasted longer than {limit}. {note}"
    return Turn(over, StepBroke(watch.step, TIME_OUT, reason, certain=certain))


def doubt(watch: Watch, reason: str) -> Turn:
    """End the watch: a person has to find out."""
    words = f"nobody knows whether it was started: {reason}"
    return Turn(replace(watch, phase=Phase.OVER), StepDoubted(watch.step, words))


def push(watch: Watch, now: float, *, under_way: bool) -> Watch:
    """Take note of a push: the service has something new.

    A call that is under way may have missed it, so that its answer is followed by another look.
    """
    asks = watch.phase in {Phase.RUNNING, Phase.DOUBTFUL}
    looks = watch.phase is Phase.WAITING and watch.terms.at_most_once
    due = now if (asks or looks) and not under_way else watch.due
    again = watch.look_again or under_way
    return replace(watch, pushed=True, look_again=again, look=watch.look or looks, due=due)


def pause(watch: Watch, now: float) -> float:
    """Give the pause before the next poll of a service that answers."""
    pace = watch.terms.pace
    if watch.pushed:
        return pace.pushed.total_seconds()
    grown = max(pace.first.total_seconds(), GROWTH * (now - watch.began))
    return min(grown, pace.slowest.total_seconds())


def growing_pause(troubles: int) -> float:
    """Give the pause after so many failures in a row."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(troubles - 1, 10))


def grace_of(watch: Watch, now: float) -> float:
    """Give how long a service is not believed that says *completed* without outputs."""
    return max(SHORTEST_GRACE, GRACE * (now - watch.began))


def calm(watch: Watch) -> Watch:
    """Forget the trouble: a call has succeeded."""
    if watch.trouble is None and not watch.note and watch.trouble_since is None:
        return watch
    return replace(watch, trouble=None, troubles=0, trouble_since=None, doubt_since=None, note="")
