"""The storage, as a visitor uses it."""

from collections.abc import AsyncIterable
from dataclasses import dataclass

from tarry.platform.kernel.model import Caller
from tarry.platform.storage import operations
from tarry.platform.storage.interfaces import Content, FileInfo
from tarry.platform.storage.operations import Files


@dataclass(frozen=True)
class BoundFiles:
    """`portal.interfaces.Files` on the storage's own verbs."""

    files: Files

    async def upload(
        self, caller: Caller, name: str, chunks: AsyncIterable[bytes], announced: int | None
    ) -> FileInfo:
        """Keep a new file; it gets a place of its own."""
        return await operations.upload(self.files, caller, name, chunks, announced=announced)

    async def store(
        self, caller: Caller, uri: str, chunks: AsyncIterable[bytes], announced: int | None
    ) -> FileInfo:
        """Keep a file at the place that its URI names."""
        return await operations.store(self.files, caller, uri, chunks, announced=announced)

    async def read(self, caller: Caller, uri: str) -> tuple[FileInfo, Content]:
        """Open a file."""
        return await operations.read(self.files, caller, uri)
