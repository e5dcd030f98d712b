"""Going through all files beneath a folder of the disk, following no link."""

import os
import stat
from collections.abc import Iterator

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def walk(
    folder: int, *, most: int, above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], os.stat_result]]:
    """Give path and status of the files beneath an open folder, but no more than so many."""
    with os.scandir(folder) as entries:
        names = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in names:
        if most <= 0:
            return
        if is_folder:
            deeper = os.open(name, _FOLDER, dir_fd=folder)
            try:
                for found in walk(deeper, most=most, above=(*above, name)):
                    most -= 1
                    yield found
            finally:
                os.close(deeper)
            continue
        status = os.lstat(name, dir_fd=folder)
        if stat.S_ISREG(status.st_mode):
            most -= 1
            yield (*above, name), status
