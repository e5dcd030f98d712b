"""How the registered services are doing."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tarry.platform.kernel.model import ProjectId

MOST_BACKING_OFF = 4
"""The pause is doubled at most so many times."""
MOST_CHANGES = 100
"""So many changes of a service's state are kept, the newest ones."""


class HealthState(StrEnum):
    """What a look at a service's WSDL has shown."""

    OK = "ok"  # it is there, as it was registered
    CHANGED = "changed"  # it is there, but no longer as it was registered
    AWAY = "away"  # nothing answers
    UNREADABLE = "unreadable"  # something answers, but that is no WSDL of this service


@dataclass(frozen=True, kw_only=True)
class Health:
    """What is known of one service.

    Attributes:
        since: when it came into this state.
        seen_at: when a WSDL was last there.
        failures: looks in a row that found nothing to read.
        reason: why there was nothing to read; empty if there was.
        changes: what is no longer as it was registered, in words.
    """

    project: ProjectId
    uri: str
    state: HealthState
    since: datetime
    checked_at: datetime
    seen_at: datetime | None = None
    failures: int = 0
    reason: str = ""
    changes: tuple[str, ...] = ()

    def after(self, before: "Health | None") -> "Health":
        """Give this look as the one that follows another."""
        if before is None:
            return self
        lost = self.seen_at is None
        return replace(
            self,
            since=before.since if before.state == self.state else self.since,
            seen_at=before.seen_at if lost else self.seen_at,
            failures=before.failures + 1 if lost else 0,
        )

    def next_look(self, pace: timedelta) -> datetime:
        """Tell when it is worth looking again, if nobody shortens or lengthens the pace."""
        return self.checked_at + pace * (1 << min(self.failures, MOST_BACKING_OFF))


@dataclass(frozen=True, kw_only=True)
class HealthChange:
    """A service came into another state, and stayed there until its next change.

    Attributes:
        at: when a look has shown it first.
        reason: why there was nothing to read; empty if there was.
    """

    project: ProjectId
    uri: str
    at: datetime
    state: HealthState
    reason: str = ""


def change_to(health: Health, last: HealthChange | None) -> HealthChange | None:
    """Give what a look adds to a service's history: a change, or nothing."""
    if last is not None and last.state == health.state:
        return None
    return HealthChange(
        project=health.project,
        uri=health.uri,
        at=health.checked_at,
        state=health.state,
        reason=health.reason,
    )
