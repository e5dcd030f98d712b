"""A stored workflow."""

from dataclasses import dataclass, field
from datetime import datetime

from tarry.contract.ports import Port
from tarry.platform.kernel.model import ProjectId, UserId


@dataclass(frozen=True, kw_only=True)
class WorkflowEntry:
    """One version of a workflow.

    Attributes:
        name: the fragment of its URI, unique in its project.
        document: the XML as it was imported.
        version: counts from 1.
        published_version: the version that runs start from; none before the first publication.
        inputs: ports to be given at the start; their rules follow from what is wired to them.
    """

    name: str
    uri: str
    project: ProjectId
    document: bytes = field(repr=False)
    title: str = ""
    description: str = ""
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    version: int = 1
    published_version: int | None = None
    imported_by: UserId
    imported_at: datetime

    @property
    def is_published(self) -> bool:
        """Whether this very version is what runs start from."""
        return self.version == self.published_version
