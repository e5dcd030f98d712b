"""Opening files beneath a folder: never through a link, never anything but a regular file."""

import errno
import os
import stat
from pathlib import Path

from tarry.service.errors import FileRefused


def open_beneath(folder: Path, path: str) -> int:
    """Open a file for reading and give its descriptor.

    Every part of the path is opened on its own and refused if it is a link, so that a program (or
    an archive that it unpacked) cannot lead us to a file outside its folder.

    Raises:
        FileNotFoundError: it is not there.
        FileRefused: it is a link, leads through one, or is no regular file.
    """
    *folders, name = path.split("/")
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in folders:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = _step(descriptor, part, flags, path)
        # without O_NONBLOCK, opening a named pipe would wait for its writer
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
        descriptor = _step(descriptor, name, flags, path)
        _check_regular(descriptor, path)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _step(folder: int, part: str, flags: int, path: str) -> int:
    if part in {"", ".", ".."}:
        raise FileRefused(path=path, reason="it leads out of its folder")
    try:
        found = os.open(part, flags, dir_fd=folder)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.EMLINK} or (
            error.errno == errno.ENOTDIR and _is_link(part, folder)
        ):
            raise FileRefused(path=path, reason="it is a link, or leads through one") from error
        if error.errno == errno.ENOTDIR:
            raise FileNotFoundError(error.errno, error.strerror, path) from error
        if error.errno == errno.ENXIO:
            raise FileRefused(path=path, reason="it is no regular file") from error
        raise
    os.close(folder)
    return found


def _check_regular(descriptor: int, path: str) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise FileRefused(path=path, reason="it is no regular file")


def _is_link(part: str, folder: int) -> bool:
    return stat.S_ISLNK(os.lstat(part, dir_fd=folder).st_mode)


def read_beneath(folder: Path, path: str, *, limit: int) -> bytes:
    """Read a whole file of at most `limit` bytes.

    Raises:
        FileNotFoundError: it is not there.
        FileRefused: see `open_beneath`; or it is larger.
    """
    with os.fdopen(open_beneath(folder, path), "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise FileRefused(path=path, reason=f"it is larger than {limit} bytes")
    return content
