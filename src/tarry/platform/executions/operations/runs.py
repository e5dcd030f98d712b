"""Starting runs and telling them what to do. Each verb leaves a letter for the manager."""

from collections.abc import Mapping, Sequence

from tarry.platform.executions.errors import NothingToDecide, RunIsOver
from tarry.platform.executions.interfaces import ExecutionStore, Wish
from tarry.platform.executions.model.events import AbortAsked, Choice, ChoiceMade
from tarry.platform.executions.model.letters import Letter
from tarry.platform.executions.model.requests import Request
from tarry.platform.executions.model.states import OVER, StepState
from tarry.platform.executions.model.views import RunView
from tarry.platform.executions.operations.beginning import begin_run
from tarry.platform.executions.operations.requests import once
from tarry.platform.executions.operations.rights import refuse_runs, run_of
from tarry.platform.executions.operations.room import Room
from tarry.platform.kernel.model import Caller, Deed, ExecutionId


async def start(
    room: Room,
    caller: Caller,
    workflow: str,
    inputs: Mapping[str, str],
    *,
    wishes: Sequence[Wish] = (),
    request: Request | None = None,
) -> ExecutionId:
    """Ask for a run of a published workflow. When this returns, it is durable.

    Args:
        room: what the verb works with.
        caller: who starts it; the run acts in their name.
        workflow: its name.
        inputs: lexical forms by name of the input; those with a default may be left out.
        wishes: who is told when it has ended or waits for somebody.
        request: how the sender names the request, if it may arrive again.

    Raises:
        RequestDiffers: the name was used for something else.
        RequestUnderWay: the same request is being answered.
        NotFound: there is no such workflow, for this caller.
        InvalidValue: an input breaks a rule of its port.
        MissingValue: an input is required.
        UnknownPort: there is no such input.
        NotAllowed: the caller may not start runs, or may not read a file that they name.
    """
    refuse_runs(caller, "start a run")

    async def begin() -> ExecutionId:
        published = await room.workflows.published(caller, workflow)
        return await begin_run(room, caller, published, inputs, wishes, request)

    return await once(room, caller, request, begin)


async def abort(room: Room, caller: Caller, execution: ExecutionId) -> None:
    """Ask for a run to be aborted; its running services are stopped first.

    Raises:
        NotFound: there is no such run, for this caller.
        RunIsOver: it has ended already.
    """
    refuse_runs(caller, "abort a run")

    def work(store: ExecutionStore) -> None:
        _open_run(store, caller, execution)
        store.post(Letter(execution, AbortAsked(caller.user_name)))
        now = room.clock()
        store.add_deed(Deed(caller=caller, action="run.abort-asked", subject=execution, at=now))

    await room.store.write(work)
    room.bell.ring_manager()


async def decide(
    room: Room, caller: Caller, execution: ExecutionId, number: int, choice: Choice
) -> None:
    """Decide about a step run whose outcome nobody knows: start again, or give up.

    Raises:
        NotFound: there is no such run or step run, for this caller.
        RunIsOver: it has ended already.
        NothingToDecide: the step run does not wait for a decision.
    """
    refuse_runs(caller, "decide about a step")

    def work(store: ExecutionStore) -> None:
        run = _open_run(store, caller, execution)
        step = next((step for step in run.steps if step.number == number), None)
        newest = {step.key: step.number for step in run.steps}
        state = "not there" if step is None else step.state.value
        if step is None or step.state is not StepState.UNKNOWN or newest[step.key] != number:
            raise NothingToDecide(run=execution, number=number, state=state)
        store.post(Letter(execution, ChoiceMade(number, choice, caller.user_name)))
        facts = {"step": str(number), "choice": choice}
        decided = "step.decided"
        store.add_deed(
            Deed(caller=caller, action=decided, subject=execution, at=room.clock(), facts=facts)
        )

    await room.store.write(work)
    room.bell.ring_manager()


def _open_run(store: ExecutionStore, caller: Caller, execution: ExecutionId) -> RunView:
    run = run_of(store, caller, execution)
    if run.state in OVER:
        raise RunIsOver(run=execution, state=run.state)
    return run
