"""The JSON of services."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tarry.contract.kinds import Kind
from tarry.contract.ports import PortType
from tarry.platform.catalogue.model import Correction, Health, HealthState, ServiceEntry, Told
from tarry.platform.catalogue.operations import (
    Damage,
    Edit,
    Inspection,
    Registered,
    ServiceRequest,
)
from tarry.platform.kernel.model import Caller
from tarry.platform.portal.api.answers import PortAnswer, plain, ports_shown, project_shown


class CorrectionOrder(BaseModel):
    """What a port of a foreign service really is; what is left out stays as the WSDL says."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    type: PortType | None = None
    title: str | None = Field(None, max_length=200)
    description: str | None = Field(None, max_length=2000)
    unit: str | None = Field(None, max_length=50, examples=["mm"])
    default: str | None = Field(None, max_length=2000)
    accept: list[str] | None = Field(None, description="Endings of file names", max_length=50)

    def said(self) -> Correction:
        """Give it in the catalogue's words."""
        accept = None if self.accept is None else tuple(self.accept)
        return Correction(**(self.model_dump(exclude={"accept"}) | {"accept": accept}))


Corrections = Annotated[
    dict[str, CorrectionOrder],
    Field(
        description="By port: `inputs/<name>` or `outputs/<name>`. An empty one takes it back",
        examples=[{"inputs/part": {"type": "file"}}],
        max_length=200,
    ),
]


class InspectOrder(BaseModel):
    """A WSDL that is to be looked at."""

    model_config = ConfigDict(extra="forbid")

    wsdl: str = Field(max_length=4000, examples=["http://localhost:8081/waiter/Waiter?wsdl"])


_MOST_RUNS = "So many runs of it may go on at once; the others wait. 0 or none: any number"


class ServiceOrder(BaseModel):
    """What to register; what is left out is read from the WSDL."""

    model_config = ConfigDict(extra="forbid")

    wsdl: str = Field(max_length=4000, examples=["http://localhost:8081/waiter/Waiter?wsdl"])
    operation: str = Field(max_length=500, examples=["startWaiter"])
    kind: Kind | None = None
    title: str | None = Field(None, max_length=200)
    description: str | None = Field(None, max_length=10_000)
    category: str | None = Field(None, max_length=200)
    company: str | None = Field(None, max_length=200)
    repeatable: bool | None = Field(None, description="Calling it twice does no harm")
    most_runs: int | None = Field(None, ge=0, le=1_000_000, description=_MOST_RUNS)
    uri: str | None = Field(None, max_length=1000)
    corrections: Corrections = Field(default_factory=dict)
    shared: bool = Field(default=False, description="Every project sees it")

    def request(self) -> ServiceRequest:
        """Give it in the catalogue's words."""
        return ServiceRequest(
            wsdl_url=self.wsdl,
            operation=self.operation,
            kind=self.kind,
            uri=self.uri or "",
            title=self.title or "",
            description=self.description or "",
            category=self.category or "",
            company=self.company or "",
            repeatable=self.repeatable,
            most_runs=self.most_runs,
            corrections={place: one.said() for place, one in self.corrections.items()},
            shared=self.shared,
        )


class ServiceEdit(BaseModel):
    """What is to be said of a service from now on; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = Field(None, max_length=200, description="Empty: the WSDL tells again")
    description: str | None = Field(None, max_length=10_000)
    category: str | None = Field(None, max_length=200)
    company: str | None = Field(None, max_length=200)
    kind: Kind | None = None
    repeatable: bool | None = None
    most_runs: int | None = Field(None, ge=0, le=1_000_000, description=_MOST_RUNS)
    wsdl: str | None = Field(None, max_length=4000, description="Where it is read from now on")
    uri: str | None = Field(None, max_length=1000, description="Its new name in documents")
    corrections: Corrections = Field(default_factory=dict)

    def edit(self) -> Edit:
        """Give it in the catalogue's words."""
        said = self.model_dump(exclude={"wsdl", "uri", "corrections"})
        corrections = {place: one.said() for place, one in self.corrections.items()}
        told = Told(**said, corrections=corrections)
        return Edit(told=told, wsdl_url=self.wsdl or "", uri=self.uri or "")


class HealthAnswer(BaseModel):
    """What the last look at a service has shown."""

    model_config = ConfigDict(from_attributes=True)

    state: HealthState
    since: datetime
    checked_at: datetime
    seen_at: datetime | None = Field(description="When its WSDL was last there")
    reason: str
    changes: list[str] = Field(description="What is no longer as it was registered")


class HealthChangeAnswer(BaseModel):
    """A service came into another state, and stayed there until its next change."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime = Field(description="When a look has shown it first")
    state: HealthState
    reason: str = Field(description="Why there was nothing to read")


class ServiceAnswer(BaseModel):
    """A registered service."""

    name: str
    uri: str
    wsdl: str
    operation: str
    kind: Kind
    title: str
    description: str
    category: str
    company: str
    inputs: list[PortAnswer]
    outputs: list[PortAnswer]
    repeatable: bool
    at_most_once: bool
    most_runs: int | None = Field(None, description=_MOST_RUNS)
    corrections: dict[str, CorrectionOrder]
    project: str
    version: int
    registered_at: datetime
    health: HealthAnswer | None = Field(None, description="None: nobody has looked yet")


class Remark(BaseModel):
    """What somebody should know about a place in a workflow document or a service."""

    model_config = ConfigDict(from_attributes=True)

    place: str
    code: str
    message: str


class BreakAnswer(BaseModel):
    """A workflow that can run before a change of a service, and not after it."""

    workflow: str
    project: str
    version: int
    published: bool = Field(description="Runs start from this version; else it is a draft")
    problems: list[Remark]


class RetiredAnswer(BaseModel):
    """What the end of a service breaks, or would."""

    applied: bool
    breaks: list[BreakAnswer]
    breaks_elsewhere: int = Field(description="Published workflows of other projects that break")


class RegisteredAnswer(ServiceAnswer):
    """A registered service, and how its registration or a change of it went, or would go."""

    is_new: bool = Field(description="Whether a version was added; not if nothing had changed")
    applied: bool = Field(description="Whether this is done; else it is what would be")
    changes: list[Remark] = Field(description="What is different from the version before")
    breaks: list[BreakAnswer] = Field(description="Workflows that can no longer run")
    breaks_elsewhere: int = Field(description="Published workflows of other projects that break")
    notices: list[str] = Field(description="What the service's author may want to know")


class OfferedAnswer(BaseModel):
    """An operation that could be registered."""

    operation: str
    kind: Kind
    description: str
    inputs: list[PortAnswer]
    outputs: list[PortAnswer]
    repeatable: bool
    at_most_once: bool
    uri: str = Field(description="What documents would call it")
    problems: list[str] = Field(description="Why it cannot be registered; empty if it can")
    notices: list[str]
    registered: str = Field(description="Under which name it is registered already")


class InspectionAnswer(BaseModel):
    """What a WSDL has to offer."""

    wsdl: str
    service: str
    operations: list[OfferedAnswer]
    companions: list[str] = Field(description="Operations that accompany the others")


def service_answer(
    service: ServiceEntry, caller: Caller, health: Health | None = None
) -> ServiceAnswer:
    """Give a service as JSON."""
    own = ("wsdl", "project", "inputs", "outputs", "corrections", "health")
    return ServiceAnswer(
        **plain(service, ServiceAnswer, but=own),
        wsdl=service.wsdl_url,
        project=project_shown(service.project, caller),
        inputs=ports_shown(service.inputs),
        outputs=ports_shown(service.outputs),
        corrections={
            place: CorrectionOrder.model_validate(one)
            for place, one in service.told.corrections.items()
        },
        health=HealthAnswer.model_validate(health) if health else None,
    )


def registered_answer(registered: Registered, caller: Caller) -> RegisteredAnswer:
    """Give a service as JSON, and how its registration went."""
    return RegisteredAnswer(
        **service_answer(registered.entry, caller).model_dump(),
        is_new=registered.is_new,
        applied=registered.applied,
        changes=[Remark.model_validate(change) for change in registered.changes],
        breaks=break_answers(registered.damage, caller),
        breaks_elsewhere=registered.damage.elsewhere,
        notices=list(registered.notices),
    )


def retired_answer(damage: Damage, caller: Caller, *, applied: bool) -> RetiredAnswer:
    """Give as JSON what the end of a service breaks."""
    return RetiredAnswer(
        applied=applied, breaks=break_answers(damage, caller), breaks_elsewhere=damage.elsewhere
    )


def break_answers(damage: Damage, caller: Caller) -> list[BreakAnswer]:
    """Give as JSON what a change breaks."""
    return [
        BreakAnswer(
            workflow=one.workflow,
            project=project_shown(one.project, caller),
            version=one.version,
            published=one.published,
            problems=[Remark.model_validate(problem) for problem in one.problems],
        )
        for one in damage.breaks
    ]


def inspection_answer(look: Inspection) -> InspectionAnswer:
    """Give as JSON what a WSDL has to offer."""
    return InspectionAnswer(
        wsdl=look.url,
        service=look.service,
        operations=[
            OfferedAnswer(
                operation=one.operation.name,
                kind=one.found.kind,
                description=one.operation.documentation,
                inputs=ports_shown(one.found.inputs),
                outputs=ports_shown(one.found.outputs),
                repeatable=one.operation.repeatable,
                at_most_once=one.operation.at_most_once,
                uri=one.uri,
                problems=list(one.found.violations),
                notices=list(one.found.notices),
                registered=one.registered,
            )
            for one in look.operations
        ],
        companions=list(look.companions),
    )
