"""What the answers of a service mean for the watch over a step run."""

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from tarry.contract.errors import InvalidValue
from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType, items, parse
from tarry.contract.status import Completed, Page, Unchanged
from tarry.platform.executions.model.calls import Answer, Trouble
from tarry.platform.executions.model.events import (
    StepAccepted,
    StepBroke,
    StepCompleted,
)
from tarry.platform.executions.model.watch import (
    CallKind,
    Phase,
    Turn,
    Watch,
    calm,
    grace_of,
    pause,
    stopped,
)

PROTOCOL_ERROR = "protocol-error"
TOO_LARGE = "value-too-large"
_STRICT = {PortType.INTEGER, PortType.DECIMAL, PortType.BOOLEAN, PortType.CHOICE}
LARGEST_VALUE = 4 * 1024 * 1024
"""Characters of one output. Nothing is cut: a step that brings more has failed."""


def answered(watch: Watch, call: CallKind, answer: Answer, now: float) -> Turn:
    """Take the answer to a start call or a poll."""
    if watch.phase in {Phase.ABORTING, Phase.OVER}:
        # The abort decides now; but what is completed is completed.
        if isinstance(answer.status, Completed) and watch.phase is Phase.ABORTING:
            return _complete(watch, answer, "")
        return Turn(watch)
    watch = calm(watch)
    match answer.status:
        case Completed():
            return _completed(watch, call, answer, now)
        case Page() | Unchanged():
            return _runs(watch, answer, now)
        case _:
            assert_never(answer.status)


def _runs(watch: Watch, answer: Answer, now: float) -> Turn:
    happening = None
    if watch.phase is not watch.answered_phase:
        watch = replace(watch, phase=watch.answered_phase, sent=True)
        happening = StepAccepted(watch.step, answer.outputs, answer.folder)
    first = answer.outputs if watch.first_outputs is None else watch.first_outputs
    watch = replace(
        watch,
        first_outputs=first,
        lying_since=None,
        page_tag=answer.page_tag or watch.page_tag,
        due=now if watch.look_again else now + pause(watch, now),
        look=watch.look_again and watch.terms.at_most_once,
        look_again=False,
    )
    if watch.abort_by is not None:  # the abort had to wait for the start call
        watch = replace(watch, phase=Phase.ABORTING, due=now)
    return Turn(watch, happening)


def _completed(watch: Watch, call: CallKind, answer: Answer, now: float) -> Turn:
    if call is CallKind.START or not _looks_unfinished(watch, answer.outputs):
        return _complete(watch, answer, "")
    since = now if watch.lying_since is None else watch.lying_since
    grace = grace_of(watch, now)
    if now - since >= grace:
        note = "The service says that it is complete, but its outputs are as at the start"
        return _complete(watch, answer, note)
    return Turn(replace(watch, lying_since=since, due=now + max(0.5, grace / 10)))


def _looks_unfinished(watch: Watch, outputs: Mapping[str, str]) -> bool:
    """Tell whether a service calls dummies its result, as some do for the last seconds of a run.

    Source: CONTRACT §2, defect 1. Services made with Tarry don't.
    """
    if watch.terms.at_most_once or not watch.first_outputs:
        return False
    return all(outputs.get(port) == first for port, first in watch.first_outputs.items())


def _complete(watch: Watch, answer: Answer, note: str) -> Turn:
    over = replace(watch, phase=Phase.OVER)
    missing = [
        port.name
        for port in watch.terms.outputs
        if port.required and port.name not in answer.outputs
    ]
    if missing:
        reason = f"it is complete, but brought no value for: {', '.join(missing)}"
        return Turn(over, StepBroke(watch.step, PROTOCOL_ERROR, reason))
    wrong = [found for port in watch.terms.outputs if (found := _misfit(port, answer.outputs))]
    if wrong:
        reason = f"it is complete, but brought what its description rules out: {'; '.join(wrong)}"
        return Turn(over, StepBroke(watch.step, PROTOCOL_ERROR, reason))
    large = [name for name, value in answer.outputs.items() if len(value) > LARGEST_VALUE]
    if large:
        reason = (
            f"it is complete, but these outputs have more than {LARGEST_VALUE:,} characters, the "
            f"most that is kept: {', '.join(large)}; hand on what is larger as a file"
        )
        return Turn(over, StepBroke(watch.step, TOO_LARGE, reason))
    return Turn(over, StepCompleted(watch.step, answer.outputs, note, answer.folder))


def _misfit(port: Port, outputs: Mapping[str, str]) -> str:
    """Say why an output is not of its type; empty if it is, or if nothing can be said of it.

    Texts and addresses are as services write them, and what is empty has no value: only forms that
    nobody could work with are refused, where they come from and not steps later.
    """
    text = outputs.get(port.name, "")
    try:
        # Of the port's rules only its form counts: a result outside its range is one all the same.
        plain = Port(name=port.name, type=port.type, many=port.many, choices=port.choices)
        for item in items(plain, text) if text else ():
            if plain.type in _STRICT:
                parse(plain, item)
    except InvalidValue as error:
        return str(error)
    return ""


NOT_ABORTABLE = "The service has no abortService: its program may still be running"
NOT_AWAITED = "Nobody waits for its answer any more"


def overdue(watch: Watch, now: float, *, under_way: bool) -> Turn:
    """Call a step run off whose time is up; its failure says what came of that.

    Args:
        watch: over the step run.
        now: the clock's reading.
        under_way: a start call is being made.
    """
    if watch.over or watch.abort_by is not None:
        return Turn(replace(watch, deadline=None))
    watch = replace(watch, deadline=None, timed_out=True)
    if watch.synchronous and under_way:
        return stopped(watch, "The outcome of the call is unknown", certain=False)
    return ask_abort(watch, now, under_way=under_way)


def ask_abort(watch: Watch, now: float, *, under_way: bool) -> Turn:
    """Take note that the step run is to be aborted.

    Args:
        watch: over the step run.
        now: the clock's reading.
        under_way: a call is being made.
    """
    if watch.over or watch.abort_by is not None:
        return Turn(watch)
    limit = now + watch.terms.patience.abort.total_seconds()
    watch = replace(watch, abort_by=limit, said="The service has not answered the abort in time")
    starting = watch.phase is Phase.STARTING
    if starting and under_way:
        # An abort now could overtake the start call, and would then stop nothing.
        return Turn(replace(watch, said="The start call was not answered in time: outcome unknown"))
    if starting and not watch.sent:
        return stopped(watch, "It had not been started", certain=True)
    if watch.synchronous:
        return stopped(watch, "The outcome of the call is unknown", certain=False)
    return Turn(replace(watch, phase=Phase.ABORTING, due=now))


def abort_answered(watch: Watch, done: bool | None, now: float) -> Turn:
    """Take the answer to an abort call; `None` says that the service has no such operation."""
    if watch.over:
        return Turn(watch)
    if done is None:
        application = watch.terms.kind is Kind.APPLICATION
        note = NOT_AWAITED if application else NOT_ABORTABLE
        return stopped(watch, note, certain=application)
    if done:
        return stopped(watch, "The service has stopped it", certain=True)
    return Turn(replace(watch, said="The service says that it could not stop it", due=now + 1.0))


def expired(watch: Watch) -> Turn:
    """Give up waiting for an abort whose limit has passed."""
    return Turn(watch) if watch.over else stopped(watch, watch.said, certain=False)


def abort_failed(watch: Watch, trouble: Trouble, reason: str, now: float) -> Turn:
    """Take note of an abort call that brought no answer."""
    if watch.over:
        return Turn(watch)
    watch = replace(watch, said=f"The abort failed: {reason}", troubles=watch.troubles + 1)
    if trouble in {Trouble.FAULT, Trouble.REFUSED}:
        return stopped(watch, watch.said, certain=False)
    return Turn(replace(watch, due=now + 1.0))
