"""The JSON of the API, as FastAPI describes it in the OpenAPI document."""

from datetime import datetime
from typing import Any, Generic, Literal, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from tarry.contract.kinds import Kind
from tarry.contract.lists import write_list
from tarry.contract.ports import Port, to_json
from tarry.platform.catalogue.model import ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.operations import Damage, Registered, Report
from tarry.platform.executions.model.events import Choice
from tarry.platform.executions.model.states import ExecutionState, StepState
from tarry.platform.executions.model.views import RunView
from tarry.platform.kernel.model import Caller, ProjectId
from tarry.platform.portal.api.answers_messages import MessageAnswer

Item = TypeVar("Item")
PlainValue = bool | int | float | str


class Items(BaseModel, Generic[Item]):
    """A list."""

    items: list[Item]


class LogInOrder(BaseModel):
    """A user's name and password."""

    user: str = Field(max_length=200)
    password: str = Field(max_length=1000, json_schema_extra={"format": "password"}, repr=False)
    project: str | None = Field(None, max_length=200, description="Default: the user's own")


class SessionAnswer(BaseModel):
    """A session token, good until it expires or is deleted."""

    token: str = Field(repr=False)
    user: str
    project: str
    expires_at: datetime | None


class MeAnswer(BaseModel):
    """Who the platform takes the caller for."""

    user: str
    project: str
    email: str
    roles: list[str]
    run: str | None = Field(description="Set when the token is that of a run")
    upload_limit: int = Field(description="The largest file that is taken, in bytes")


class PasswordOrder(BaseModel):
    """A new password, proven by the old one."""

    old: str = Field(max_length=1000, repr=False)
    new: str = Field(min_length=8, max_length=1000, repr=False)


class PortAnswer(TypedDict, total=False):
    """A typed input or output; what is not there is at its default."""

    name: str
    type: str
    many: bool
    title: str
    description: str
    default: str
    required: bool
    minimum: str
    maximum: str
    step: str
    unit: str
    choices: list[str]
    pattern: str
    accept: list[str]
    advanced: bool


class ServiceOrder(BaseModel):
    """What to register; what is left out is read from the WSDL."""

    model_config = ConfigDict(extra="forbid")

    wsdl: str = Field(max_length=4000, examples=["http://localhost:8081/waiter/Waiter?wsdl"])
    operation: str = Field(max_length=500, examples=["startWaiter"])
    kind: Kind | None = None
    title: str | None = Field(None, max_length=200)
    repeatable: bool | None = Field(None, description="Calling it twice does no harm")
    uri: str | None = Field(None, max_length=1000)


class ServiceAnswer(BaseModel):
    """A registered service."""

    name: str
    uri: str
    wsdl: str
    operation: str
    kind: Kind
    title: str
    description: str
    inputs: list[PortAnswer]
    outputs: list[PortAnswer]
    repeatable: bool
    at_most_once: bool
    project: str
    version: int


class Remark(BaseModel):
    """What somebody should know about a place in a workflow document or a service."""

    model_config = ConfigDict(from_attributes=True)

    place: str
    code: str
    message: str


class BreakAnswer(BaseModel):
    """A workflow that can run before a change of a service, and not after it."""

    workflow: str
    version: int
    published: bool = Field(description="Runs start from this version; else it is a draft")
    problems: list[Remark]


class RegisteredAnswer(ServiceAnswer):
    """A registered service, and how its registration went."""

    is_new: bool = Field(description="Whether a version was added; not if nothing had changed")
    applied: bool = Field(description="Whether this is done; else it is what would be")
    changes: list[Remark] = Field(description="What is different from the version before")
    breaks: list[BreakAnswer] = Field(description="Workflows that can no longer run")
    breaks_elsewhere: int = Field(description="Published workflows of other projects that break")
    notices: list[str] = Field(description="What the service's author may want to know")


class WorkflowAnswer(BaseModel):
    """A workflow of the catalogue."""

    name: str
    uri: str
    title: str
    description: str
    version: int
    published_version: int | None
    inputs: list[PortAnswer]
    outputs: list[PortAnswer]
    project: str


class ImportedAnswer(WorkflowAnswer):
    """An imported workflow, and how it stands with the services as they are now."""

    is_new: bool = Field(description="Whether a version was added; not if nothing had changed")
    problems: list[Remark] = Field(description="What keeps it from running")
    notices: list[Remark]


class RunOrder(BaseModel):
    """A run to be started.

    Values are given in their lexical form; plain JSON values and lists of them do as well.
    """

    model_config = ConfigDict(extra="forbid")

    workflow: str = Field(max_length=500)
    inputs: dict[str, PlainValue | list[PlainValue]] = Field(default_factory=dict, repr=False)

    def lexical(self) -> dict[str, str]:
        """Give the values in their lexical form."""
        return {
            name: write_list(map(_lexical, value)) if isinstance(value, list) else _lexical(value)
            for name, value in self.inputs.items()
        }


class Decision(BaseModel):
    """What a person decides about a step whose outcome is unknown."""

    decision: Choice


class FailureAnswer(BaseModel):
    """Why it failed, in words."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    message: str
    step: str | None


class StepAnswer(BaseModel):
    """One attempt at a step of a run."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    number: int
    key: str
    name: str
    service: str
    operation: str
    state: StepState
    progress: float | None = Field(description="Percent")
    attempt: int
    started_at: datetime | None
    ended_at: datetime | None
    failure: FailureAnswer | None
    inputs: dict[str, str]
    outputs: dict[str, str]
    folder: str = Field(description="Where the service keeps this run on its machine, if it says")
    page_tag: str = Field(description="Names the newest status page; empty if there is none")
    note: str = Field(description="What a person should know although it is no failure")
    kind: Kind
    waits: bool = Field(description="It shows a page and waits for an answer")
    hears: bool = Field(description="Messages can be sent to it while it runs")


class RunAnswer(BaseModel):
    """One run of a workflow."""

    id: str
    workflow: str
    title: str
    state: ExecutionState
    owner: str
    project: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    inputs: dict[str, str]
    outputs: dict[str, str]
    input_ports: list[PortAnswer]
    output_ports: list[PortAnswer]
    failure: FailureAnswer | None
    steps: list[StepAnswer]
    waits: bool = Field(description="One of its steps waits for an answer")
    messages: list[MessageAnswer] = Field(description="Sent to its steps; not in lists of runs")


class FileAnswer(BaseModel):
    """A stored file."""

    uri: str = Field(examples=["local://demo/uploads/4f0c/bracket.step"])
    name: str
    size: int = Field(description="Bytes")


class FolderAnswer(BaseModel):
    """A folder in the storage."""

    uri: str = Field(examples=["local://demo/uploads/4f0c/case/"])


class FolderFile(BaseModel):
    """A file in a folder."""

    path: str = Field(description="Beneath the folder", examples=["constant/transportProperties"])
    uri: str
    size: int = Field(description="Bytes")


class Health(BaseModel):
    """Whether the platform can work."""

    status: Literal["ok"]


def me_answer(caller: Caller, upload_limit: int) -> MeAnswer:
    """Say who calls."""
    return MeAnswer(
        user=caller.user_name,
        project=caller.project_name,
        email=caller.email,
        roles=sorted(caller.roles),
        run=caller.execution,
        upload_limit=upload_limit,
    )


def service_answer(service: ServiceEntry, caller: Caller) -> ServiceAnswer:
    """Give a service as JSON."""
    plain = _plain(service, ServiceAnswer, but=("wsdl", "project", "inputs", "outputs"))
    return ServiceAnswer(
        **plain,
        wsdl=service.wsdl_url,
        project=_project(service.project, caller),
        inputs=_ports(service.inputs),
        outputs=_ports(service.outputs),
    )


def registered_answer(registered: Registered, caller: Caller) -> RegisteredAnswer:
    """Give a service as JSON, and how its registration went."""
    return RegisteredAnswer(
        **service_answer(registered.entry, caller).model_dump(),
        is_new=registered.is_new,
        applied=registered.applied,
        changes=[Remark.model_validate(change) for change in registered.changes],
        breaks=break_answers(registered.damage),
        breaks_elsewhere=registered.damage.elsewhere,
        notices=list(registered.notices),
    )


def break_answers(damage: Damage) -> list[BreakAnswer]:
    """Give as JSON what a change breaks."""
    return [
        BreakAnswer(
            workflow=one.workflow,
            version=one.version,
            published=one.published,
            problems=[Remark.model_validate(problem) for problem in one.problems],
        )
        for one in damage.breaks
    ]


def workflow_answer(workflow: WorkflowEntry, caller: Caller) -> WorkflowAnswer:
    """Give a workflow as JSON."""
    plain = _plain(workflow, WorkflowAnswer, but=("project", "inputs", "outputs"))
    return WorkflowAnswer(
        **plain,
        project=_project(workflow.project, caller),
        inputs=_ports(workflow.inputs),
        outputs=_ports(workflow.outputs),
    )


def imported_answer(report: Report, caller: Caller) -> ImportedAnswer:
    """Give a workflow as JSON, and how it stands with the services."""
    return ImportedAnswer(
        **workflow_answer(report.entry, caller).model_dump(),
        is_new=report.is_new,
        problems=[Remark.model_validate(problem) for problem in report.problems],
        notices=[Remark.model_validate(problem) for problem in report.notices],
    )


def run_answer(run: RunView, caller: Caller) -> RunAnswer:
    """Give a run as JSON."""
    own = ("owner", "project", "input_ports", "output_ports", "failure", "steps", "messages")
    return RunAnswer(
        **_plain(run, RunAnswer, but=own),
        owner=run.owner_name,
        project=_project(run.project, caller),
        input_ports=_ports(run.input_ports),
        output_ports=_ports(run.output_ports),
        failure=FailureAnswer.model_validate(run.failure) if run.failure else None,
        steps=[StepAnswer.model_validate(step) for step in run.steps],
        messages=[MessageAnswer.model_validate(message) for message in run.messages],
    )


def _plain(value: object, answer: type[BaseModel], *, but: tuple[str, ...]) -> dict[str, Any]:
    """Give the attributes that have the same name and meaning in the JSON."""
    return {name: getattr(value, name) for name in answer.model_fields if name not in but}


def _lexical(value: PlainValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _project(project: ProjectId, caller: Caller) -> str:
    """Name a project for people: the caller's own, or the one that is shared."""
    return caller.project_name if project == caller.project else str(project)


def _ports(ports: tuple[Port, ...]) -> list[PortAnswer]:
    return [cast("PortAnswer", to_json(port)) for port in ports]
