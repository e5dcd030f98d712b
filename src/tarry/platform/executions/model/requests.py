"""Requests that may be sent again, because their answer was lost. Pure."""

from dataclasses import dataclass, field
from datetime import timedelta

from tarry.platform.kernel.model import ExecutionId

KEPT_FOR = timedelta(hours=24)
"""For so long a repeated request gives the run of the first one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request for a run, named by whoever sends it; the same name means the same run.

    Attributes:
        key: chosen by the sender, unique among the requests of a user in a project.
        digest: tells what is asked for, so that a key that is used for something else is noticed;
            it must not betray the values, which may be secret.
    """

    key: str
    digest: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A request that was answered with a run."""

    digest: str = field(repr=False)
    execution: ExecutionId
