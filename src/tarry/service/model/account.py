"""What a run's folder says of itself, to programs and to people."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from tarry.service.model.page import duration_words

FORMAT = 1

_FILES = (
    ("work/", "the working folder, with what the program wrote; its input files are in inputs/"),
    ("log", "what the program printed; log.1 and so on are from before the machine went down"),
    ("reports", "what the program said of its progress, lines of JSON; there if it was asked to"),
    ("messages", "what was sent to the program, one line each"),
    ("run.json", "this text for programs"),
    ("request.json", "what was asked for, as the service keeps it"),
    ("outcome.json", "how it ended, as the service keeps it; there once it is over"),
    ("control/", "marks of the process: pid, exit (code and how it ended), abort"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """All that is worth knowing of a run when its folder is opened years later.

    Attributes:
        inputs: secrets are covered.
        command: what was run; a secret stands in it by the name of its file only.
        limits: in words.
        versions: of Tarry, of Python, and the digest of the program file.
    """

    title: str
    service: str
    operation: str
    service_id: str
    user: str
    project: str
    state: str
    inputs: Mapping[str, str]
    command: tuple[str, ...]
    asked_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    exit_code: int | None = None
    code: str = ""
    reason: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    box: bool = False
    restarts: int = 0
    limits: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


def as_json(account: Account) -> str:
    """Write it for programs; times are ISO 8601."""
    plain = {"format": FORMAT, **asdict(account)}
    return json.dumps(plain, default=_plain, ensure_ascii=False, indent=1) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot stand in an account")


def as_text(account: Account) -> str:
    """Write it for people."""
    head = f"{account.title}: {account.service}.{account.operation}"
    parts = [
        f"{head}\n{'=' * len(head)}",
        _listed("", _facts(account)),
        _listed("Inputs", account.inputs),
        _listed("Outputs", account.outputs),
        _listed("Command, run in work/", {"": shlex.join(account.command)}),
        _listed("Limits", account.limits),
        _listed("Versions", account.versions),
        _listed("What lies here", dict(_FILES)),
    ]
    return "\n".join(part for part in parts if part)


def _facts(account: Account) -> dict[str, str]:
    who = " in ".join(part for part in (account.user, account.project) if part)
    facts = {
        "serviceID": account.service_id,
        "asked for": f"{_time(account.asked_at)} by {who}" if who else _time(account.asked_at),
        "began": _time(account.started_at),
        "ended": _time(account.ended_at),
        "took": "",
        "state": account.state,
        "why": f"{account.reason} ({account.code})" if account.code else "",
        "exit code": "" if account.exit_code is None else str(account.exit_code),
        "begun again": f"{account.restarts} times" if account.restarts else "",
        "box": "yes: no more of the machine than docs/reference/program-file.md says"
        if account.box
        else "",
    }
    if account.started_at and account.ended_at:
        facts["took"] = duration_words(account.ended_at - account.started_at)
    return {name: fact for name, fact in facts.items() if fact}


def _time(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC" if instant else ""


def _listed(title: str, items: Mapping[str, str]) -> str:
    if not items:
        return ""
    width = max(len(name) for name in items)
    lines = [f"{title}"] if title else []
    for name, text in items.items():
        first, *rest = text.splitlines() or [""]
        lines.append(f"  {name:<{width}}  {first}" if name else f"  {first}")
        lines += [f"  {'':<{width}}  {line}" for line in rest]
    return "\n".join(lines) + "\n"
