"""Opening files beneath a folder: never through a link, never anything but a regular file."""

import errno
import os
import stat
from fnmatch import fnmatchcase
from pathlib import Path

from tarry.service.errors import FileRefused

MOST_FILES = 100_000
"""Files in a folder that goes to the storage."""
_INTO = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


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


def find_all_beneath(folder: Path, pattern: str) -> tuple[str, ...]:
    """Find all files whose names fit the last part of a pattern, in the order of their names.

    Raises:
        FileNotFoundError: a name without a pattern is not there.
    """
    head, _, last = pattern.rpartition("/")
    if not set(last) & set("*?["):
        if not (folder / pattern).exists():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), pattern)
        return (pattern,)
    names = sorted(
        found.name for found in (folder / head).glob("*") if fnmatchcase(found.name, last)
    )
    return tuple(f"{head}/{name}" if head else name for name in names)


def walk_beneath(folder: Path, path: str, *, limit: int = MOST_FILES) -> tuple[str, ...]:
    """Give all files in a folder that lies beneath another, as paths beneath it, in their order.

    Raises:
        FileNotFoundError: it is not there.
        FileRefused: it is no folder; a link or something else that is no file is in it, or it leads
            through a link; it holds more files than can be meant.
    """
    top = os.open(folder, _INTO)
    try:
        for part in path.split("/"):
            top = _step(top, part, _INTO, path)
        found: list[str] = []
        _walk(top, path, "", found, limit)
    except NotADirectoryError:
        raise FileRefused(path=path, reason="it is no folder") from None
    finally:
        os.close(top)
    return tuple(sorted(found))


def _walk(folder: int, path: str, above: str, found: list[str], limit: int) -> None:
    with os.scandir(folder) as entries:
        names = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in names:
        inner = f"{above}{name}"
        if not is_folder:
            _check_plain(folder, name, f"{path}/{inner}")
            found.append(inner)
            if len(found) > limit:
                raise FileRefused(path=path, reason=f"it holds more than {limit} files")
            continue
        deeper = os.open(name, _INTO, dir_fd=folder)
        try:
            _walk(deeper, path, f"{inner}/", found, limit)
        finally:
            os.close(deeper)


def _check_plain(folder: int, name: str, path: str) -> None:
    mode = os.lstat(name, dir_fd=folder).st_mode
    if stat.S_ISLNK(mode):
        raise FileRefused(path=path, reason="it is a link")
    if not stat.S_ISREG(mode):
        raise FileRefused(path=path, reason="it is no regular file")


def find_beneath(folder: Path, pattern: str) -> str:
    """Find the one file whose name fits the last part of a pattern such as `out/*.msh`.

    Raises:
        FileNotFoundError: there is none.
        FileRefused: there are several, so nobody can say which is meant.
    """
    head, _, last = pattern.rpartition("/")
    if not set(last) & set("*?["):
        return pattern
    names = [found.name for found in (folder / head).glob("*") if fnmatchcase(found.name, last)]
    if not names:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), pattern)
    if len(names) > 1:
        raise FileRefused(path=pattern, reason=f"{len(names)} files have such a name")
    return f"{head}/{names[0]}" if head else names[0]


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
