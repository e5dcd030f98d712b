"""Where the platform's log goes, and in which form."""

import logging
import sys
from pathlib import Path
from typing import TextIO

import structlog

LARGEST = 20_000_000
"""Bytes; a log that is larger is put aside when the platform starts, over the one before it."""


def begin(file: Path) -> Path:
    """Make a log file ready to be appended to, readable by its owner only."""
    if file.exists() and file.stat().st_size > LARGEST:
        file.replace(file.with_name(f"{file.name}.old"))
    file.touch(mode=0o600)
    return file


def configure(*, log_format: str = "pretty", file: Path | None = None) -> None:
    """Send the log of this process to standard error, or to a file that only its owner reads.

    Args:
        log_format: `pretty` for people, `json` for machines.
        file: appended to.
    """
    stream: TextIO = sys.stderr
    if file is not None:
        stream = begin(file).open("a", encoding="utf-8", buffering=1)
    pretty = structlog.dev.ConsoleRenderer(colors=stream.isatty())
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
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=True,
    )
    # What libraries say by way of the standard library goes the same way, warnings and worse.
    logging.basicConfig(
        stream=stream,
        level=logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
