"""Where the platform's log goes, and in which form."""

import logging
import sys
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import TextIO, cast

import structlog

from tarry.app.folder import unwritable

LARGEST = 20_000_000
"""Bytes; a log that is larger is put aside when the platform starts, over the one before it."""


def begin(file: Path) -> Path:
    """Make a log file ready to be appended to, readable by its owner only.

    Raises:
        InvalidSetting: the disk does not take it.
    """
    try:
        if file.exists() and file.stat().st_size > LARGEST:
            file.replace(file.with_name(f"{file.name}.old"))
        file.touch(mode=0o600)
    except OSError as error:
        raise unwritable(file, error) from error
    return file


class PatientStream:
    """Takes pieces of a log, and never fails whoever says something.

    What the disk has no room for is lost, and once there is room again the log says so: no run may
    end because nobody can be told how it goes.
    """

    def __init__(self, write: Callable[[bytes], int | None]) -> None:
        """Write with a function that does not keep anything back; it gives how much it took."""
        self._write = write
        self._lost = 0

    def write(self, text: str) -> None:
        """Write a piece, if that can be done."""
        gap = f"… {self._lost} pieces of the log were lost here\n" if self._lost else ""
        piece = (gap + text).encode("utf-8", "backslashreplace")
        try:
            taken = self._write(piece)
        except OSError:
            taken = 0
        self._lost = 0 if taken == len(piece) else self._lost + 1

    def flush(self) -> None:
        """Do nothing: nothing is kept back."""


def configure(*, log_format: str = "pretty", file: Path | None = None) -> None:
    """Send the log of this process to standard error, or to a file that only its owner reads.

    Args:
        log_format: `pretty` for people, `json` for machines.
        file: appended to.
    """
    if file is None:
        stream, colors = PatientStream(_standard_error()), sys.stderr.isatty()
    else:
        stream, colors = PatientStream(begin(file).open("ab", buffering=0).write), False
    pretty = structlog.dev.ConsoleRenderer(colors=colors)
    renderer = structlog.processors.JSONRenderer() if log_format == "json" else pretty
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", stream)),
        cache_logger_on_first_use=True,
    )
    # What libraries say by way of the standard library goes the same way, warnings and worse.
    logging.basicConfig(
        stream=stream,
        level=logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )


def _standard_error() -> Callable[[bytes], int | None]:
    try:
        return FileIO(sys.stderr.fileno(), "w", closefd=False).write
    except (OSError, ValueError):  # somebody has put something else in its place
        return _as_text


def _as_text(piece: bytes) -> int:
    sys.stderr.write(piece.decode("utf-8"))
    return len(piece)
