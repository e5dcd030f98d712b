"""Looking at runs."""

from collections.abc import Collection, Mapping

from tarry.platform.catalogue.model.published import PublishedWorkflow
from tarry.platform.catalogue.model.snapshots import from_snapshot
from tarry.platform.executions.interfaces import ExecutionStore
from tarry.platform.executions.model.listing import ALL, RunFilter
from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.executions.model.views import EventView, RunView, StatusPage
from tarry.platform.executions.operations.rights import refuse_lists, run_of
from tarry.platform.executions.operations.room import Room
from tarry.platform.kernel.errors import NotFound
from tarry.platform.kernel.model import Caller, ExecutionId, Right, StepRunId, Window, execution_of

MOST_EVENTS = 500


async def show(room: Room, caller: Caller, execution: ExecutionId) -> RunView:
    """Show one run with its steps.

    Raises:
        NotFound: there is no such run, for this caller.
    """
    return await room.store.read(lambda store: run_of(store, caller, execution))


async def list_runs(
    room: Room,
    caller: Caller,
    *,
    states: Collection[ExecutionState] = (),
    window: Window | None = None,
    asking: bool = False,
    matching: RunFilter = ALL,
) -> list[RunView]:
    """List the runs of the caller's project, newest first.

    Args:
        room: what the verb works with.
        caller: who asks.
        states: only these; none means all.
        window: which piece of the list.
        asking: only those that need a person, to decide about a step or to answer one.
        matching: only those that are like this.

    Raises:
        NotAllowed: the caller may not see runs, or only the one whose token they hold.
    """
    refuse_lists(caller, "list runs")
    wanted = window or Window()
    return await room.store.read(
        lambda store: store.runs(caller.project, wanted, states, asking=asking, matching=matching)
    )


async def document_of(room: Room, caller: Caller, execution: ExecutionId) -> PublishedWorkflow:
    """Give what a run was started with: its document, and the services as they were then.

    Raises:
        NotFound: there is no such run, for this caller.
    """

    def work(store: ExecutionStore) -> Mapping[str, object]:
        run_of(store, caller, execution)
        return store.snapshot_of(execution)

    return from_snapshot(await room.store.read(work))


async def page(room: Room, step: StepRunId, *, caller: Caller | None) -> StatusPage:
    """Give the newest page that a service showed for a step run. It is untrusted.

    Args:
        room: what the verb works with.
        step: the step run.
        caller: who asks; `None` if they came with a capability for this very page.

    Raises:
        NotFound: there is no page, or not for this caller.
    """

    def work(store: ExecutionStore) -> StatusPage:
        if caller is not None:
            run_of(store, caller, execution_of(step))
        found = store.page(step) or _page_taken_over(store, step)
        if found is None:
            raise NotFound(what="status page of step run", name=step)
        return found

    return await room.store.read(work)


def _page_taken_over(store: ExecutionStore, step: StepRunId) -> StatusPage | None:
    """Give the page of the step run that a step's outputs were taken over from."""
    run = store.run(execution_of(step))
    found = next((it for it in run.steps if it.id == step), None) if run else None
    return None if found is None or found.taken_from is None else store.page(found.taken_from)


async def events_after(
    room: Room, caller: Caller, after: int, *, execution: ExecutionId | None = None
) -> list[EventView]:
    """Give what happened after an event, oldest first; at most `MOST_EVENTS` at a time.

    Subscribe at the bell first, then ask: so nothing falls between. Who holds the token of a run
    hears of that run only.

    Raises:
        NotFound: there is no such run, for this caller.
        NotAllowed: the caller may not see runs.
    """
    caller.demand(Right.READ, "see runs")
    wanted = caller.execution if execution is None else execution

    def work(store: ExecutionStore) -> list[EventView]:
        if wanted is not None:
            run_of(store, caller, wanted)
        return store.events_after(
            after, project=caller.project, execution=wanted, limit=MOST_EVENTS
        )

    return await room.store.read(work)


async def newest_event(room: Room, *, execution: ExecutionId | None = None) -> int:
    """Give the id of the newest event, of all runs or of one; 0 if there is none."""
    return await room.store.read(lambda store: store.newest_event(execution))


async def own_runs(
    room: Room, caller: Caller, runs: Collection[ExecutionId]
) -> frozenset[ExecutionId]:
    """Tell which of these runs are of the caller's project, and may be known to them.

    Raises:
        NotAllowed: the caller may not see runs.
    """
    caller.demand(Right.READ, "see runs")
    wanted = runs if caller.execution is None else {caller.execution} & frozenset(runs)
    if not wanted:
        return frozenset()
    return await room.store.read(lambda store: store.of_project(caller.project, wanted))
