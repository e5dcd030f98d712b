"""The executions, as a visitor uses them."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tarry.platform.catalogue.model.published import PublishedWorkflow
from tarry.platform.executions import operations
from tarry.platform.executions.interfaces import Wish
from tarry.platform.executions.model.events import Choice
from tarry.platform.executions.model.listing import ALL, RunFilter
from tarry.platform.executions.model.requests import Request
from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.executions.model.views import EventView, RunView, StatusPage
from tarry.platform.executions.operations import Heard, Room
from tarry.platform.kernel.model import Caller, ExecutionId, StepRunId, Window


@dataclass(frozen=True)
class BoundRuns:
    """`portal.interfaces.Runs` on the executions' own verbs."""

    room: Room

    async def start(
        self,
        caller: Caller,
        workflow: str,
        inputs: Mapping[str, str],
        *,
        wishes: Sequence[Wish] = (),
        request: Request | None = None,
    ) -> RunView:
        """Start a run of a published workflow; the same request again gives the same run."""
        run = await operations.start(
            self.room, caller, workflow, inputs, wishes=wishes, request=request
        )
        return await operations.show(self.room, caller, run)

    async def try_workflow(
        self,
        caller: Caller,
        workflow: str,
        inputs: Mapping[str, str],
        *,
        version: int | None,
        wishes: Sequence[Wish] = (),
        request: Request | None = None,
    ) -> RunView:
        """Start a run of a version of a workflow, published or not; none: the newest."""
        run = await operations.try_workflow(
            self.room, caller, workflow, inputs, version=version, wishes=wishes, request=request
        )
        return await operations.show(self.room, caller, run)

    async def try_service(
        self,
        caller: Caller,
        service: str,
        inputs: Mapping[str, str],
        *,
        wishes: Sequence[Wish] = (),
        request: Request | None = None,
    ) -> RunView:
        """Start a run of a service on its own."""
        run = await operations.try_service(
            self.room, caller, service, inputs, wishes=wishes, request=request
        )
        return await operations.show(self.room, caller, run)

    async def resume(
        self,
        caller: Caller,
        run: ExecutionId,
        changes: Mapping[str, str | None],
        *,
        wishes: Sequence[Wish] = (),
        request: Request | None = None,
    ) -> RunView:
        """Start a run that goes on where one that failed or was aborted has ended."""
        begun = await operations.resume(
            self.room, caller, run, changes, wishes=wishes, request=request
        )
        return await operations.show(self.room, caller, begun)

    async def rerun(
        self,
        caller: Caller,
        run: ExecutionId,
        changes: Mapping[str, str | None],
        *,
        wishes: Sequence[Wish] = (),
        request: Request | None = None,
    ) -> RunView:
        """Start a run that does all of another one again."""
        begun = await operations.rerun(
            self.room, caller, run, changes, wishes=wishes, request=request
        )
        return await operations.show(self.room, caller, begun)

    async def list(
        self,
        caller: Caller,
        *,
        states: Collection[ExecutionState],
        window: Window,
        asking: bool = False,
        matching: RunFilter = ALL,
    ) -> Sequence[RunView]:
        """List runs, newest first; no states means all; asking: only those that need a person."""
        return await operations.list_runs(
            self.room, caller, states=states, window=window, asking=asking, matching=matching
        )

    async def show(self, caller: Caller, run: ExecutionId) -> RunView:
        """Show one run."""
        return await operations.show(self.room, caller, run)

    async def document_of(self, caller: Caller, run: ExecutionId) -> PublishedWorkflow:
        """Give what a run was started with."""
        return await operations.document_of(self.room, caller, run)

    async def abort(self, caller: Caller, run: ExecutionId) -> None:
        """Ask for a run to be stopped."""
        await operations.abort(self.room, caller, run)

    async def decide(self, caller: Caller, run: ExecutionId, number: int, choice: Choice) -> None:
        """Decide about a step run whose outcome is unknown."""
        await operations.decide(self.room, caller, run, number, choice)

    async def tell(
        self,
        caller: Caller,
        run: ExecutionId,
        number: int,
        message: str,
        *,
        from_page: bool = False,
    ) -> str:
        """Send a message to a running step, and give what its service says to it."""
        return await operations.tell(self.room, caller, run, number, message, from_page=from_page)

    async def page(self, step_run: StepRunId) -> StatusPage:
        """Give the newest status page of a step run. Who asks was checked before."""
        return await operations.page(self.room, step_run, caller=None)

    async def events_after(
        self, caller: Caller, after: int, run: ExecutionId | None
    ) -> Sequence[EventView]:
        """Give what happened in the project, or in one run of it, after an event."""
        return await operations.events_after(self.room, caller, after, execution=run)

    async def newest_event(self, run: ExecutionId | None = None) -> int:
        """Give the id of the newest event of all runs, or of one."""
        return await operations.newest_event(self.room, execution=run)

    async def own(self, caller: Caller, runs: Collection[ExecutionId]) -> frozenset[ExecutionId]:
        """Tell which of these runs are of the caller's project."""
        return await operations.own_runs(self.room, caller, runs)

    def listen(self, run: ExecutionId | None) -> AbstractContextManager[Heard]:
        """Hear that there may be news of one run, or of all."""
        return self.room.bell.listen(run, reader=True)
