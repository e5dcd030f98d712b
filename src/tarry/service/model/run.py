"""A run: who started what with which inputs, how it stands and how it ended."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Any, NewType

from tarry.contract.errors import InvalidValue
from tarry.contract.ids import MAX_SERVICE_ID, ServiceId, folder_name
from tarry.contract.kinds import SERVICE_ID
from tarry.service.errors import ENDINGS, RunEnded

RunName = NewType("RunName", str)
"""The name of a run's folder and of its record; safe in every file system."""

_SHORT = 200
"""Characters of an id whose name is worth remembering."""

FORMAT = 1
"""The format of the records on disk."""


class RunState(StrEnum):
    """Where a run stands."""

    PREPARING = "preparing"  # its input files are fetched
    QUEUED = "queued"  # other runs of its operation come first
    RUNNING = "running"
    STORING = "storing"  # the program is over, its output files are brought to the storage
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ABORTED = "aborted"
    LOST = "lost"


NEXT: dict[RunState, frozenset[RunState]] = {
    RunState.PREPARING: frozenset(
        {RunState.QUEUED, RunState.RUNNING, RunState.FAILED, RunState.ABORTED, RunState.LOST}
    ),
    RunState.QUEUED: frozenset(
        {RunState.RUNNING, RunState.FAILED, RunState.ABORTED, RunState.LOST}
    ),
    RunState.RUNNING: frozenset(
        {RunState.STORING, RunState.FAILED, RunState.ABORTED, RunState.LOST}
    ),
    RunState.STORING: frozenset({RunState.SUCCEEDED, RunState.FAILED, RunState.ABORTED}),
    RunState.SUCCEEDED: frozenset(),
    RunState.FAILED: frozenset(),
    RunState.ABORTED: frozenset(),
    RunState.LOST: frozenset(),
}
"""What may follow each state; a final state never changes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """Whom a run belongs to: a user in a project, as the authentication manager knows them."""

    user: str
    project: str
    project_name: str = ""


OwnerKey = tuple[str, str]
"""Project and user: those who have both in common share a queue."""

NO_QUEUE: OwnerKey = ("", "")

Rings = Mapping[tuple[str, str], Sequence[OwnerKey]]
"""The owners who wait for each operation (service, operation), the next one first."""


def owner_key(owner: Owner | None) -> OwnerKey:
    """Say in whose queue the runs of an owner stand."""
    return (owner.project, owner.user) if owner else NO_QUEUE


@dataclass(frozen=True, kw_only=True, slots=True)
class Intent:
    """The record of an id, made durable before anything starts and kept when the run is cleaned.

    Attributes:
        digest: of operation and inputs, so that a repeated call is told from another one.
        boot: the machine's boot in which it was made; in a later one, nobody knows whether the
            program has begun.
        number: of two runs that go on, the one with the lower number was asked for sooner,
            whatever the clock says.
    """

    service_id: ServiceId
    service: str
    operation: str
    owner: Owner
    digest: str
    created_at: datetime
    boot: str
    number: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """All that a run needs to be taken up again.

    Attributes:
        inputs: checked values in lexical form; secrets are covered.
        program: digest of the program file that it was started with.
        here: the folder of that program file.
        synchronous: somebody waits for the answer, and nobody will ask for it later.
    """

    operation: str
    inputs: Mapping[str, str]
    program: str
    here: str
    created_at: datetime
    service_id: str = ""
    project_name: str = ""
    synchronous: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Secrets:
    """What must be kept of the caller's secrets until the run is settled.

    Attributes:
        inputs: those of the inputs that are secrets; kept until the program has ended.
    """

    session_token: str = field(default="", repr=False)
    push: str = field(default="", repr=False)
    inputs: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How a run ended. Once written, it never changes.

    Attributes:
        code: stable code of the failure; empty for success.
        reason: why, in words.
        log: the last lines of the log, for those who have only the fault.
    """

    state: RunState
    ended_at: datetime
    outputs: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    reason: str = ""
    exit_code: int | None = None
    log: tuple[str, ...] = ()

    def error(self) -> RunEnded:
        """Give the error that tells of a run without outputs."""
        text = self.reason
        if self.log:
            text += "\n\nThe last lines of its log:\n" + "\n".join(self.log)
        return ENDINGS[self.code](reason=text)


def run_name(owner: Owner, service_id: str) -> RunName:
    """Name a run, so that different owners can neither meet nor learn of each other.

    Raises:
        InvalidValue: the id is empty or too long.
    """
    if not service_id:
        raise InvalidValue(port=SERVICE_ID, got="''", rule="must not be empty")
    if len(service_id) > MAX_SERVICE_ID:
        raise InvalidValue(
            port=SERVICE_ID,
            got=f"a text of {len(service_id)} characters",
            rule=f"is longer than {MAX_SERVICE_ID} characters",
        )
    if len(service_id) > _SHORT:
        return RunName(folder_name(owner.project, owner.user, service_id))
    return _remembered_name(owner.project, owner.user, service_id)


@lru_cache(maxsize=10_000)
def _remembered_name(project: str, user: str, service_id: str) -> RunName:
    """Every poll asks for the name of its run."""
    return RunName(folder_name(project, user, service_id))


def digest_of(service: str, operation: str, inputs: Mapping[str, str]) -> str:
    """Tell whether two calls ask for the same: they do if and only if their digests agree.

    It is kept for ever, so the inputs must be covered: even a digest would let a secret be guessed.
    """
    plain = json.dumps([service, operation, sorted(inputs.items())], ensure_ascii=True)
    return sha256(plain.encode()).hexdigest()


def write_record(record: Intent | Request | Secrets | Outcome) -> str:
    """Give a record as JSON."""
    plain = {"format": FORMAT, **asdict(record)}
    return json.dumps(plain, default=_plain, ensure_ascii=False, indent=1) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot stand in a record")


def write_rings(rings: Rings) -> str:
    """Give the rings of owners as JSON."""
    plain = [[*key, list(ring)] for key, ring in rings.items()]
    return json.dumps({"format": FORMAT, "rings": plain}, ensure_ascii=False) + "\n"


def read_rings(text: str) -> Rings:
    """Read what `write_rings` gave."""
    return {
        (str(service), str(operation)): [(str(project), str(user)) for project, user in ring]
        for service, operation, ring in json.loads(text)["rings"]
    }


def read_intent(text: str) -> Intent:
    """Read what `write_record` gave of an intent."""
    data = _record(text)
    return Intent(
        **{
            **data,
            "owner": Owner(**data["owner"]),
            "created_at": datetime.fromisoformat(data["created_at"]),
        }
    )


def read_request(text: str) -> Request:
    """Read what `write_record` gave of a request."""
    data = _record(text)
    return Request(**{**data, "created_at": datetime.fromisoformat(data["created_at"])})


def read_secrets(text: str) -> Secrets:
    """Read what `write_record` gave of secrets."""
    return Secrets(**_record(text))


def read_outcome(text: str) -> Outcome:
    """Read what `write_record` gave of an outcome."""
    data = _record(text)
    return Outcome(
        **{
            **data,
            "state": RunState(data["state"]),
            "ended_at": datetime.fromisoformat(data["ended_at"]),
            "log": tuple(data["log"]),
        }
    )


def _record(text: str) -> dict[str, Any]:
    data = json.loads(text)
    data.pop("format", None)
    return dict(data)
