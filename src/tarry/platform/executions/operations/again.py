"""Runs that go on from another one, or repeat it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from tarry.contract.ports import PortType, check
from tarry.platform.catalogue.errors import NotPublished
from tarry.platform.catalogue.model import PublishedWorkflow
from tarry.platform.catalogue.model.snapshots import from_snapshot
from tarry.platform.executions.errors import NotResumable
from tarry.platform.executions.interfaces import Wish
from tarry.platform.executions.model.requests import Request
from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.executions.model.trials import Trial
from tarry.platform.executions.model.views import RunView
from tarry.platform.executions.operations.beginning import add_run, new_run
from tarry.platform.executions.operations.files import files_of, files_taken_over
from tarry.platform.executions.operations.requests import once
from tarry.platform.executions.operations.rights import (
    refuse_runs,
    refuse_trials,
    run_of,
)
from tarry.platform.executions.operations.room import Room
from tarry.platform.kernel.errors import NotFound
from tarry.platform.kernel.model import Caller, ExecutionId
from tarry.platform.workflows.errors import WorkflowInvalid

RESUMABLE = frozenset({ExecutionState.FAILED, ExecutionState.ABORTED})

Changes = Mapping[str, str | None]
"""Inputs that differ from those of the run before; `None` leaves an input out."""


async def resume(
    room: Room,
    caller: Caller,
    execution: ExecutionId,
    changes: Changes | None = None,
    *,
    wishes: Sequence[Wish] = (),
    request: Request | None = None,
) -> ExecutionId:
    """Ask for a run that goes on where one that failed or was aborted has ended.

    It takes over what the steps of that run have given, in every round and for every item; where
    changed inputs reach a step, it runs again, and so does what is wired to it. The document is
    the one of that run; services are as they are registered now, if the document is still the
    published one, else as they were. What goes on from a trial is a trial.

    Args:
        room: what the verb works with.
        caller: who asks; the run acts in their name.
        execution: the run to go on from.
        changes: inputs that differ; secrets have to be given again, as they are forgotten.
        wishes: who is told when it has ended or waits for somebody.
        request: as in `start`.

    Raises:
        NotFound: there is no such run, for this caller, or a file of it is gone.
        NotResumable: it is not over, or has succeeded.
        InvalidValue, MissingValue, UnknownPort, RequestDiffers, RequestUnderWay: as `start`.
        NotAllowed: the caller may not start runs, or no trials, or may not read a file.
    """
    refuse_runs(caller, "resume a run")
    before = await _before(room, caller, execution)
    if before.state not in RESUMABLE:
        raise NotResumable(run=execution, state=before.state)

    async def begin() -> ExecutionId:
        published, checked = await _anew(room, caller, before, changes or {})
        run = await new_run(
            room, caller, published, checked, wishes, trial=_trial(before, published)
        )
        files = [*files_of(published, checked), *files_taken_over(published, before)]
        run = replace(run, resumed_from=execution)
        return await add_run(room, caller, run, checked=checked, files=files, request=request)

    return await once(room, caller, request, begin)


async def rerun(
    room: Room,
    caller: Caller,
    execution: ExecutionId,
    changes: Changes | None = None,
    *,
    wishes: Sequence[Wish] = (),
    request: Request | None = None,
) -> ExecutionId:
    """Ask for a run that does all of another one again, with the same or with edited inputs.

    Arguments and errors are those of `resume`, but any run can be repeated, while it goes on too.
    """
    refuse_runs(caller, "repeat a run")
    before = await _before(room, caller, execution)

    async def begin() -> ExecutionId:
        published, checked = await _anew(room, caller, before, changes or {})
        run = await new_run(
            room, caller, published, checked, wishes, trial=_trial(before, published)
        )
        files = files_of(published, checked)
        run = replace(run, rerun_of=execution)
        return await add_run(room, caller, run, checked=checked, files=files, request=request)

    return await once(room, caller, request, begin)


async def _before(room: Room, caller: Caller, execution: ExecutionId) -> RunView:
    """Give the run that there was, if the caller may do more of it."""
    before = await room.store.read(lambda store: run_of(store, caller, execution))
    if before.trial is not None:
        refuse_trials(caller, "go on with a trial")
    return before


def _trial(before: RunView, published: PublishedWorkflow) -> Trial | None:
    """What was a trial is none any more once that version is published."""
    return None if published.entry.is_published else before.trial


async def _anew(
    room: Room, caller: Caller, before: RunView, changes: Changes
) -> tuple[PublishedWorkflow, dict[str, str]]:
    """Give the workflow of a run, and its inputs with changes."""
    published = await _as_it_was(room, caller, before)
    secret = {port.name for port in before.input_ports if port.type is PortType.SECRET}
    given = {name: text for name, text in before.inputs.items() if name not in secret}
    for name, text in changes.items():
        given.pop(name, None)
        if text is not None:
            given[name] = text
    return published, check(published.entry.inputs, given)


async def _as_it_was(room: Room, caller: Caller, before: RunView) -> PublishedWorkflow:
    """Give the document of a run, with services of now if it is still the one that is run."""
    snapshot = await room.store.read(lambda store: store.snapshot_of(before.id))
    was = from_snapshot(snapshot)
    try:
        now = await _as_it_is(room, caller, before, was)
    except (NotFound, NotPublished, WorkflowInvalid):
        return was
    return now if now.document == was.document else was


async def _as_it_is(
    room: Room, caller: Caller, before: RunView, was: PublishedWorkflow
) -> PublishedWorkflow:
    """Give what would be run now in the place of what was run."""
    match before.trial:
        case None:
            return await room.workflows.published(caller, before.workflow)
        case Trial.WORKFLOW:
            return await room.workflows.version_of(caller, before.workflow, was.entry.version)
        case Trial.SERVICE:
            return await room.workflows.alone(caller, before.workflow)
        case _:
            assert_never(before.trial)
