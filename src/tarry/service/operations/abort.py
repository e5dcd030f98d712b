"""Ending a run that goes on."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from tarry.service.operations.workshop import Run, Workshop, log

LIMIT = timedelta(seconds=8)
"""How long a caller waits for the answer."""


async def abort(workshop: Workshop, run: Run, *, limit: timedelta = LIMIT) -> bool:
    """End a run and all that it has started.

    Returns:
        True only when nothing of it goes on and its outcome is recorded. After False it is being
        ended all the same.
    """
    if run.outcome is not None:
        return True
    log.info("run.abort_asked", run=run.name)
    if not run.aborting.is_set():
        run.aborting.set()
        workshop.spawn(end_until_gone(workshop, run), name=f"abort {run.name}")
    with suppress(TimeoutError):
        async with asyncio.timeout(limit.total_seconds()):
            await run.over.wait()
    return run.outcome is not None


async def end_until_gone(workshop: Workshop, run: Run) -> None:
    """End the program of a run, however long that takes."""
    gone = False
    while not gone and run.outcome is None:
        gone = await workshop.executor.abort(
            run.folder, grace=run.operation.grace, limit=run.operation.grace + LIMIT
        )
