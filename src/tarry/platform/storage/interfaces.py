"""What the storage needs of the world around it."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tarry.platform.kernel.model import ExecutionId
from tarry.platform.storage.model.uris import StorageUri


@dataclass(frozen=True, kw_only=True)
class FileInfo:
    """What is known of a file.

    Attributes:
        size: in bytes.
    """

    uri: StorageUri
    size: int
    modified_at: datetime

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.uri.name


class Content(Protocol):
    """The bytes of one state of a file, in pieces; a later writer does not change them."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Read them once."""
        ...

    async def __anext__(self) -> bytes:
        """Give the next piece."""
        ...

    async def aclose(self) -> None:
        """Close it; also done when it was read to its end, or is forgotten."""
        ...


class BackEnd(Protocol):
    """A place where files live."""

    async def write(
        self,
        uri: StorageUri,
        chunks: AsyncIterable[bytes],
        *,
        limit: int,
        announced: int | None = None,
    ) -> FileInfo:
        """Keep a file, whole or not at all; one of that name is replaced in one moment.

        Once this returns the file survives a power cut. If `announced` is given, exactly so many
        bytes must come.

        Raises:
            FileTooLarge: more than `limit` bytes came or were announced.
            FileCutShort: not as many bytes came as were announced.
            DiskFull: there is no room.
            PathTaken: a folder stands there, or a file on the way.
            StorageFailed: the back end refuses.
        """
        ...

    async def open(self, uri: StorageUri) -> tuple[FileInfo, Content]:
        """Open a file.

        Raises:
            NotFound: there is none.
            StorageFailed: the back end refuses.
        """
        ...

    async def info(self, uri: StorageUri) -> FileInfo:
        """Tell what is known of a file.

        Raises:
            NotFound: there is none.
            StorageFailed: the back end refuses.
        """
        ...

    async def make_folder(self, uri: StorageUri) -> None:
        """Make a folder; nothing happens if it is there.

        Raises:
            PathTaken: a file stands there, or on the way.
            DiskFull: there is no room.
            StorageFailed: the back end refuses.
        """
        ...

    async def files_in(self, uri: StorageUri, *, limit: int) -> Sequence[FileInfo]:
        """Give all files in a folder, also those in folders of it, in the order of their URIs.

        Raises:
            NotFound: there is no such folder.
            TooManyFiles: there are more than `limit`.
            StorageFailed: the back end refuses.
        """
        ...

    async def remove_folder(self, uri: StorageUri) -> None:
        """Remove a folder with all that is in it; nothing happens if there is none.

        Raises:
            StorageFailed: the back end refuses.
        """
        ...

    def close(self) -> None:
        """Finish what is under way, and let go of the place."""
        ...


class Grants(Protocol):
    """The store of the files that runs may read beside their own, within one transaction."""

    def grant(self, execution: ExecutionId, uris: Iterable[str], at: datetime) -> None:
        """Let a run read files, and folders, whose normal URIs end in a slash.

        Nothing changes for those that were granted already.
        """
        ...

    def is_granted(self, execution: ExecutionId, uris: Iterable[str]) -> bool:
        """Tell whether a run was granted one of these."""
        ...

    def forget(self, execution: ExecutionId) -> None:
        """Forget all that was granted to a run."""
        ...
