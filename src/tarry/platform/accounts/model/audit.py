"""The audit trail: who did what when, and from where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tarry.platform.kernel.model import Caller, ProjectId

LONGEST_FACT = 200


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the trail. It names people and things as they were called then.

    Attributes:
        id: counts up; 0 until it is kept.
        user: empty if nobody knows who it was, as with a failed log-in.
        project: empty for what concerns the whole platform.
        action: a thing and what became of it, such as `run.started`.
        subject: the name or id of that thing.
        api_token: id of the API token that was used, if it was one.
        address: where it was done from; empty for what was done on the machine itself.
        facts: what else is worth knowing; never a secret.
    """

    at: datetime
    action: str
    subject: str = ""
    user: str = ""
    project: ProjectId | str = ""
    project_name: str = ""
    api_token: str = ""
    address: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    id: int = 0


def entry_of(
    caller: Caller, action: str, subject: str, facts: Mapping[str, str], now: datetime
) -> Entry:
    """Make the line of something that a caller did in the project of their token."""
    return Entry(
        at=now,
        action=action,
        subject=subject[:LONGEST_FACT],
        user=caller.user_name,
        project=caller.project,
        project_name=caller.project_name,
        api_token=caller.api_token,
        address=caller.address,
        facts={name: fact[:LONGEST_FACT] for name, fact in facts.items()},
    )
