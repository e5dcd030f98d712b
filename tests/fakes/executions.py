"""Callers, workflows, permits: what a manager needs around its store, and that store in memory."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from tests.fakes.memory_executions import MemoryExecutions

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port
from tarry.platform.accounts.model.roles import RIGHTS, Role
from tarry.platform.catalogue.errors import NotPublished
from tarry.platform.catalogue.model import PublishedWorkflow, ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.model.snapshots import snapshot
from tarry.platform.catalogue.operations.trying import used_alone
from tarry.platform.executions.interfaces import NewRun
from tarry.platform.kernel.errors import NotFound
from tarry.platform.kernel.model import (
    Caller,
    ExecutionId,
    ProjectId,
    StepRunId,
    UserId,
)
from tarry.platform.workflows import xml

__all__ = ["MemoryExecutions"]  # where most tests look for it

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ADA = Caller(
    user=UserId("u1"),
    user_name="ada",
    project=ProjectId("p1"),
    project_name="bridges",
    rights=RIGHTS[Role.DEVELOPER],
)
BOB = Caller(
    user=UserId("u2"),
    user_name="bob",
    project=ProjectId("p2"),
    project_name="tunnels",
    rights=RIGHTS[Role.DEVELOPER],
)


@dataclass
class FakePermits:
    """Remembers which runs may do something."""

    opened: dict[ExecutionId, tuple[UserId, tuple[str, ...]]] = field(default_factory=dict)
    secrets: dict[ExecutionId, dict[str, str]] = field(default_factory=dict)
    closed: list[ExecutionId] = field(default_factory=list)

    async def open(
        self,
        execution: ExecutionId,
        caller: Caller,
        files: Collection[str],
        secrets: Mapping[str, str],
    ) -> None:
        self.opened[execution] = (caller.user, tuple(files))
        if secrets:
            self.secrets[execution] = dict(secrets)

    async def close(self, execution: ExecutionId) -> None:
        self.secrets.pop(execution, None)
        self.closed.append(execution)


class FakeCapabilities:
    """Capabilities that anybody could forge."""

    def push_capability(self, step_run: StepRunId) -> str:
        return f"push {step_run}"

    def pushed_step_run(self, capability: str) -> StepRunId | None:
        word, _, step = capability.partition(" ")
        return StepRunId(step) if word == "push" else None


class FakeWorkflows:
    """Published workflows by name, and the services that they use; everybody sees them.

    Attributes:
        versions: of workflows, by name and number, that are not published.
        retracted: names of workflows that are published no longer.
    """

    def __init__(self, *workflows: PublishedWorkflow) -> None:
        self.by_name = {workflow.entry.name: workflow for workflow in workflows}
        self.versions: dict[tuple[str, int], PublishedWorkflow] = {}
        self.retracted: set[str] = set()

    async def published(self, caller: Caller, name: str) -> PublishedWorkflow:
        if name not in self.by_name:
            raise NotFound(what="workflow", name=name)
        if name in self.retracted:
            raise NotPublished(workflow=name)
        return self.by_name[name]

    async def version_of(
        self, caller: Caller, name: str, version: int | None = None
    ) -> PublishedWorkflow:
        known = {number: one for (of, number), one in self.versions.items() if of == name}
        if name in self.by_name:
            known.setdefault(self.by_name[name].entry.version, self.by_name[name])
        number = version or max(known, default=0)
        if number not in known:
            raise NotFound(what="workflow", name=name)
        return known[number]

    async def alone(self, caller: Caller, service: str) -> PublishedWorkflow:
        for workflow in (*self.by_name.values(), *self.versions.values()):
            for used in workflow.services.values():
                if service in {used.name, used.uri}:
                    return used_alone(used, caller.project)
        raise NotFound(what="service", name=service)


def service(
    name: str,
    *,
    kind: Kind = Kind.ASYNCHRONOUS,
    repeatable: bool = False,
    at_most_once: bool = False,
    outputs: tuple[Port, ...] = (Port(name="result"),),
) -> ServiceEntry:
    """Describe a service with one input `given` and, usually, one output `result`."""
    return ServiceEntry(
        name=name,
        uri=f"http://tests/{name}.owl#{name}",
        wsdl_url=f"http://tests/{name}?wsdl",
        operation=f"start{name}",
        kind=kind,
        project=ADA.project,
        title=name,
        inputs=(Port(name="given", required=False),),
        outputs=outputs,
        repeatable=repeatable,
        at_most_once=at_most_once,
        registered_by=ADA.user,
        registered_at=NOON,
    )


def chain(name: str, *services: ServiceEntry) -> PublishedWorkflow:
    """Publish a workflow whose steps stand in a row: each is given the result of the one before."""
    steps = []
    wire = "in1"
    for number, used in enumerate(services, 1):
        steps.append(
            f'<service URI="{used.uri}"><input URI="{used.uri.partition("#")[0]}#given" '
            f'ID="{wire}"/><output URI="{used.uri.partition("#")[0]}#result" ID="w{number}"/>'
            "</service>"
        )
        wire = f"w{number}"
    document = (
        f'<workflow URI="http://tests/{name}.owl#{name}"><output URI="#answer" ID="{wire}"/>'
        f'<input URI="#question" ID="in1"/><services><sequence>{"".join(steps)}</sequence>'
        "</services></workflow>"
    ).encode()
    entry = WorkflowEntry(
        name=name,
        uri=f"http://tests/{name}.owl#{name}",
        project=ADA.project,
        document=document,
        title=f"The workflow {name}",
        inputs=(Port(name="question"),),
        outputs=(Port(name="answer"),),
        published_version=1,
        imported_by=ADA.user,
        imported_at=NOON,
    )
    return PublishedWorkflow(
        entry=entry,
        document=xml.read(document),
        services={used.uri: used for used in services},
    )


_ids = count(1)


def new_id() -> ExecutionId:
    """Make ids that are easily told apart."""
    return ExecutionId(f"{next(_ids):032x}")


def new_run(workflow: PublishedWorkflow) -> NewRun:
    """Make what `start` makes of a request."""
    return NewRun(
        id=new_id(),
        workflow=workflow.entry.name,
        title=workflow.entry.title,
        project=ADA.project,
        owner=ADA.user,
        owner_name=ADA.user_name,
        created_at=NOON,
        snapshot=snapshot(workflow),
        inputs={"question": "6 x 7"},
        input_ports=workflow.entry.inputs,
        output_ports=workflow.entry.outputs,
    )
