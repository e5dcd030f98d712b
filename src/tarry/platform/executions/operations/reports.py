"""An application says itself that it is over, and with what outputs."""

import re
from collections.abc import Mapping
from dataclasses import replace

from tarry.contract.kinds import Kind
from tarry.contract.lists import write_list
from tarry.contract.ports import Port, check
from tarry.platform.catalogue.model.snapshots import from_snapshot
from tarry.platform.executions.errors import NotAwaited, ReportsNothing, StepIsOver
from tarry.platform.executions.interfaces import ExecutionStore
from tarry.platform.executions.model.events import StepReported
from tarry.platform.executions.model.letters import Letter
from tarry.platform.executions.model.states import STEP_OVER, StepState
from tarry.platform.executions.model.views import RunView, StepView
from tarry.platform.executions.operations.room import Room
from tarry.platform.kernel.model import Caller, Deed, ExecutionId, Right, StepRunId, execution_of

_STEP_RUN = re.compile(r"[0-9a-f]{32}_[1-9][0-9]{0,8}", re.ASCII)


async def awaited(
    room: Room, step: StepRunId, *, caller: Caller | None, run: ExecutionId | None
) -> tuple[Port, ...] | None:
    """Give the outputs that a step run still has to report; `None` if it has reported them.

    Args:
        room: what the verb works with.
        step: the step run.
        caller: whom the token that was shown proves, if it is still good.
        run: the run whose token it is, good or not any more.

    Raises:
        NotAwaited: there is no such step run, or that token does not open it.
        ReportsNothing: it is no application.
        StepIsOver: it was aborted, or another attempt took its place.
    """
    if not _STEP_RUN.fullmatch(step):
        raise NotAwaited

    def work(store: ExecutionStore) -> tuple[RunView | None, Mapping[str, object]]:
        view = store.run(execution_of(step))
        return view, {} if view is None else store.snapshot_of(view.id)

    view, taken_along = await room.store.read(work)
    found = next((it for it in view.steps if it.id == step), None) if view else None
    if view is None or found is None:
        raise NotAwaited
    good = caller is not None and _may_report(view, caller)
    # The token of a run ends with it. Whoever holds it may still hear what they know already.
    if not good and run != view.id:
        raise NotAwaited
    if found.kind is Kind.APPLICATION and found.state is StepState.SUCCEEDED:
        return None
    if not good:
        raise NotAwaited
    if found.kind is not Kind.APPLICATION:
        raise ReportsNothing(service=found.service, kind=found.kind)
    if found.state in STEP_OVER or _replaced(view, found):
        raise StepIsOver(step=step, state=found.state)
    return from_snapshot(taken_along).services[found.service].outputs


async def report(
    room: Room,
    step: StepRunId,
    ports: tuple[Port, ...],
    outputs: Mapping[str, str],
    *,
    caller: Caller | None,
) -> None:
    """Take the outputs of a step run that is awaited. When this returns, they are durable.

    Args:
        room: what the verb works with.
        step: the step run.
        ports: what `awaited` gave.
        outputs: lexical forms by name of the output.
        caller: as in `awaited`.

    Raises:
        InvalidValue: a value does not fit its port; the step run goes on waiting.
        MissingValue: a required one is not there; the step run goes on waiting.
    """
    # An answer may always hold a list without items, and on the wire that is no element at all.
    empty = {port.name: write_list(()) for port in ports if port.many}
    held = (replace(port, required=False) if port.many else port for port in ports)
    reported = StepReported(step, empty | check(held, outputs))
    execution = execution_of(step)

    def work(store: ExecutionStore) -> None:
        store.post(Letter(execution, reported))
        if caller is not None:
            said, facts = "run.step-reported", {"step": step}
            store.add_deed(
                Deed(caller=caller, action=said, subject=execution, at=room.clock(), facts=facts)
            )

    await room.store.write(work)
    room.bell.ring_manager()


def _may_report(view: RunView, caller: Caller) -> bool:
    if caller.execution is not None:
        return caller.execution == view.id
    own = (caller.user, caller.project) == (view.owner, view.project)
    return own and caller.may(Right.RUN)


def _replaced(view: RunView, step: StepView) -> bool:
    newest = {each.key: each.number for each in view.steps}
    return newest[step.key] != step.number
