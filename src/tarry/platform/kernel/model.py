"""Ids and durations that have types of their own."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

UserId = NewType("UserId", str)
ProjectId = NewType("ProjectId", str)
ExecutionId = NewType("ExecutionId", str)
"""One run of a workflow: 32 hex digits."""
StepRunId = NewType("StepRunId", str)
"""One attempt at a step: `<execution id>_<n>`; on the wire it is the `serviceID`."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who calls, as far as a token proves it.

    Attributes:
        execution: set when the token is that of a run; it is then good for that run only.
    """

    user: UserId
    user_name: str
    project: ProjectId
    project_name: str
    email: str = ""
    roles: frozenset[str] = frozenset()
    execution: ExecutionId | None = None


def execution_of(step_run: StepRunId) -> ExecutionId:
    """Tell the execution that a step run belongs to."""
    return ExecutionId(step_run.rpartition("_")[0])


@dataclass(frozen=True, kw_only=True)
class Window:
    """A piece of a long list: what comes before an instant, newest first."""

    before: datetime | None = None
    limit: int = 50
