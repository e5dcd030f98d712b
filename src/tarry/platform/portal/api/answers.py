"""The JSON of the API, as FastAPI describes it in the OpenAPI document."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from tarry.contract.kinds import Kind
from tarry.contract.lists import write_list
from tarry.contract.ports import Port, to_json
from tarry.platform.executions.model.events import Choice
from tarry.platform.executions.model.states import ExecutionState, StepState
from tarry.platform.executions.model.trials import Trial
from tarry.platform.executions.model.views import RunView
from tarry.platform.kernel.model import Caller, ProjectId, Right
from tarry.platform.portal.api.answers_messages import MessageAnswer
from tarry.platform.portal.api.answers_runs import (
    ConstructAnswer,
    Tell,
    TellingAnswer,
    telling_answer,
)

Item = TypeVar("Item")
NEXT = "What `after` has to be for the next page; empty: this is the last one"
PlainValue = bool | int | float | str


class Items(BaseModel, Generic[Item]):
    """A list."""

    items: list[Item]


class Page(BaseModel, Generic[Item]):
    """A page of a long list."""

    items: list[Item]
    next: str = Field("", description=NEXT)


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
    rights: list[Right] = Field(description="What the caller may do with this token")
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


class RunOrder(BaseModel):
    """A run to be started: of a published workflow, or a trial by somebody who develops.

    Values are given in their lexical form; plain JSON values and lists of them do as well.
    """

    model_config = ConfigDict(extra="forbid")

    workflow: str | None = Field(
        None, min_length=1, max_length=500, description="Its name; this or `service` is given"
    )
    service: str | None = Field(
        None,
        min_length=1,
        max_length=500,
        validate_default=True,
        description="Name or URI of a service that is run on its own, with its inputs; it takes "
        "the right to develop",
    )
    version: Annotated[int, Field(ge=1)] | Literal["newest"] | None = Field(
        None,
        description="Of the workflow, published or not; it takes the right to develop. Default: "
        "the one that is published",
    )
    inputs: dict[str, PlainValue | list[PlainValue]] = Field(default_factory=dict, repr=False)
    tell: list[Tell] = Field(
        default_factory=list,
        max_length=10,
        description="Who is told when the run has ended or waits for somebody",
    )

    @field_validator("service")
    @classmethod
    def _one_thing(cls, service: str | None, known: ValidationInfo) -> str | None:
        if "workflow" in known.data and (known.data["workflow"] is None) == (service is None):
            raise PydanticCustomError("one_of", "give either a workflow or a service")
        return service

    @field_validator("version")
    @classmethod
    def _of_workflow(cls, version: object, known: ValidationInfo) -> object:
        if version is not None and known.data.get("service") is not None:
            raise PydanticCustomError("of_workflow", "it is that of a workflow, not of a service")
        return version

    def lexical(self) -> dict[str, str]:
        """Give the values in their lexical form."""
        return {name: lexical(value) for name, value in self.inputs.items()}


class AgainOrder(BaseModel):
    """A run that goes on from another one, or repeats it: what is different this time.

    An input that is `null` is left out, so that its default counts; secrets are given again, as
    they are not kept.
    """

    model_config = ConfigDict(extra="forbid")

    inputs: dict[str, PlainValue | list[PlainValue] | None] = Field(
        default_factory=dict, repr=False
    )
    tell: list[Tell] = Field(
        default_factory=list, max_length=10, description="As when a run is started; of this run"
    )

    def changes(self) -> dict[str, str | None]:
        """Give the values in their lexical form."""
        return {
            name: None if value is None else lexical(value) for name, value in self.inputs.items()
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
    retry_at: datetime | None = Field(description="It has failed, and is tried again then")
    passed_over: bool = Field(description="It has failed, and the run goes on with other outputs")
    taken_from: str | None = Field(description="Step run of an earlier run that its outputs are of")


class RunAnswer(BaseModel):
    """One run of a workflow."""

    id: str
    workflow: str = Field(description="Its name; of a trial of a service, the service's")
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
    constructs: list[ConstructAnswer] = Field(description="Not in lists of runs")
    resumed_from: str | None = Field(description="The run that it goes on from")
    rerun_of: str | None = Field(description="The run that it repeats")
    tell: list[TellingAnswer] = Field(description="Who is told of it; not in lists of runs")
    trial: Trial | None = Field(
        description="It tries out a version of a workflow that was not published, or a service"
    )


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


class Readiness(BaseModel):
    """Whether a process of the platform can answer requests."""

    status: Literal["ready"]
    leads: bool = Field(description="This process is the one that manages the runs")


def me_answer(caller: Caller, upload_limit: int) -> MeAnswer:
    """Say who calls."""
    return MeAnswer(
        user=caller.user_name,
        project=caller.project_name,
        email=caller.email,
        roles=sorted(caller.roles),
        rights=sorted(caller.rights),
        run=caller.execution,
        upload_limit=upload_limit,
    )


def run_answer(run: RunView, caller: Caller) -> RunAnswer:
    """Give a run as JSON."""
    own = {"owner", "project", "input_ports", "output_ports", "failure", "steps"}
    own |= {"messages", "constructs", "tell"}
    mine = run.owner == caller.user
    return RunAnswer(
        **plain(run, RunAnswer, but=own),
        owner=run.owner_name,
        project=project_shown(run.project, caller),
        input_ports=ports_shown(run.input_ports),
        output_ports=ports_shown(run.output_ports),
        failure=FailureAnswer.model_validate(run.failure) if run.failure else None,
        steps=[StepAnswer.model_validate(step) for step in run.steps],
        messages=[MessageAnswer.model_validate(message) for message in run.messages],
        constructs=[ConstructAnswer.model_validate(one) for one in run.constructs],
        tell=[telling_answer(telling, own=mine) for telling in run.tellings],
    )


def plain(value: object, answer: type[BaseModel], *, but: Collection[str]) -> dict[str, Any]:
    """Give the attributes that have the same name and meaning in the JSON."""
    return {name: getattr(value, name) for name in answer.model_fields if name not in but}


def lexical(value: PlainValue | list[PlainValue]) -> str:
    """Give a value in its lexical form."""
    if isinstance(value, list):
        return write_list(map(lexical, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def project_shown(project: ProjectId, caller: Caller) -> str:
    """Name a project for people: the caller's own, or the one that is shared."""
    return caller.project_name if project == caller.project else str(project)


def ports_shown(ports: tuple[Port, ...]) -> list[PortAnswer]:
    """Give ports as JSON, in their order."""
    return [cast("PortAnswer", to_json(port)) for port in ports]
