"""Files on the local disk, whole or not there."""

import asyncio
import errno
import os
import shutil
import threading
from collections.abc import AsyncIterable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any, TypeVar

import structlog

from tarry.contract.errors import TarryError
from tarry.platform.kernel.errors import NotFound
from tarry.platform.storage.adapters.descriptors import Descriptor, GrowingFile
from tarry.platform.storage.adapters.walking import walk
from tarry.platform.storage.errors import (
    DiskFull,
    FileCutShort,
    FileTooLarge,
    PathTaken,
    StorageFailed,
    TooManyFiles,
)
from tarry.platform.storage.interfaces import FileInfo
from tarry.platform.storage.model.uris import StorageUri

log = structlog.get_logger()
Result = TypeVar("Result")

INCOMING = ".incoming"
"""Where files grow before they are whole; no project's name starts with a dot."""
PIECE = 1024 * 1024
"""Bytes that go to or from the disk at once: a change of thread costs as much as 100 kB do."""
KEEP_FREE = 256 * 1024 * 1024
"""Bytes of the disk that files leave to the database and the rest of the platform."""
THREADS = 4
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe in the storage must not block a thread for ever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class LocalFiles:
    """A folder of the local disk as a storage back end.

    A file grows under `.incoming/<process>/` and is renamed when it is durable. Each process locks
    its folder there as long as it lives; a folder that nobody locks is what a killed process left
    behind, and goes when the next one starts.
    """

    def __init__(self, root: Path, *, keep_free: int = KEEP_FREE) -> None:
        """Open a storage; `keep_free` bytes of its disk are never filled.

        Raises:
            OSError: the folder cannot be used.
        """
        self._keep_free = keep_free
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._root = root.resolve()
        self._incoming, self._lock = _own_folder(self._root / INCOMING)
        self._making_folders = threading.Lock()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="files")

    def close(self) -> None:
        """Finish what the threads are doing and let go of the folder."""
        self._threads.shutdown()
        shutil.rmtree(self._incoming, ignore_errors=True)
        os.close(self._lock)

    async def write(
        self,
        uri: StorageUri,
        chunks: AsyncIterable[bytes],
        *,
        limit: int,
        announced: int | None = None,
    ) -> FileInfo:
        """Keep a file, whole or not at all."""
        if announced is not None and announced > limit:
            raise FileTooLarge(uri=uri, limit=limit)
        growing = await self._run("write", uri, partial(self._begin, uri, announced or 0))
        try:
            size = await self._fill(uri, growing, chunks, limit)
            if announced is not None and size != announced:
                raise FileCutShort(uri=uri, announced=announced, came=size)
            return await self._run("write", uri, partial(self._publish, uri, growing))
        finally:
            # Also when the sender has gone: what is not whole must not stay.
            await asyncio.shield(self._run("write", uri, growing.close))

    async def open(self, uri: StorageUri) -> tuple[FileInfo, "LocalContent"]:
        """Open a file."""
        descriptor = await self._run("read", uri, partial(self._open, uri))
        return _info(uri, descriptor.use(os.fstat)), LocalContent(
            descriptor, partial(self._run, "read", uri)
        )

    async def info(self, uri: StorageUri) -> FileInfo:
        """Tell what is known of a file."""

        def look() -> FileInfo:
            descriptor = self._open(uri)
            try:
                return _info(uri, descriptor.use(os.fstat))
            finally:
                descriptor.close()

        return await self._run("read", uri, look)

    async def make_folder(self, uri: StorageUri) -> None:
        """Make a folder; nothing happens if it is there."""

        def make() -> None:
            self._check_room(uri, 0)
            os.close(self._folder(uri.project, uri.path, make=True))

        await self._run("write", uri, make)

    async def files_in(self, uri: StorageUri, *, limit: int) -> Sequence[FileInfo]:
        """Give all files in a folder, also those in folders of it."""

        def look() -> list[FileInfo]:
            folder = self._folder(uri.project, uri.path, make=False)
            try:
                found = [
                    _info(replace(uri, path=uri.path + path), status)
                    for path, status in walk(folder, most=limit + 1)
                ]
            finally:
                os.close(folder)
            if len(found) > limit:
                raise TooManyFiles(uri=uri, limit=limit)
            return sorted(found, key=lambda info: info.uri.path)

        return await self._run("read", uri, look)

    async def remove_folder(self, uri: StorageUri) -> None:
        """Remove a folder with all that is in it; nothing happens if there is none."""

        def remove() -> None:
            waste = self._incoming / token_hex(16)
            try:
                folder = self._folder(uri.project, uri.path[:-1], make=False)
            except (FileNotFoundError, NotADirectoryError):
                return
            try:
                # In one moment, so that nobody finds half of it; a crash leaves it to be cleaned.
                os.rename(uri.name, waste, src_dir_fd=folder)
                os.fsync(folder)
            except FileNotFoundError:
                return
            finally:
                os.close(folder)
            shutil.rmtree(waste)

        await self._run("remove", uri, remove)

    def _begin(self, uri: StorageUri, announced: int) -> GrowingFile:
        self._check_room(uri, announced)
        return GrowingFile(self._incoming / token_hex(16))

    async def _fill(
        self, uri: StorageUri, growing: GrowingFile, chunks: AsyncIterable[bytes], limit: int
    ) -> int:
        size = 0
        waiting: list[bytes] = []
        gathered = 0
        async for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise FileTooLarge(uri=uri, limit=limit)
            waiting.append(chunk)
            gathered += len(chunk)
            if gathered >= PIECE:
                await self._run("write", uri, partial(self._append, uri, growing, waiting))
                waiting, gathered = [], 0
        await self._run("write", uri, partial(self._append, uri, growing, waiting))
        return size

    def _append(self, uri: StorageUri, growing: GrowingFile, chunks: list[bytes]) -> None:
        self._check_room(uri, 0)

        def write(number: int) -> None:
            rest = memoryview(b"".join(chunks))
            while rest:
                rest = rest[os.write(number, rest) :]

        growing.use(write)

    def _publish(self, uri: StorageUri, growing: GrowingFile) -> FileInfo:
        def publish(number: int) -> FileInfo:
            # The bytes must be durable before the name is, or a power cut leaves an empty file;
            # and the name before we say that the file is there.
            os.fsync(number)
            folder = self._folder(uri.project, uri.path[:-1], make=True)
            try:
                os.rename(growing.path, uri.name, dst_dir_fd=folder)
                os.fsync(folder)
            finally:
                os.close(folder)
            return _info(uri, os.fstat(number))

        return growing.use(publish)

    def _open(self, uri: StorageUri) -> Descriptor:
        folder = self._folder(uri.project, uri.path[:-1], make=False)
        try:
            descriptor = Descriptor(os.open(uri.name, _FILE, dir_fd=folder))
        finally:
            os.close(folder)
        if not descriptor.use(os.path.isfile):
            descriptor.close()
            raise NotFound(what="file", name=uri)
        return descriptor

    def _folder(self, project: str, path: Sequence[str], *, make: bool) -> int:
        """Open a folder step by step, following no link on the way."""
        folder = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        for segment in (project, *path):
            try:
                if make:
                    self._make_folder(segment, folder)
                beneath = os.open(segment, _FOLDER, dir_fd=folder)
            finally:
                os.close(folder)
            folder = beneath
        return folder

    def _make_folder(self, name: str, parent: int) -> None:
        # One at a time: who finds a folder there may rely on its being durable.
        with self._making_folders, suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=parent)
            os.fsync(parent)

    def _check_room(self, uri: StorageUri, wanted: int) -> None:
        disk = os.statvfs(self._incoming)
        if disk.f_bavail * disk.f_frsize < self._keep_free + wanted:
            raise DiskFull(uri=uri)

    async def _run(self, what: str, uri: StorageUri, work: Callable[[], Result]) -> Result:
        """Do something with the disk in a thread, and say in our words why it failed."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except OSError as error:
            raise _explained(what, uri, error) from error


class LocalContent:
    """The bytes of an open file. Closes itself at the end, and when it is forgotten."""

    def __init__(
        self, descriptor: Descriptor, run: Callable[[Callable[[], Any]], Coroutine[Any, Any, Any]]
    ) -> None:
        self._descriptor = descriptor
        self._run = run

    def __aiter__(self) -> "LocalContent":
        return self

    async def __anext__(self) -> bytes:
        if not self._descriptor.is_open:
            raise StopAsyncIteration
        piece: bytes = await self._run(partial(self._descriptor.use, _read_piece))
        if not piece:
            await self.aclose()
            raise StopAsyncIteration
        return piece

    async def aclose(self) -> None:
        """Close it."""
        await asyncio.shield(self._run(self._descriptor.close))


def _read_piece(number: int) -> bytes:
    return os.read(number, PIECE)


def _own_folder(incoming: Path) -> tuple[Path, int]:
    """Make this process its folder, and remove those of processes that are gone."""
    incoming.mkdir(mode=0o700, exist_ok=True)
    gate = os.open(incoming, _FOLDER)
    try:
        flock(gate, LOCK_EX)  # nobody may take a folder for abandoned before its owner locked it
        for left in incoming.iterdir():
            _remove_if_abandoned(left)
        mine = incoming / token_hex(8)
        mine.mkdir(mode=0o700)
        lock = os.open(mine, _FOLDER)
        flock(lock, LOCK_EX | LOCK_NB)
    finally:
        os.close(gate)
    return mine, lock


def _remove_if_abandoned(folder: Path) -> None:
    lock = os.open(folder, _FOLDER)
    try:
        flock(lock, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return
    else:
        left = len(list(folder.iterdir()))
        shutil.rmtree(folder)
        log.info("storage.cleaned", unfinished_files=left)
    finally:
        os.close(lock)


def _info(uri: StorageUri, status: os.stat_result) -> FileInfo:
    modified_at = datetime.fromtimestamp(status.st_mtime, UTC)
    return FileInfo(uri=uri, size=status.st_size, modified_at=modified_at)


def _explained(what: str, uri: StorageUri, error: OSError) -> TarryError:
    reading = what == "read"
    match error.errno:
        case errno.ENOENT | errno.ENOTDIR | errno.ELOOP if reading:
            return NotFound(what="file", name=uri)
        case errno.ENOTDIR | errno.ELOOP:
            return PathTaken(uri=uri, reason="a file stands where a folder is needed")
        case errno.EISDIR:
            return PathTaken(uri=uri, reason="a folder of that name exists")
        case errno.ENOSPC | errno.EDQUOT:
            return DiskFull(uri=uri)
        case _:
            pass
    log.error("storage.failed", what=what, uri=str(uri), error=str(error))
    return StorageFailed(what=what, uri=uri, reason=error.strerror or "unknown")
