"""Beginning a run, whatever it was asked for by."""

from collections.abc import Collection, Mapping, Sequence

from tarry.contract.ports import check, masked, secrets_among
from tarry.platform.catalogue.model import PublishedWorkflow
from tarry.platform.catalogue.model.snapshots import snapshot
from tarry.platform.executions.interfaces import NewRun, Wish
from tarry.platform.executions.model.requests import Request
from tarry.platform.executions.model.trials import Trial
from tarry.platform.executions.operations.files import files_of
from tarry.platform.executions.operations.requests import keep
from tarry.platform.executions.operations.room import Room
from tarry.platform.executions.operations.wishes import refuse_wishes
from tarry.platform.kernel.model import Caller, ExecutionId


async def begin_run(  # noqa: PLR0917 - what the verbs pass on
    room: Room,
    caller: Caller,
    published: PublishedWorkflow,
    inputs: Mapping[str, str],
    wishes: Sequence[Wish],
    request: Request | None,
    *,
    trial: Trial | None = None,
) -> ExecutionId:
    """Begin a run of a workflow that was found, with inputs as they were given.

    Raises:
        InvalidValue, MissingValue, UnknownPort: an input is not as it should be.
        CannotTell: somebody cannot be told about it as they wish.
    """
    checked = check(published.entry.inputs, inputs)
    run = await new_run(room, caller, published, checked, wishes, trial=trial)
    files = files_of(published, checked)
    return await add_run(room, caller, run, checked=checked, files=files, request=request)


async def new_run(
    room: Room,
    caller: Caller,
    published: PublishedWorkflow,
    checked: Mapping[str, str],
    wishes: Sequence[Wish],
    *,
    trial: Trial | None = None,
) -> NewRun:
    """Make a run of a workflow out of inputs that were held against its ports.

    Raises:
        CannotTell: somebody cannot be told about it as they wish.
    """
    await refuse_wishes(room, caller, wishes)
    ports = published.entry.inputs
    return NewRun(
        id=room.new_id(),
        workflow=published.entry.name,
        title=published.entry.title or published.entry.name,
        project=caller.project,
        owner=caller.user,
        owner_name=caller.user_name,
        created_at=room.clock(),
        snapshot=snapshot(published),
        inputs=masked(ports, checked),
        input_ports=ports,
        output_ports=published.entry.outputs,
        wishes=tuple(wishes),
        trial=trial,
    )


async def add_run(
    room: Room,
    caller: Caller,
    run: NewRun,
    *,
    checked: Mapping[str, str],
    files: Collection[str],
    request: Request | None = None,
) -> ExecutionId:
    """Give a run its token, its files and its secrets, and have the manager begin it.

    Gives the run of an earlier request of the same name instead, if there was one meanwhile.
    """
    # The token first: a token without a run harms nobody, a run without a token fails.
    await room.permits.open(run.id, caller, files, secrets_among(run.input_ports, checked))
    kept = await keep(room, caller, run, request)
    if kept != run.id:
        await room.permits.close(run.id)
        return kept
    room.bell.ring_manager()
    room.bell.ring(run.id)
    return run.id
