"""Which runs of a long list are wanted. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """What runs have to be like; what is left empty does not matter.

    Attributes:
        workflow: name of the workflow.
        owner: name of the user who started them.
        since: created then or later.
        until: created before.
        text: stands somewhere in the title, or in the name of the workflow or the owner, or begins
            the id; capitals do not matter.
    """

    workflow: str = ""
    owner: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""


ALL = RunFilter()
