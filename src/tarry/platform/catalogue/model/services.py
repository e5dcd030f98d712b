"""A service description: what the catalogue knows of a service."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import quote

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port
from tarry.platform.catalogue.model.corrections import Correction
from tarry.platform.kernel.model import ProjectId, UserId
from tarry.platform.workflows.interfaces import ServiceInterface

SHARED = ProjectId("shared")
"""What belongs to this project is seen from every project."""

LONGEST_URI = 500
LONGEST_NAME = 200

_FOLDER = {Kind.SYNCHRONOUS: "sync", Kind.ASYNCHRONOUS: "async", Kind.APPLICATION: "apps"}


@dataclass(frozen=True, kw_only=True)
class Polling:
    """How often the manager asks a service for its status.

    Attributes:
        first: pause before the first poll; later pauses grow from it.
        slowest: the longest pause, as long as no push has been seen to arrive.
        pushed: the pause once pushes have been seen to arrive; the fallback.
    """

    first: timedelta = timedelta(milliseconds=200)
    slowest: timedelta = timedelta(seconds=6)
    pushed: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What people said of a service, kept over every reading of its WSDL.

    `None` where they said nothing: there the WSDL tells.

    Attributes:
        category: where people look for it.
        company: who offers it.
        most_runs: so many runs of it may go on at once; 0: any number.
        corrections: of its ports, by `inputs/<port>` and `outputs/<port>`.
    """

    kind: Kind | None = None
    title: str | None = None
    description: str | None = None
    category: str | None = None
    company: str | None = None
    repeatable: bool | None = None
    polling: Polling | None = None
    most_runs: int | None = None
    corrections: Mapping[str, Correction] = field(default_factory=dict)

    def then(self, newer: "Told") -> "Told":
        """Give what was said, with what was said later; a correction that says nothing is gone."""
        corrections = {**self.corrections, **newer.corrections}
        said = {
            name: value
            for name in self.__dataclass_fields__
            if (value := getattr(newer, name)) is not None
        }
        said["corrections"] = {
            place: correction
            for place, correction in corrections.items()
            if correction != Correction()
        }
        return replace(self, **said)


@dataclass(frozen=True, kw_only=True)
class ServiceEntry:
    """One version of a service description.

    Attributes:
        name: what people call it, unique in its project: `<WSDL's service>.<operation>`.
        uri: what workflow documents call it; the same URI again is a new version.
        inputs: its own inputs, without those that the manager fills in, in their order.
        outputs: its own outputs, without `status_base64`, in their order.
        remote: what the SOAP client needs to call it, as JSON-ready data; opaque to the catalogue.
        repeatable: calling it twice does no harm.
        at_most_once: the same `serviceID` never starts a second program.
        told: what people said of it.
        version: counts from 1.
    """

    name: str
    uri: str
    wsdl_url: str
    operation: str
    kind: Kind
    project: ProjectId
    title: str = ""
    description: str = ""
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    remote: Mapping[str, object] = field(default_factory=dict, repr=False)
    repeatable: bool = False
    at_most_once: bool = False
    polling: Polling = field(default_factory=Polling)
    told: Told = field(default_factory=Told)
    version: int = 1
    registered_by: UserId
    registered_at: datetime

    @property
    def category(self) -> str:
        """Where people look for it; empty if nobody said."""
        return self.told.category or ""

    @property
    def company(self) -> str:
        """Who offers it; empty if nobody said."""
        return self.told.company or ""

    @property
    def most_runs(self) -> int | None:
        """So many runs of it may go on at once; `None`: any number."""
        return self.told.most_runs or None

    def interface(self) -> ServiceInterface:
        """Give the service as a workflow sees it."""
        return ServiceInterface(
            uri=self.uri,
            kind=self.kind,
            inputs=self.inputs,
            outputs=self.outputs,
            title=self.title or self.name,
        )


def service_name(service: str, operation: str) -> str:
    """Give the name that people use, from the names in the WSDL."""
    return f"{service}.{operation}"


def service_uri(kind: Kind, service: str, operation: str) -> str:
    """Give the URI of a service whose author chose none: the same wherever it is served."""
    return f"http://tarry/{_FOLDER[kind]}/{quote(service)}.owl#{quote(operation)}_Service"
