"""Trying again what has to succeed in the end, and whose failure means that the world is broken."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from tarry.platform.executions.errors import JournalBroken

log = structlog.get_logger(__name__)

Result = TypeVar("Result")
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0


async def persist(what: str, attempt: Callable[[], Awaitable[Result]]) -> Result:
    """Do it until it works: the disk is full, the database is away; it will be back.

    Giving up instead would drop the answers to start calls that are under way.

    Raises:
        JournalBroken: somebody else writes the journal; that does not pass.
    """
    pause = FIRST_PAUSE
    while True:
        try:
            return await attempt()
        except JournalBroken:
            raise
        except Exception:
            log.exception("manager.tries-again", what=what, next_try_in=pause)
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE, 2 * pause)
