"""Requests for runs that may be sent again, because their answer was lost. Pure."""

from dataclasses import dataclass, field

from tarry.platform.kernel.model import KEPT_FOR, ExecutionId, Request

__all__ = ["KEPT_FOR", "Answered", "Request"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A request that was answered with a run."""

    digest: str = field(repr=False)
    execution: ExecutionId
