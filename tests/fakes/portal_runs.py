"""The catalogue and the runs, as the portal sees them, in memory."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from tests.fakes.catalogue import pieced
from tests.fakes.memory_executions import is_before, is_like
from tests.fakes.portal_views import MORNING, run_view, workflow

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, check
from tarry.contract.status import tag_of
from tarry.platform.catalogue.model import ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.model.published import PublishedWorkflow
from tarry.platform.catalogue.operations import (
    Publication,
    Published,
    Registered,
    Report,
    Saving,
    Search,
    ServiceRequest,
)
from tarry.platform.executions.errors import (
    NothingToDecide,
    NotListening,
    NotResumable,
    RequestDiffers,
    RunIsOver,
)
from tarry.platform.executions.interfaces import Wish
from tarry.platform.executions.model.events import Choice
from tarry.platform.executions.model.listing import ALL, RunFilter
from tarry.platform.executions.model.requests import Request
from tarry.platform.executions.model.states import OVER, ExecutionState, StepState
from tarry.platform.executions.model.telling import TellingView
from tarry.platform.executions.model.trials import Trial
from tarry.platform.executions.model.views import EventView, RunView, StatusPage
from tarry.platform.executions.operations import Heard
from tarry.platform.kernel.errors import NotFound
from tarry.platform.kernel.model import (
    Caller,
    ExecutionId,
    StepRunId,
    Window,
    execution_of,
)
from tarry.platform.workflows import xml


@dataclass
class FakeCatalogue:
    """Services and workflows by name; those of project `shared` are seen by all."""

    known_services: dict[str, ServiceEntry] = field(default_factory=dict)
    known_workflows: dict[str, WorkflowEntry] = field(default_factory=dict)

    def _seen(self, caller: Caller, project: str) -> bool:
        return project in {caller.project, "shared"}

    async def services(self, caller: Caller, asked: Search) -> Sequence[ServiceEntry]:
        found = [e for e in self.known_services.values() if self._seen(caller, e.project)]
        return pieced(found, asked, lambda entry: (entry.name, entry.uri))

    async def service(self, caller: Caller, name: str) -> ServiceEntry:
        entry = self.known_services.get(name)
        if entry is None or not self._seen(caller, entry.project):
            raise NotFound(what="service", name=name)
        return entry

    async def register(self, caller: Caller, request: ServiceRequest) -> Registered:
        entry = ServiceEntry(
            name=f"Service.{request.operation}",
            uri=request.uri or f"http://tarry/async/Service.owl#{request.operation}_Service",
            wsdl_url=request.wsdl_url,
            operation=request.operation,
            kind=request.kind or Kind.ASYNCHRONOUS,
            project=caller.project,
            title=request.title or request.operation,
            repeatable=bool(request.repeatable),
            inputs=(Port(name="size"),),
            registered_by=caller.user,
            registered_at=MORNING,
        )
        self.known_services[entry.name] = entry
        return Registered(entry=entry, is_new=True, notices=("it has no description",))

    async def workflows(self, caller: Caller, asked: Search) -> Sequence[WorkflowEntry]:
        found = [e for e in self.known_workflows.values() if self._seen(caller, e.project)]
        return pieced(found, asked, lambda entry: (entry.name, ""))

    async def workflow(
        self, caller: Caller, name: str, version: int | None = None
    ) -> WorkflowEntry:
        entry = self.known_workflows.get(name)
        if entry is None or not self._seen(caller, entry.project):
            raise NotFound(what="workflow", name=name)
        return entry

    async def published(self, caller: Caller, name: str) -> WorkflowEntry:
        entry = await self.workflow(caller, name)
        if entry.published_version is None:
            raise NotFound(what="published workflow", name=name)
        return entry

    async def import_workflow(self, caller: Caller, document: bytes, saving: Saving) -> Report:
        del saving
        entry = workflow(name="Imported", project=caller.project, document=document)
        self.known_workflows[entry.name] = entry
        return Report(entry=entry, is_new=True)

    async def publish(self, caller: Caller, name: str, publication: Publication) -> Published:
        del publication
        entry = await self.workflow(caller, name)
        self.known_workflows[name] = replace(entry, published_version=entry.version)
        return Published(entry=self.known_workflows[name])


@dataclass
class FakeRuns:
    """Runs that a test moves by hand. `change` makes an event, `show_page` none."""

    catalogue: FakeCatalogue
    views: dict[ExecutionId, RunView] = field(default_factory=dict)
    pages: dict[StepRunId, StatusPage] = field(default_factory=dict)
    events: list[EventView] = field(default_factory=list)
    decisions: list[tuple[ExecutionId, int, Choice]] = field(default_factory=list)
    told: list[tuple[ExecutionId, int, str, bool]] = field(default_factory=list)
    answers: dict[str, tuple[str, ExecutionId]] = field(default_factory=dict)
    tried: list[tuple[str, int | None]] = field(default_factory=list)
    nested: dict[str, WorkflowEntry] = field(default_factory=dict)
    listeners: dict[Heard, tuple[ExecutionId | None, asyncio.AbstractEventLoop]] = field(
        default_factory=dict
    )

    def change(self, view: RunView, kind: str = "changed") -> None:
        """Put a run into another state, as the manager does."""
        self.views[view.id] = view
        event = EventView(
            id=len(self.events) + 1, execution=view.id, kind=kind, at=MORNING, step=None
        )
        self.events.append(event)
        self._ring(view.id)

    def show_page(self, step: StepRunId, content: bytes, progress: float | None = None) -> None:
        """Show another status page of a step."""
        view = self.views[execution_of(step)]
        application = any(it.id == step and it.kind is Kind.APPLICATION for it in view.steps)
        page = StatusPage(content=content, tag=tag_of(content), application=application)
        self.pages[step] = page
        steps = tuple(
            replace(found, page_tag=page.tag, progress=progress) if found.id == step else found
            for found in view.steps
        )
        self.views[view.id] = replace(view, steps=steps)
        self._ring(view.id)

    def _ring(self, run: ExecutionId) -> None:
        for heard, (wanted, loop) in list(self.listeners.items()):
            if wanted in {None, run}:
                loop.call_soon_threadsafe(heard.note, run)

    async def start(
        self,
        caller: Caller,
        workflow: str,
        inputs: Mapping[str, str],
        *,
        wishes: Sequence[Wish] = (),
        request: Request | None = None,
    ) -> RunView:
        if request and (known := self.answers.get(request.key)):
            if known[0] != request.digest:
                raise RequestDiffers(key=request.key)
            return self.views[known[1]]
        entry = await self.catalogue.published(caller, workflow)
        return self._begin(caller, entry, inputs, wishes, request)

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
        entry = await self.catalogue.workflow(caller, workflow, version)
        self.tried.append((workflow, version))
        begun = self._begin(caller, entry, inputs, wishes, request)
        self.views[begun.id] = replace(begun, trial=Trial.WORKFLOW)
        return self.views[begun.id]

    async def try_service(
        self,
        caller: Caller,
        service: str,
        inputs: Mapping[str, str],
        *,
        wishes: Sequence[Wish] = (),
        request: Request | None = None,
    ) -> RunView:
        found = await self.catalogue.service(caller, service)
        entry = workflow(name=found.name, project=caller.project, inputs=found.inputs)
        begun = self._begin(caller, entry, inputs, wishes, request)
        self.views[begun.id] = replace(begun, trial=Trial.SERVICE)
        return self.views[begun.id]

    def _begin(
        self,
        caller: Caller,
        entry: WorkflowEntry,
        inputs: Mapping[str, str],
        wishes: Sequence[Wish],
        request: Request | None,
    ) -> RunView:
        checked = check(entry.inputs, inputs)
        view = run_view(
            number=len(self.views) + 1,
            caller=caller,
            workflow=entry.name,
            title=entry.title,
            state=ExecutionState.WAITING,
            inputs=checked,
            input_ports=entry.inputs,
            output_ports=entry.outputs,
            tellings=tuple(
                TellingView(channel=wish.channel, address=wish.address) for wish in wishes
            ),
        )
        self.change(view, "asked")
        if request:
            self.answers[request.key] = (request.digest, view.id)
        return view

    async def resume(
        self,
        caller: Caller,
        run: ExecutionId,
        changes: Mapping[str, str | None],
        *,
        wishes: Sequence[Wish] = (),
        request: Request | None = None,
    ) -> RunView:
        before = await self.show(caller, run)
        if before.state not in {ExecutionState.FAILED, ExecutionState.ABORTED}:
            raise NotResumable(run=run, state=before.state)
        begun = await self._again(caller, before, changes, wishes, request)
        self.views[begun.id] = replace(begun, resumed_from=run)
        return self.views[begun.id]

    async def rerun(
        self,
        caller: Caller,
        run: ExecutionId,
        changes: Mapping[str, str | None],
        *,
        wishes: Sequence[Wish] = (),
        request: Request | None = None,
    ) -> RunView:
        before = await self.show(caller, run)
        begun = await self._again(caller, before, changes, wishes, request)
        self.views[begun.id] = replace(begun, rerun_of=run)
        return self.views[begun.id]

    async def _again(
        self,
        caller: Caller,
        before: RunView,
        changes: Mapping[str, str | None],
        wishes: Sequence[Wish],
        request: Request | None,
    ) -> RunView:
        given = {
            name: text for name, text in {**before.inputs, **changes}.items() if text is not None
        }
        return await self.start(caller, before.workflow, given, wishes=wishes, request=request)

    async def list(
        self,
        caller: Caller,
        *,
        states: Collection[ExecutionState],
        window: Window,
        asking: bool = False,
        matching: RunFilter = ALL,
    ) -> Sequence[RunView]:
        found = [
            view
            for view in self.views.values()
            if view.project == caller.project
            and (not states or view.state in states)
            and (not asking or view.asks)
            and is_before(view, window)
            and is_like(view, matching)
        ]
        found.sort(key=lambda view: (view.created_at, view.id), reverse=True)
        return found[: window.limit]

    async def show(self, caller: Caller, run: ExecutionId) -> RunView:
        view = self.views.get(run)
        if view is None or view.project != caller.project:
            raise NotFound(what="run", name=run)
        return view

    async def document_of(self, caller: Caller, run: ExecutionId) -> PublishedWorkflow:
        view = await self.show(caller, run)
        entry = await self.catalogue.published(caller, view.workflow)
        services = {one.uri: one for one in self.catalogue.known_services.values()}
        return PublishedWorkflow(
            entry=entry,
            document=xml.read(entry.document),
            services=services,
            nested=self.nested,
        )

    async def abort(self, caller: Caller, run: ExecutionId) -> None:
        view = await self.show(caller, run)
        if view.state in OVER:
            raise RunIsOver(run=run, state=view.state)
        self.change(replace(view, state=ExecutionState.ABORTING), "abort-asked")

    async def decide(self, caller: Caller, run: ExecutionId, number: int, choice: Choice) -> None:
        view = await self.show(caller, run)
        step = next((step for step in view.steps if step.number == number), None)
        if step is None or step.state is not StepState.UNKNOWN:
            raise NothingToDecide(run=run, number=number, state="not there")
        self.decisions.append((run, number, choice))

    async def tell(
        self,
        caller: Caller,
        run: ExecutionId,
        number: int,
        message: str,
        *,
        from_page: bool = False,
    ) -> str:
        view = await self.show(caller, run)
        step = next((step for step in view.steps if step.number == number), None)
        if step is None:
            raise NotFound(what="step", name=number)
        if not step.hears:
            raise NotListening(number=number, run=run, reason="its service has no notifyService")
        self.told.append((run, number, message, from_page))
        return "OK"

    async def page(self, step_run: StepRunId) -> StatusPage:
        if step_run not in self.pages:
            raise NotFound(what="status page of step run", name=step_run)
        return self.pages[step_run]

    async def events_after(
        self, caller: Caller, after: int, run: ExecutionId | None
    ) -> Sequence[EventView]:
        if run is not None:
            await self.show(caller, run)
        return [
            event
            for event in self.events
            if event.id > after
            and run in {None, event.execution}
            and self.views[event.execution].project == caller.project
        ][:2]

    async def newest_event(self, run: ExecutionId | None = None) -> int:
        return max((it.id for it in self.events if run in {None, it.execution}), default=0)

    async def own(self, caller: Caller, runs: Collection[ExecutionId]) -> frozenset[ExecutionId]:
        return frozenset(it for it in runs if self.views[it].project == caller.project)

    @contextmanager
    def listen(self, run: ExecutionId | None) -> Iterator[Heard]:
        heard = Heard()
        self.listeners[heard] = (run, asyncio.get_running_loop())
        try:
            yield heard
        finally:
            del self.listeners[heard]
