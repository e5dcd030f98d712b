"""The rooms below the portal, in memory, so that its doors are tested without a manager."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tests.fakes.accounts import MemoryAccounts, PlainPasswords
from tests.fakes.catalogue import MemoryCatalogue, MemoryWsdls
from tests.fakes.portal_views import ADA, BOB, MORNING, run_view, step_view, workflow
from tests.fakes.storage import MemoryFiles, MemoryGrants
from tests.fakes.transactions import MemoryTransactions

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, check
from tarry.contract.status import tag_of
from tarry.platform.accounts.errors import BadPassword, LogInFailed
from tarry.platform.accounts.interfaces import Accounts as AccountsStore
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.accounts.operations import Callers, LoggedIn
from tarry.platform.catalogue.interfaces import Catalogue as CatalogueStore
from tarry.platform.catalogue.model import ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.operations import (
    Publication,
    Registered,
    Report,
    Saving,
    ServiceRequest,
    Shelf,
)
from tarry.platform.executions.errors import NothingToDecide, NotListening, RunIsOver
from tarry.platform.executions.model.events import Choice
from tarry.platform.executions.model.states import OVER, ExecutionState, StepState
from tarry.platform.executions.model.views import EventView, RunView, StatusPage
from tarry.platform.kernel.errors import NotFound, NotLoggedIn
from tarry.platform.kernel.model import (
    Caller,
    ExecutionId,
    StepRunId,
    Window,
    execution_of,
)
from tarry.platform.portal.interfaces import Rooms
from tarry.platform.portal.operations import BoundFiles, BoundPeople
from tarry.platform.storage.operations import Files

__all__ = ["ADA", "BOB", "MORNING", "run_view", "step_view", "workflow"]

PASSWORD = "correct horse battery"


@dataclass
class FakeAccounts:
    """Two users, and the tokens that they hold."""

    tokens: dict[str, Caller] = field(
        default_factory=lambda: {"token-of-ada": ADA, "token-of-bob": BOB}
    )
    password: str = PASSWORD

    async def log_in(
        self, user: str, password: str, project: str | None, *, address: str = ""
    ) -> LoggedIn:
        del address
        known = {"ada": ADA, "bob": BOB}
        if user not in known or password != self.password:
            raise LogInFailed(reason="user or password is wrong")
        caller = known[user]
        if project not in {None, caller.project_name}:
            raise LogInFailed(reason=f"{user} does not work in a project {project!r}")
        token = f"new-token-of-{user}"
        self.tokens[token] = caller
        return LoggedIn(
            token=token, caller=caller, expires_at=datetime.now(UTC) + timedelta(hours=24)
        )

    async def log_out(self, token: str) -> None:
        self.tokens.pop(token, None)

    async def caller_of(self, token: str) -> Caller:
        if token not in self.tokens:
            raise NotLoggedIn(reason="The token is not valid")
        return self.tokens[token]

    async def change_password(self, caller: Caller, token: str, *, old: str, new: str) -> None:
        del caller, token
        if old != self.password:
            raise LogInFailed(reason="the old password is wrong")
        if len(new) < 12:
            raise BadPassword(reason="it is too short")
        self.password = new


@dataclass
class FakeCatalogue:
    """Services and workflows by name; those of project `shared` are seen by all."""

    known_services: dict[str, ServiceEntry] = field(default_factory=dict)
    known_workflows: dict[str, WorkflowEntry] = field(default_factory=dict)

    def _seen(self, caller: Caller, project: str) -> bool:
        return project in {caller.project, "shared"}

    async def services(self, caller: Caller) -> Sequence[ServiceEntry]:
        return [e for e in self.known_services.values() if self._seen(caller, e.project)]

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

    async def workflows(self, caller: Caller) -> Sequence[WorkflowEntry]:
        return [e for e in self.known_workflows.values() if self._seen(caller, e.project)]

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

    async def publish(self, caller: Caller, name: str, publication: Publication) -> WorkflowEntry:
        del publication
        entry = await self.workflow(caller, name)
        self.known_workflows[name] = replace(entry, published_version=entry.version)
        return self.known_workflows[name]


@dataclass
class FakeRuns:
    """Runs that a test moves by hand. `change` makes an event, `show_page` none."""

    catalogue: FakeCatalogue
    views: dict[ExecutionId, RunView] = field(default_factory=dict)
    pages: dict[StepRunId, StatusPage] = field(default_factory=dict)
    events: list[EventView] = field(default_factory=list)
    decisions: list[tuple[ExecutionId, int, Choice]] = field(default_factory=list)
    told: list[tuple[ExecutionId, int, str, bool]] = field(default_factory=list)
    listeners: dict[asyncio.Event, tuple[ExecutionId | None, asyncio.AbstractEventLoop]] = field(
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
                loop.call_soon_threadsafe(heard.set)

    async def start(self, caller: Caller, workflow: str, inputs: Mapping[str, str]) -> RunView:
        entry = await self.catalogue.published(caller, workflow)
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
        )
        self.change(view, "asked")
        return view

    async def list(
        self,
        caller: Caller,
        *,
        states: Collection[ExecutionState],
        window: Window,
        asking: bool = False,
    ) -> Sequence[RunView]:
        found = [
            view
            for view in self.views.values()
            if view.project == caller.project
            and (not states or view.state in states)
            and (not asking or view.asks)
            and (window.before is None or view.created_at < window.before)
        ]
        return sorted(found, key=lambda view: view.created_at, reverse=True)[: window.limit]

    async def show(self, caller: Caller, run: ExecutionId) -> RunView:
        view = self.views.get(run)
        if view is None or view.project != caller.project:
            raise NotFound(what="run", name=run)
        return view

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
        return [
            event
            for event in self.events
            if event.id > after
            and run in {None, event.execution}
            and self.views[event.execution].project == caller.project
        ][:2]

    async def newest_event(self) -> int:
        return self.events[-1].id if self.events else 0

    @contextmanager
    def listen(self, run: ExecutionId | None) -> Iterator[asyncio.Event]:
        heard = asyncio.Event()
        self.listeners[heard] = (run, asyncio.get_running_loop())
        try:
            yield heard
        finally:
            del self.listeners[heard]


@dataclass
class FakeRooms:
    """All fakes at hand, and as the portal wants them."""

    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    catalogue: FakeCatalogue = field(default_factory=FakeCatalogue)
    wsdls: MemoryWsdls = field(default_factory=MemoryWsdls)
    back_end: MemoryFiles = field(default_factory=MemoryFiles)
    file_limit: int = 10_000_000

    def __post_init__(self) -> None:
        self.runs = FakeRuns(self.catalogue)
        accounts = MemoryTransactions[AccountsStore](MemoryAccounts())
        self.people = BoundPeople(
            accounts=accounts,
            callers=Callers(accounts=accounts, keys=Keys(b"k" * 32)),
            passwords=PlainPasswords(),
        )
        store = MemoryTransactions[CatalogueStore](MemoryCatalogue())
        self.shelf = Shelf(catalogue=store, wsdls=self.wsdls, clock=lambda: MORNING)
        self.files = Files(
            back_end=self.back_end,
            grants=MemoryTransactions(MemoryGrants()),
            limit=self.file_limit,
        )

    def rooms(self) -> Rooms:
        return Rooms(
            accounts=self.accounts,
            people=self.people,
            catalogue=self.catalogue,
            shelf=self.shelf,
            runs=self.runs,
            files=BoundFiles(self.files),
        )
