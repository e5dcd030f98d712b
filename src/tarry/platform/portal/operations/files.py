"""The storage, as a visitor uses it."""

from collections.abc import AsyncIterable
from dataclasses import dataclass

from tarry.platform.kernel.model import Caller
from tarry.platform.storage import operations
from tarry.platform.storage.interfaces import Content, FileInfo
from tarry.platform.storage.operations import Files, Folder


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

    async def new_folder(self, caller: Caller, name: str) -> str:
        """Make a folder at a place of its own and give its URI."""
        return await operations.new_folder(self.files, caller, name)

    async def make_folder(self, caller: Caller, uri: str) -> str:
        """Make a folder at the place that its URI names, and give that."""
        return await operations.make_folder(self.files, caller, uri)

    async def list_folder(self, caller: Caller, uri: str) -> Folder:
        """Say what is in a folder."""
        return await operations.list_folder(self.files, caller, uri)

    async def read(self, caller: Caller, uri: str) -> tuple[FileInfo, Content]:
        """Open a file."""
        return await operations.read(self.files, caller, uri)
