"""Files and grants in memory."""

from collections.abc import AsyncIterable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tarry.platform.kernel.errors import NotFound
from tarry.platform.kernel.model import ExecutionId
from tarry.platform.storage.errors import FileCutShort, FileTooLarge, PathTaken, TooManyFiles
from tarry.platform.storage.interfaces import FileInfo
from tarry.platform.storage.model.uris import StorageUri


@dataclass
class MemoryGrants:
    """Keeps what `SqlGrants` keeps."""

    granted: set[tuple[ExecutionId, str]] = field(default_factory=set)

    def grant(self, execution: ExecutionId, uris: Iterable[str], at: datetime) -> None:
        del at
        self.granted.update((execution, uri) for uri in uris)

    def is_granted(self, execution: ExecutionId, uris: Iterable[str]) -> bool:
        return any((execution, uri) in self.granted for uri in uris)

    def forget(self, execution: ExecutionId) -> None:
        self.granted = {grant for grant in self.granted if grant[0] != execution}


class MemoryContent:
    """The bytes of a file, in pieces of 3."""

    def __init__(self, content: bytes) -> None:
        self._rest = content

    def __aiter__(self) -> "MemoryContent":
        return self

    async def __anext__(self) -> bytes:
        if not self._rest:
            raise StopAsyncIteration
        piece, self._rest = self._rest[:3], self._rest[3:]
        return piece

    async def aclose(self) -> None:
        self._rest = b""


@dataclass
class MemoryFiles:
    """A back end without a disk."""

    files: dict[StorageUri, tuple[bytes, datetime]] = field(default_factory=dict)
    folders: set[StorageUri] = field(default_factory=set)

    async def write(
        self,
        uri: StorageUri,
        chunks: AsyncIterable[bytes],
        *,
        limit: int,
        announced: int | None = None,
    ) -> FileInfo:
        if announced is not None and announced > limit:
            raise FileTooLarge(uri=uri, limit=limit)
        content = b""
        async for chunk in chunks:
            content += chunk
            if len(content) > limit:
                raise FileTooLarge(uri=uri, limit=limit)
        if announced is not None and len(content) != announced:
            raise FileCutShort(uri=uri, announced=announced, came=len(content))
        self._check_path(uri)
        self.files[uri] = (content, datetime.now(UTC))
        return await self.info(uri)

    async def open(self, uri: StorageUri) -> tuple[FileInfo, MemoryContent]:
        info = await self.info(uri)
        return info, MemoryContent(self.files[uri][0])

    async def info(self, uri: StorageUri) -> FileInfo:
        if uri not in self.files:
            raise NotFound(what="file", name=uri)
        content, modified_at = self.files[uri]
        return FileInfo(uri=uri, size=len(content), modified_at=modified_at)

    async def make_folder(self, uri: StorageUri) -> None:
        for other in self.files:
            if other.project == uri.project and uri.path[: len(other.path)] == other.path:
                raise PathTaken(uri=uri, reason="a file stands where a folder is needed")
        self.folders.add(uri)

    async def files_in(self, uri: StorageUri, *, limit: int) -> Sequence[FileInfo]:
        depth = len(uri.path)
        found = [
            await self.info(file)
            for file in sorted(self.files, key=lambda file: file.path)
            if file.project == uri.project
            and file.path[:depth] == uri.path
            and len(file.path) > depth
        ]
        if not found and not any(
            folder.project == uri.project and folder.path[:depth] == uri.path
            for folder in self.folders
        ):
            raise NotFound(what="folder", name=uri)
        if len(found) > limit:
            raise TooManyFiles(uri=uri, limit=limit)
        return found

    async def remove_folder(self, uri: StorageUri) -> None:
        def is_beneath(other: StorageUri) -> bool:
            return other.project == uri.project and other.path[: len(uri.path)] == uri.path

        self.files = {file: it for file, it in self.files.items() if not is_beneath(file)}
        self.folders = {folder for folder in self.folders if not is_beneath(folder)}

    def close(self) -> None:
        pass

    def _check_path(self, uri: StorageUri) -> None:
        for other in self.files:
            if other.project == uri.project and other != uri:
                if other.path[: len(uri.path)] == uri.path:
                    raise PathTaken(uri=uri, reason="a folder of that name exists")
                if uri.path[: len(other.path)] == other.path:
                    raise PathTaken(uri=uri, reason="a file stands where a folder is needed")
