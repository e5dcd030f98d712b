"""Telling a running step something."""

from collections.abc import Mapping

from tarry.contract.errors import InvalidValue
from tarry.contract.kinds import MESSAGE
from tarry.platform.catalogue.model.snapshots import from_snapshot
from tarry.platform.executions.errors import MessageLost, MessageRefused, NotListening
from tarry.platform.executions.interfaces import CallFailed, ExecutionStore
from tarry.platform.executions.model.calls import StepCall, Trouble
from tarry.platform.executions.model.events import StepTold
from tarry.platform.executions.model.letters import Letter
from tarry.platform.executions.model.states import StepState
from tarry.platform.executions.model.terms import Patience
from tarry.platform.executions.model.views import RunView, StepView
from tarry.platform.executions.operations.plans import terms_of
from tarry.platform.executions.operations.rights import refuse_runs, run_of
from tarry.platform.executions.operations.room import Room
from tarry.platform.kernel.errors import NotFound
from tarry.platform.kernel.model import Caller, Deed, ExecutionId, StepRunId, execution_of

LONGEST_MESSAGE = 64 * 1024
"""Bytes of one message."""


async def tell(
    room: Room,
    caller: Caller,
    execution: ExecutionId,
    number: int,
    message: str,
    *,
    from_page: bool = False,
) -> str:
    """Send a message to a running step, once, and give what its service says to it.

    What was said, by whom, and the answer are kept with the run.

    Args:
        room: what the verb works with.
        caller: whose words they are.
        execution: the run.
        number: of the step run.
        message: what the program is to read.
        from_page: the step's own page said it while the caller looked at it.

    Raises:
        NotFound: there is no such run or step run, for this caller.
        NotListening: the step does not run, or its service has no `notifyService`.
        InvalidValue: the message is empty or far too long.
        MessageRefused: the service did not take it.
        MessageLost: the service cannot be reached, or has not answered.
        RequestDone: the same named request has sent it before, or may have.
    """
    refuse_runs(caller, "send a message")
    _check(message)

    def work(store: ExecutionStore) -> tuple[RunView, Mapping[str, object]]:
        return run_of(store, caller, execution), store.snapshot_of(execution)

    view, taken_along = await room.store.read(work)
    step = _listening(view, number)
    entry = from_snapshot(taken_along).services[step.service]
    if caller.request is not None:  # what was sent cannot be taken back
        claim = _deed(room, caller, step.id, {})
        await room.store.write(lambda store: store.claim(claim))
    call = StepCall(step=step.id, terms=terms_of(entry, Patience()), inputs={})
    try:
        answer = await room.intercom.notify(call, message)
    except CallFailed as error:
        if error.trouble is Trouble.LOST:
            await _keep(room, caller, StepTold(step.id, message, caller.user_name, from_page, None))
            what = "Nobody knows whether the message has arrived"
            raise MessageLost(what=what, reason=error.reason) from error
        if caller.request is not None:
            await room.store.write(lambda store: store.release(caller))
        if error.trouble in {Trouble.FAULT, Trouble.REFUSED}:
            raise MessageRefused(reason=error.reason) from error
        raise MessageLost(what="The message has not arrived", reason=error.reason) from error
    await _keep(room, caller, StepTold(step.id, message, caller.user_name, from_page, answer))
    return answer


async def _keep(room: Room, caller: Caller, told: StepTold) -> None:
    deed = _deed(room, caller, told.step, {"arrived": "unknown"} if told.answer is None else {})

    def work(store: ExecutionStore) -> None:
        store.post(Letter(execution_of(told.step), told))
        store.add_deed(deed)

    await room.store.write(work)
    room.bell.ring_manager()


def _deed(room: Room, caller: Caller, step: StepRunId, facts: Mapping[str, str]) -> Deed:
    return Deed(
        caller=caller,
        action="run.step-told",
        subject=execution_of(step),
        at=room.clock(),
        facts={"step": step, **facts},
    )


def _check(message: str) -> None:
    size = len(message.encode("utf-8", "replace"))
    if not message.strip():
        raise InvalidValue(port=MESSAGE, got="nothing", rule="is no message")
    if size > LONGEST_MESSAGE:
        rule = f"is longer than {LONGEST_MESSAGE:,}"
        raise InvalidValue(port=MESSAGE, got=f"{size:,} bytes", rule=rule)


def _listening(view: RunView, number: int) -> StepView:
    step = next((each for each in view.steps if each.number == number), None)
    if step is None:
        raise NotFound(what="step", name=f"{number} in this run")
    if step.state is not StepState.RUNNING:
        raise NotListening(number=number, run=view.id, reason=f"it is {step.state}, not running")
    if not step.hears:
        reason = f"its service {step.service} has no notifyService"
        raise NotListening(number=number, run=view.id, reason=reason)
    return step
