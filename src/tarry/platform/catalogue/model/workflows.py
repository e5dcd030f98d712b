"""A stored workflow."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

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
        published_at: when this very version was published first; none: it is a draft.
        category: where people look for the workflow; of all its versions, as is the company.
        company: who offers it.
        picture: names its picture and changes with it; empty if it has none.
        author: name of who saved this version.
        comment: what they said of it.
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
    author: str = ""
    comment: str = ""
    published_at: datetime | None = None
    category: str = ""
    company: str = ""
    picture: str = ""

    @property
    def is_published(self) -> bool:
        """Whether this very version is what runs start from."""
        return self.version == self.published_version

    def with_ports_of(self, other: "WorkflowEntry") -> "WorkflowEntry":
        """Give it with the ports that were found for another version of it."""
        return replace(self, inputs=other.inputs, outputs=other.outputs)

    @property
    def is_draft(self) -> bool:
        """Whether no run but trials can ever have been started from this version."""
        return self.published_at is None


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What stands for a workflow where people look for it.

    Attributes:
        media_type: `image/png`, `image/jpeg` or `image/webp`.
    """

    media_type: str
    data: bytes = field(repr=False)

    @property
    def tag(self) -> str:
        """A short name that changes with the picture."""
        return sha256(self.data).hexdigest()[:16]


LARGEST_PICTURE = 256 * 1024
"""In bytes."""


def picture_type(data: bytes) -> str | None:
    """Tell what a picture is by its first bytes; nothing for what may hold a script, or is none."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None
