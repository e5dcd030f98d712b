"""What follows on a call that brought no answer: again, doubt, or the end of the step."""

from dataclasses import replace
from typing import assert_never

from tarry.platform.executions.model.calls import Trouble
from tarry.platform.executions.model.events import StepBroke
from tarry.platform.executions.model.watch import (
    FAULTS_LAST,
    MOST_FAULTS,
    MOST_SILENCES,
    MOST_TRIES,
    Phase,
    Turn,
    Watch,
    after_lost_start,
    doubt,
    growing_pause,
    stopped,
)

UNREACHABLE = "unreachable"
CODES = {
    Trouble.NOT_SENT: UNREACHABLE,
    Trouble.LOST: "no-answer",
    Trouble.BUSY: "service-busy",
    Trouble.FAULT: "service-fault",
    Trouble.MALFORMED: "bad-answer",
    Trouble.REFUSED: "address-refused",
}
"""The code of a failed step, by what was the matter."""


def failed(watch: Watch, trouble: Trouble, reason: str, now: float) -> Turn:
    """Take note of a start call or a poll that brought no answer."""
    troubles = watch.troubles + 1 if trouble is watch.trouble else 1
    noted = replace(
        watch,
        trouble=trouble,
        troubles=troubles,
        trouble_since=now if watch.trouble_since is None else watch.trouble_since,
        due=now + growing_pause(troubles),
        note=reason,
    )
    match watch.phase:
        case Phase.STARTING:
            return _start_failed(noted, trouble, reason, now)
        case Phase.DOUBTFUL:
            return _question_failed(noted, trouble, reason, now)
        case Phase.RUNNING:
            return _poll_failed(noted, trouble, reason, now)
        case Phase.WAITING:
            if trouble is Trouble.FAULT:
                return _broke(watch, trouble, reason)
            # That says nothing of what it is at: its report may still come.
            return Turn(replace(watch, look=watch.look_again, look_again=False))
        case Phase.ABORTING | Phase.OVER:
            return Turn(watch)
        case _:
            assert_never(watch.phase)


def _start_failed(watch: Watch, trouble: Trouble, reason: str, now: float) -> Turn:
    if trouble is Trouble.LOST:
        watch = replace(watch, sent=True, tries=watch.tries + 1)
    if watch.abort_by is not None:
        return _start_failed_in_abort(watch, trouble, reason, now)
    too_long = _waited(watch, now) >= watch.terms.patience.start.total_seconds()
    match trouble:
        case Trouble.NOT_SENT:
            if too_long and watch.sent and not watch.terms.may_start_twice:
                return doubt(watch, reason)
            return _broke(watch, trouble, reason) if too_long else Turn(watch)
        case Trouble.LOST:
            tired = watch.tries >= MOST_TRIES and not watch.terms.at_most_once
            if watch.terms.may_start_twice and (tired or too_long):
                return _broke(watch, trouble, reason)
            return after_lost_start(watch, reason, now)
        case Trouble.BUSY if watch.terms.at_most_once:
            return _broke(watch, trouble, reason) if too_long else Turn(watch)
        case Trouble.MALFORMED if watch.terms.at_most_once and watch.troubles < MOST_TRIES:
            return Turn(watch)
        case Trouble.BUSY | Trouble.FAULT | Trouble.MALFORMED | Trouble.REFUSED:
            return _broke(watch, trouble, reason)
        case _:
            assert_never(trouble)


def _start_failed_in_abort(watch: Watch, trouble: Trouble, reason: str, now: float) -> Turn:
    if trouble is Trouble.LOST or (trouble is Trouble.NOT_SENT and watch.sent):
        if watch.synchronous:
            note = f"The outcome of the call is unknown: {reason}"
            return stopped(watch, note, certain=False)
        return Turn(replace(watch, phase=Phase.ABORTING, due=now))
    if trouble is Trouble.NOT_SENT:
        return stopped(watch, "It had not been started", certain=True)
    return _broke(watch, trouble, reason)


def _question_failed(watch: Watch, trouble: Trouble, reason: str, now: float) -> Turn:
    """A service that may or may not have been started does not say that it knows the step run."""
    if trouble in {Trouble.NOT_SENT, Trouble.LOST, Trouble.BUSY}:
        too_long = _waited(watch, now) >= watch.terms.patience.start.total_seconds()
        return doubt(watch, reason) if too_long else Turn(watch)
    since = now if watch.doubt_since is None else watch.doubt_since
    watch = replace(watch, doubt_since=since)
    if now - since < watch.terms.patience.doubt.total_seconds():
        # Services in the field fault on their first polls although they run.
        return Turn(replace(watch, due=min(watch.due, now + 5.0)))
    if watch.terms.repeatable and watch.tries < MOST_TRIES:
        again = replace(watch, phase=Phase.STARTING, due=now, tries=watch.tries + 1)
        return Turn(replace(again, doubt_since=None, trouble_since=None, troubles=0))
    return doubt(watch, reason)


def _poll_failed(watch: Watch, trouble: Trouble, reason: str, now: float) -> Turn:
    too_long = _waited(watch, now) >= watch.terms.patience.running.total_seconds()
    match trouble:
        case Trouble.NOT_SENT | Trouble.BUSY:
            return _broke(watch, trouble, reason) if too_long else Turn(watch)
        case Trouble.LOST:
            silent = _waited(watch, now) >= watch.terms.patience.silent.total_seconds()
            hangs = silent and watch.troubles >= MOST_SILENCES
            return _broke(watch, trouble, reason) if hangs or too_long else Turn(watch)
        case Trouble.FAULT if watch.terms.at_most_once:
            return _broke(watch, trouble, reason)
        case Trouble.FAULT | Trouble.MALFORMED:
            # One bad answer may be a file that was read while it was written (CONTRACT §2).
            often = watch.troubles >= MOST_FAULTS and _waited(watch, now) >= FAULTS_LAST
            return _broke(watch, trouble, reason) if often or too_long else Turn(watch)
        case Trouble.REFUSED:
            return _broke(watch, trouble, reason)
        case _:
            assert_never(trouble)


def _waited(watch: Watch, now: float) -> float:
    return 0.0 if watch.trouble_since is None else now - watch.trouble_since


def _broke(watch: Watch, trouble: Trouble, reason: str) -> Turn:
    over = replace(watch, phase=Phase.OVER)
    refused = trouble in {Trouble.FAULT, Trouble.REFUSED}
    never_sent = trouble in {Trouble.NOT_SENT, Trouble.BUSY} and not watch.sent
    certain = refused or never_sent
    return Turn(over, StepBroke(watch.step, CODES[trouble], reason, certain=certain))
