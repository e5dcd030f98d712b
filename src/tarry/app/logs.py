"""Where the platform's log goes, and in which form."""

import logging
import sys
from pathlib import Path
from typing import TextIO

import structlog


def configure(*, log_format: str = "pretty", file: Path | None = None) -> None:
    """Send the log of this process to standard error, or to a file that only its owner reads.

    Args:
        log_format: `pretty` for people, `json` for machines.
        file: appended to; made if it is not there.
    """
    stream: TextIO = sys.stderr
    if file is not None:
        file.touch(mode=0o600)
        stream = file.open("a", encoding="utf-8", buffering=1)
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
        cache_logger_on_first_use=False,
    )
    # What libraries say by way of the standard library goes the same way, warnings and worse.
    logging.basicConfig(
        stream=stream,
        level=logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
