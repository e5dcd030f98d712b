"""What the platform has to say about services and workflows, as typed values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tarry.contract.ports import Port
from tarry.contract.ports import from_json as port_from_json

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something about one place: `inputs/size` of a service, `s1/size` of a workflow.

    Attributes:
        code: says what sort of remark it is, and never changes.
    """

    place: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


@dataclass(frozen=True, kw_only=True)
class Break:
    """A workflow that can run before a change of a service, and not after it.

    Attributes:
        published: runs start from this version; else it is a draft.
    """

    workflow: str
    version: int
    published: bool
    problems: tuple[Remark, ...] = ()

    @classmethod
    def read(cls, data: Json) -> "Break":
        """Read the JSON form."""
        return cls(
            workflow=str(data["workflow"]),
            version=int(data["version"]),
            published=bool(data["published"]),
            problems=remarks(data.get("problems")),
        )


@dataclass(frozen=True, kw_only=True)
class ServiceHealth:
    """What the last look at a service has shown.

    Attributes:
        state: `ok`, `changed`, `away` or `unreadable`.
        seen_at: when its WSDL was last there.
    """

    state: str
    checked_at: datetime | None
    seen_at: datetime | None
    reason: str = ""
    changes: tuple[str, ...] = ()

    @classmethod
    def read(cls, data: Json | None) -> "ServiceHealth | None":
        """Read the JSON form; nothing stays nothing."""
        if not data:
            return None
        return cls(
            state=str(data["state"]),
            checked_at=_time(data.get("checked_at")),
            seen_at=_time(data.get("seen_at")),
            reason=str(data.get("reason") or ""),
            changes=tuple(data.get("changes") or ()),
        )


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of a workflow.

    Attributes:
        draft: it was never published.
        published: runs start from it.
    """

    version: int
    title: str
    author: str
    comment: str
    saved_at: datetime | None
    published_at: datetime | None
    draft: bool
    published: bool
    raw: Json = field(repr=False, default_factory=dict)

    @classmethod
    def read(cls, data: Json) -> "Version":
        """Read the JSON form."""
        return cls(
            version=int(data["version"]),
            title=str(data.get("title") or ""),
            author=str(data.get("author") or ""),
            comment=str(data.get("comment") or ""),
            saved_at=_time(data.get("saved_at")),
            published_at=_time(data.get("published_at")),
            draft=bool(data.get("draft")),
            published=bool(data.get("published")),
            raw=data,
        )


@dataclass(frozen=True, kw_only=True)
class Offered:
    """An operation of a WSDL that could be registered.

    Attributes:
        problems: why it cannot be; empty if it can.
        registered: under which name it is registered already; empty if it is not.
    """

    operation: str
    kind: str
    description: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    problems: tuple[str, ...]
    notices: tuple[str, ...]
    registered: str

    @classmethod
    def read(cls, data: Json) -> "Offered":
        """Read the JSON form."""
        return cls(
            operation=str(data["operation"]),
            kind=str(data["kind"]),
            description=str(data.get("description") or ""),
            inputs=tuple(port_from_json(port) for port in data.get("inputs") or ()),
            outputs=tuple(port_from_json(port) for port in data.get("outputs") or ()),
            problems=tuple(data.get("problems") or ()),
            notices=tuple(data.get("notices") or ()),
            registered=str(data.get("registered") or ""),
        )


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What a WSDL has to offer."""

    wsdl: str
    service: str
    operations: tuple[Offered, ...]
    raw: Json = field(repr=False, default_factory=dict)

    @classmethod
    def read(cls, data: Json) -> "Inspection":
        """Read the JSON form."""
        return cls(
            wsdl=str(data["wsdl"]),
            service=str(data["service"]),
            operations=tuple(Offered.read(one) for one in data["operations"]),
            raw=data,
        )


@dataclass(frozen=True, kw_only=True)
class Retirement:
    """What the end of a service breaks, or would.

    Attributes:
        applied: whether it is done.
        breaks_elsewhere: how many published workflows of other projects break too.
    """

    applied: bool
    breaks: tuple[Break, ...]
    breaks_elsewhere: int = 0

    @classmethod
    def read(cls, data: Json) -> "Retirement":
        """Read the JSON form."""
        return cls(
            applied=bool(data["applied"]),
            breaks=tuple(Break.read(one) for one in data["breaks"]),
            breaks_elsewhere=int(data.get("breaks_elsewhere") or 0),
        )


def remarks(data: Any) -> tuple[Remark, ...]:
    """Read a list of remarks."""
    return tuple(
        Remark(place=str(one["place"]), code=str(one["code"]), message=str(one["message"]))
        for one in data or ()
    )


def _time(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None
