"""Asking for a run at most once, however often the request arrives."""

from collections.abc import Awaitable, Callable

from tarry.platform.executions.errors import RequestDiffers
from tarry.platform.executions.interfaces import ExecutionStore, NewRun
from tarry.platform.executions.model.requests import KEPT_FOR, Answered, Request
from tarry.platform.executions.operations.room import Room
from tarry.platform.kernel.model import Caller, Deed, ExecutionId


async def once(
    room: Room,
    caller: Caller,
    request: Request | None,
    begin: Callable[[], Awaitable[ExecutionId]],
) -> ExecutionId:
    """Begin a run, or give the one that the same request has begun before.

    A process that asks at the very same moment as another one is stopped by the database: `keep`
    gives it the other one's run.

    Args:
        room: what the verb works with.
        caller: who asks.
        request: how the sender names the request; `None`: each is a new one.
        begin: prepares a run and keeps it by `keep`.

    Raises:
        RequestDiffers: the key was used for something else.
        RequestUnderWay: the same request is being answered.
    """
    if request is None:
        return await begin()
    with room.under_way.only((caller.project, caller.user, request.key), request.key):
        since = room.clock() - KEPT_FOR
        earlier = await room.store.read(lambda store: store.answered(caller, request.key, since))
        return await begin() if earlier is None else _same(request, earlier)


async def keep(room: Room, caller: Caller, run: NewRun, request: Request | None) -> ExecutionId:
    """Keep a new run together with the request for it; gives an earlier run of the same request.

    Raises:
        RequestDiffers: the key was used for something else.
    """

    def work(store: ExecutionStore) -> Answered | None:
        if request is not None:
            now = room.clock()
            answer = Answered(digest=request.digest, execution=run.id)
            store.forget_answers(now - KEPT_FOR)
            earlier = store.answer(caller, request.key, answer, now)
            if earlier is not None:
                return earlier
        store.add(run)
        store.add_deed(_deed(caller, run))
        return None

    earlier = await room.store.write(work)
    return run.id if earlier is None or request is None else _same(request, earlier)


def _deed(caller: Caller, run: NewRun) -> Deed:
    action, facts = "run.started", {"workflow": run.workflow}
    if run.resumed_from is not None:
        action, facts = "run.resumed", {"resumed_from": run.resumed_from}
    elif run.rerun_of is not None:
        action, facts = "run.repeated", {"rerun_of": run.rerun_of}
    if run.trial is not None and action == "run.started":
        facts["trial"] = run.trial.value
    return Deed(caller=caller, action=action, subject=run.id, at=run.created_at, facts=facts)


def _same(request: Request, earlier: Answered) -> ExecutionId:
    if earlier.digest != request.digest:
        raise RequestDiffers(key=request.key)
    return earlier.execution
