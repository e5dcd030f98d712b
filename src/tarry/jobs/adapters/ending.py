"""Ending a job with all that it has started."""

import asyncio
import os
import signal
from contextlib import suppress
from datetime import timedelta

from tarry.jobs.adapters.marks import birth_of, program_of, shim_number, shim_of
from tarry.jobs.adapters.processes import Process, ended, family, send
from tarry.jobs.folder import JobFolder

_SINGLY = 3
"""Rounds in which processes are killed one by one before a whole group is."""


async def end_family(job: JobFolder, *, grace: timedelta, limit: timedelta) -> bool:
    """Ask every process of the job to end, wait for `grace`, then force; give up after `limit`.

    Returns:
        Whether all of them are gone.
    """
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + limit.total_seconds()
    force_at = min(loop.time() + grace.total_seconds(), give_up_at)
    found: set[Process] = set()
    asked: set[Process] = set()
    rounds = 0
    while True:
        found, shim = await asyncio.to_thread(_family, job, found)
        if not found:
            return True
        now = loop.time()
        if now >= give_up_at:
            return False
        if now >= force_at:
            _force(found, shim, whole_group=rounds > _SINGLY)
            rounds += 1
            # Looked for again soon: a program that starts others faster than we look is met again.
            await _all_ended(found, within=min(0.2, give_up_at - now))
            continue
        for process in found - asked:
            send(process, signal.SIGTERM)
            send(process, signal.SIGCONT)  # a stopped one would not hear of it
        asked |= found
        await _all_ended(found, within=force_at - now)


def _family(job: JobFolder, known: set[Process]) -> tuple[set[Process], Process | None]:
    shim = shim_of(job)
    anchors = {one for one in (shim, program_of(job)) if one is not None}
    return family(birth_of(job).marker, shim_number(job), known | anchors), shim


def _force(found: set[Process], shim: Process | None, *, whole_group: bool) -> None:
    """Kill all but the shim, which then ends by itself and tells the end; left alone, kill it.

    What starts others faster than they can be killed one by one goes with its group, shim and all.
    """
    if whole_group and shim is not None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(shim.pid, signal.SIGKILL)
    for process in found - {shim} or found:
        send(process, signal.SIGKILL)


async def _all_ended(found: set[Process], *, within: float) -> None:
    await asyncio.gather(*(ended(item, within=within) for item in found))
