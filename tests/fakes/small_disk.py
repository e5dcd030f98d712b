"""Small disks of their own, to be filled; the test is skipped where nobody may mount one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_ROOT_ONLY = "mounting a small disk takes root and the right to mount"


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Mount an empty disk at a folder that is made for it."""
    folder.mkdir()
    if os.geteuid():
        pytest.skip(_ROOT_ONLY)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"{_ROOT_ONLY}: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """Leave no room on a disk; gives the file that is to be removed."""
    filling = disk / "filling"
    with filling.open("ab", buffering=0) as stream:
        for size in (1 << 20, 4096, 1):
            try:
                while stream.write(b"x" * size):
                    pass
            except OSError:
                continue
    assert shutil.disk_usage(disk).free == 0
    return filling
