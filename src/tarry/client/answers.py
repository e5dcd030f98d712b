"""The platform's answers as typed values. Fields that a client does not know are kept in `raw`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tarry.client.exchanges import Message, Telling
from tarry.client.findings import Break, Remark, ServiceHealth, remarks
from tarry.client.reading import Json, read_time
from tarry.contract.ports import Port
from tarry.contract.ports import from_json as port_from_json

OVER = frozenset({"succeeded", "failed", "aborted"})
"""The states in which nothing of a run or a step will change any more."""


def _texts(data: object) -> dict[str, str]:
    return {str(name): str(value) for name, value in dict(data or {}).items()}  # type: ignore[call-overload]


def _ports(data: object) -> tuple[Port, ...]:
    return tuple(port_from_json(item) for item in (data or ()))  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True)
class Session:
    """A log-in. The token is a secret."""

    token: str = field(repr=False)
    user: str
    project: str
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Me:
    """Who the platform takes us for."""

    user: str
    project: str
    raw: Json = field(repr=False, default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a run or a step failed, in words."""

    code: str
    message: str
    step: str | None = None

    @classmethod
    def read(cls, data: Json | None) -> "Failure | None":
        """Read the JSON form; nothing stays nothing."""
        if not data:
            return None
        return cls(
            code=str(data.get("code", "")),
            message=str(data.get("message", "")),
            step=data.get("step") or None,
        )


@dataclass(frozen=True, kw_only=True)
class Step:
    """One attempt at a step of a run.

    Attributes:
        progress: percent, if the step's status page shows one.
        inputs: what it was started with.
        folder: where the service keeps this run on its machine, if it said so.
        note: what a person should know although it is no failure.
        kind: of its service: synchronous, asynchronous or application.
        waits: it shows a page and waits for an answer.
        hears: messages can be sent to it while it runs.
        retry_at: when the attempt after this one begins, if one follows.
        passed_over: it has failed, and the run has gone on as the workflow says.
        taken_from: the id of the step run of an earlier run whose outputs were taken over.
    """

    id: str
    number: int
    key: str
    name: str
    service: str
    operation: str
    state: str
    progress: float | None = None
    attempt: int = 1
    started_at: datetime | None = None
    ended_at: datetime | None = None
    failure: Failure | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    folder: str = ""
    page_tag: str = ""
    note: str = ""
    kind: str = ""
    waits: bool = False
    hears: bool = False
    retry_at: datetime | None = None
    passed_over: bool = False
    taken_from: str | None = None
    raw: Json = field(repr=False, default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether this attempt will not change any more."""
        return self.state in OVER

    @property
    def iterations(self) -> tuple[int, ...]:
        """Its rounds and items of the loops and for-eachs around it, counted from 0."""
        around = self.key.partition("[")[2].removesuffix("]")
        return tuple(map(int, around.split(","))) if around else ()

    @classmethod
    def read(cls, data: Json) -> "Step":
        """Read the JSON form."""
        return cls(
            id=str(data["id"]),
            number=int(data["number"]),
            key=str(data.get("key", "")),
            name=str(data.get("name", "")),
            service=str(data.get("service", "")),
            operation=str(data.get("operation", "")),
            state=str(data["state"]),
            progress=None if data.get("progress") is None else float(data["progress"]),
            attempt=int(data.get("attempt") or 1),
            started_at=read_time(data.get("started_at")),
            ended_at=read_time(data.get("ended_at")),
            failure=Failure.read(data.get("failure")),
            inputs=_texts(data.get("inputs")),
            outputs=_texts(data.get("outputs")),
            folder=str(data.get("folder") or ""),
            page_tag=str(data.get("page_tag") or ""),
            note=str(data.get("note") or ""),
            kind=str(data.get("kind") or ""),
            waits=bool(data.get("waits")),
            hears=bool(data.get("hears")),
            retry_at=read_time(data.get("retry_at")),
            passed_over=bool(data.get("passed_over")),
            taken_from=data.get("taken_from"),
            raw=data,
        )


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a workflow.

    Attributes:
        resumed_from: id of the run that it goes on from.
        rerun_of: id of the run that it repeats.
        tellings: who is told of it; left out where many runs are listed.
        waits: one of its steps waits for an answer.
        messages: what was sent to its steps; left out where many runs are listed.
        trial: what it tries out, `workflow` (a version that was not published) or `service` (on
            its own; `workflow` is its name then); empty: it is a run of a published workflow.
    """

    id: str
    workflow: str
    title: str
    state: str
    owner: str = ""
    project: str = ""
    created_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    input_ports: tuple[Port, ...] = ()
    output_ports: tuple[Port, ...] = ()
    failure: Failure | None = None
    steps: tuple[Step, ...] = ()
    waits: bool = False
    messages: tuple[Message, ...] = ()
    resumed_from: str = ""
    rerun_of: str = ""
    trial: str = ""
    tellings: tuple[Telling, ...] = ()
    raw: Json = field(repr=False, default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether the run has ended, well or not."""
        return self.state in OVER

    @property
    def succeeded(self) -> bool:
        """Whether the run ended well, so that its outputs are there."""
        return self.state == "succeeded"

    @classmethod
    def read(cls, data: Json) -> "Run":
        """Read the JSON form."""
        return cls(
            id=str(data["id"]),
            workflow=str(data["workflow"]),
            title=str(data.get("title") or ""),
            state=str(data["state"]),
            owner=str(data.get("owner") or ""),
            project=str(data.get("project") or ""),
            created_at=read_time(data.get("created_at")),
            started_at=read_time(data.get("started_at")),
            ended_at=read_time(data.get("ended_at")),
            inputs=_texts(data.get("inputs")),
            outputs=_texts(data.get("outputs")),
            input_ports=_ports(data.get("input_ports")),
            output_ports=_ports(data.get("output_ports")),
            failure=Failure.read(data.get("failure")),
            steps=tuple(Step.read(step) for step in data.get("steps") or ()),
            waits=bool(data.get("waits")),
            messages=tuple(Message.read(item) for item in data.get("messages") or ()),
            resumed_from=str(data.get("resumed_from") or ""),
            rerun_of=str(data.get("rerun_of") or ""),
            trial=str(data.get("trial") or ""),
            tellings=tuple(Telling.read(item) for item in data.get("tell") or ()),
            raw=data,
        )


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """A workflow of the catalogue.

    Attributes:
        published_version: the version that is run; `None` if none is published yet.
        author: who saved this version.
        problems: after a save or a check: what keeps it from running.
        applied: after it was published or retracted: whether that is done, or only told.
        breaks: after that: workflows that use it and can no longer run, or could not.
        breaks_elsewhere: as many published ones of other projects.
    """

    name: str
    uri: str
    title: str = ""
    description: str = ""
    version: int = 1
    published_version: int | None = None
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    project: str = ""
    category: str = ""
    company: str = ""
    author: str = ""
    comment: str = ""
    problems: tuple[Remark, ...] = ()
    notices: tuple[Remark, ...] = ()
    applied: bool = True
    breaks: tuple[Break, ...] = ()
    breaks_elsewhere: int = 0
    raw: Json = field(repr=False, default_factory=dict)

    @classmethod
    def read(cls, data: Json) -> "Workflow":
        """Read the JSON form."""
        return cls(
            name=str(data["name"]),
            uri=str(data.get("uri", "")),
            title=str(data.get("title") or ""),
            description=str(data.get("description") or ""),
            version=int(data.get("version") or 1),
            published_version=data.get("published_version"),
            inputs=_ports(data.get("inputs")),
            outputs=_ports(data.get("outputs")),
            project=str(data.get("project") or ""),
            category=str(data.get("category") or ""),
            company=str(data.get("company") or ""),
            author=str(data.get("author") or ""),
            comment=str(data.get("comment") or ""),
            problems=remarks(data.get("problems")),
            notices=remarks(data.get("notices")),
            applied=bool(data.get("applied", True)),
            breaks=tuple(Break.read(one) for one in data.get("breaks") or ()),
            breaks_elsewhere=int(data.get("breaks_elsewhere") or 0),
            raw=data,
        )


@dataclass(frozen=True, kw_only=True)
class Service:
    """A registered service.

    Attributes:
        health: what the last look at it has shown; nothing if nobody has looked yet.
        is_new: after a registration or a change: whether a version was added, or would be.
        changes: after a registration or a change: what is different from the version before.
        breaks: after a change: workflows that can no longer run.
        breaks_elsewhere: after a change: how many published ones of other projects can't either.
        notices: after a registration or a change: what the service's author may want to know.
    """

    name: str
    uri: str
    wsdl: str
    operation: str
    kind: str
    title: str = ""
    description: str = ""
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    repeatable: bool = False
    at_most_once: bool = False
    project: str = ""
    version: int = 1
    category: str = ""
    company: str = ""
    health: ServiceHealth | None = None
    is_new: bool = False
    changes: tuple[Remark, ...] = ()
    breaks: tuple[Break, ...] = ()
    breaks_elsewhere: int = 0
    notices: tuple[str, ...] = ()
    raw: Json = field(repr=False, default_factory=dict)

    @classmethod
    def read(cls, data: Json) -> "Service":
        """Read the JSON form."""
        return cls(
            name=str(data["name"]),
            uri=str(data.get("uri", "")),
            wsdl=str(data.get("wsdl", "")),
            operation=str(data.get("operation", "")),
            kind=str(data.get("kind", "")),
            title=str(data.get("title") or ""),
            description=str(data.get("description") or ""),
            inputs=_ports(data.get("inputs")),
            outputs=_ports(data.get("outputs")),
            repeatable=bool(data.get("repeatable")),
            at_most_once=bool(data.get("at_most_once")),
            project=str(data.get("project") or ""),
            version=int(data.get("version") or 1),
            category=str(data.get("category") or ""),
            company=str(data.get("company") or ""),
            health=ServiceHealth.read(data.get("health")),
            is_new=bool(data.get("is_new")),
            changes=remarks(data.get("changes")),
            breaks=tuple(Break.read(one) for one in data.get("breaks") or ()),
            breaks_elsewhere=int(data.get("breaks_elsewhere") or 0),
            notices=tuple(data.get("notices") or ()),
            raw=data,
        )


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file that the platform keeps."""

    uri: str
    name: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Event:
    """News of a run.

    Attributes:
        id: names this event across restarts; empty for news that need no replay.
        kind: `run` (the whole run stands in `run`) or `page` (a step shows something new).
        data: the event's JSON; of a page: `step`, `page_tag`, `progress`, `note`.
    """

    id: str
    kind: str
    data: Json = field(repr=False)

    @property
    def run(self) -> Run | None:
        """The run as it is after this event, if the event carries it."""
        return Run.read(self.data) if self.kind == "run" else None
