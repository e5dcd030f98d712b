"""Trying out what is not published: a version of a workflow, or a service on its own.

A trial is a run like any other: it is kept, shown, aborted and repeated in the same way.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from tarry.platform.catalogue.model import PublishedWorkflow
from tarry.platform.executions.interfaces import Wish
from tarry.platform.executions.model.requests import Request
from tarry.platform.executions.model.trials import Trial
from tarry.platform.executions.operations.beginning import begin_run
from tarry.platform.executions.operations.requests import once
from tarry.platform.executions.operations.rights import refuse_trials
from tarry.platform.executions.operations.room import Room
from tarry.platform.kernel.model import Caller, ExecutionId


async def try_workflow(
    room: Room,
    caller: Caller,
    workflow: str,
    inputs: Mapping[str, str],
    *,
    version: int | None = None,
    wishes: Sequence[Wish] = (),
    request: Request | None = None,
) -> ExecutionId:
    """Ask for a run of a version of a workflow, published or not; of the newest if none is named.

    A run of the published version is no trial, however it was asked for. The other arguments are
    those of `start`.

    Raises:
        NotFound: there is no such workflow or version, for this caller.
        WorkflowInvalid: it cannot run.
        NotAllowed: the caller may not develop or not start runs, or may not read a file.
        InvalidValue, MissingValue, UnknownPort, RequestDiffers, RequestUnderWay: as `start`.
    """
    refuse_trials(caller, "try out a version of a workflow")
    return await _try(
        room,
        caller,
        lambda: room.workflows.version_of(caller, workflow, version),
        inputs,
        Trial.WORKFLOW,
        wishes,
        request,
    )


async def try_service(
    room: Room,
    caller: Caller,
    service: str,
    inputs: Mapping[str, str],
    *,
    wishes: Sequence[Wish] = (),
    request: Request | None = None,
) -> ExecutionId:
    """Ask for a run of a service on its own: it takes and gives what the service does.

    Args:
        room: what the verb works with.
        caller: who starts it; the run acts in their name.
        service: its name or URI.
        inputs: as those of `start`.
        wishes: as those of `start`.
        request: as that of `start`.

    Raises:
        NotFound: there is no such service, for this caller.
        NotAllowed, InvalidValue, MissingValue, UnknownPort, RequestDiffers, RequestUnderWay: as
            `try_workflow`.
    """
    refuse_trials(caller, "try out a service")
    return await _try(
        room,
        caller,
        lambda: room.workflows.alone(caller, service),
        inputs,
        Trial.SERVICE,
        wishes,
        request,
    )


async def _try(  # noqa: PLR0917 - what both verbs pass on
    room: Room,
    caller: Caller,
    find: Callable[[], Awaitable[PublishedWorkflow]],
    inputs: Mapping[str, str],
    trial: Trial,
    wishes: Sequence[Wish],
    request: Request | None,
) -> ExecutionId:
    async def begin() -> ExecutionId:
        found = await find()
        tried = None if found.entry.is_published else trial
        return await begin_run(room, caller, found, inputs, wishes, request, trial=tried)

    return await once(room, caller, request, begin)
