"""Moving files: streamed both ways, and whole or not there."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO
from urllib.parse import unquote

from tarry.client.errors import TransferFailed

OnProgress = Callable[[int, int | None], None]
"""Told how many bytes have moved, and of how many (`None`: unknown)."""


CHUNK = 1 << 18
"""Bytes that are read and written at a time."""


class Reader:
    """A file that tells how far it has been read, and how long it is."""

    def __init__(self, source: BinaryIO, size: int, on_progress: OnProgress | None) -> None:
        self._source = source
        self._size = size
        self._moved = 0
        self._on_progress = on_progress

    def __len__(self) -> int:
        return self._size

    def read(self, amount: int = -1) -> bytes:
        """Give the next bytes."""
        piece = self._source.read(amount)
        self._moved += len(piece)
        if self._on_progress is not None:
            self._on_progress(self._moved, self._size)
        return piece


def size_of(source: BinaryIO) -> int:
    """Tell how many bytes are still to be read from a source that can seek."""
    here = source.tell()
    end = source.seek(0, os.SEEK_END)
    source.seek(here)
    return end - here


def name_in(disposition: str) -> str:
    """Read a file's name off a `Content-Disposition`, without any folder."""
    if found := re.search(r"filename\*\s*=\s*UTF-8''([^;]+)", disposition, re.IGNORECASE):
        name = unquote(found.group(1))
    elif found := re.search(r'filename\s*=\s*"?([^";]+)"?', disposition, re.IGNORECASE):
        name = found.group(1)
    else:
        name = ""
    name = name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    return name if name not in {"", ".", ".."} and "\0" not in name else "download"


def folder_file(folder: Path, path: str) -> Path:
    """Give the place of a file of a folder.

    Raises:
        TransferFailed: it would not be in that folder.
    """
    parts = path.split("/")
    if {"", ".", ".."} & set(parts) or "\0" in path or "\\" in path:
        raise TransferFailed(name=folder.name, reason=f"{path!r} would lead out of it")
    return folder.joinpath(*parts)


@contextmanager
def whole_file(target: Path) -> Iterator[BinaryIO]:
    """Write a file that appears under its name only when all of it was written."""
    part = target.with_name(f".{target.name[:80]}.{token_hex(6)}.part")
    try:
        with part.open("xb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def save(pieces: Iterator[bytes], target: Path, size: int | None, on: OnProgress | None) -> None:
    """Save what arrives under its name once it is whole.

    Raises:
        TransferFailed: fewer bytes arrived than were announced.
    """
    moved = 0
    with whole_file(target) as out:
        for piece in pieces:
            out.write(piece)
            moved += len(piece)
            if on is not None:
                on(moved, size)
        if size is not None and moved != size:
            raise TransferFailed(name=target.name, reason=f"only {moved} of {size} bytes arrived")
