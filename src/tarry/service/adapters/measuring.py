"""How much room there is on the disk, and how much a run has taken."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_BLOCK = 512
_COUNTED = ("work", "tmp", "log", "reports")


class Disk:
    """The disk that the runs lie on; see `Room`."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def free(self) -> int:
        """Give the bytes that this account may still write."""
        found = os.statvfs(self._data)
        return found.f_bavail * found.f_frsize

    def taken(self, folder: Path) -> int:
        """Give the bytes that a run has written: its working folder, its log and its reports."""
        return sum(_size(folder / name) for name in _COUNTED)


def _size(path: Path) -> int:
    """Add up what the disk holds; a file that is named twice is counted once."""
    counted: set[tuple[int, int]] = set()
    total = 0
    for found in _walk(path):
        if found.st_nlink > 1:
            if (found.st_dev, found.st_ino) in counted:
                continue
            counted.add((found.st_dev, found.st_ino))
        total += found.st_blocks * _BLOCK
    return total


def _walk(path: Path) -> Iterator[os.stat_result]:
    waiting = [str(path)]
    while waiting:
        current = waiting.pop()
        with suppress(OSError):  # it has just been removed, or cannot be looked into
            found = os.lstat(current)
            if not os.path.isdir(current) or os.path.islink(current):  # noqa: PTH112, PTH114 - fast
                yield found
                continue
            with os.scandir(current) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        yield entry.stat(follow_symlinks=False)
