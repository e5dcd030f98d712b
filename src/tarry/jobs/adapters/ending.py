"""Ending a job with all that it has started."""

import asyncio
import signal
from datetime import timedelta

from tarry.jobs.adapters.marks import birth_of, mark_of
from tarry.jobs.adapters.processes import Process, ended, family, send
from tarry.jobs.folder import JobFolder


async def end_family(job: JobFolder, *, grace: timedelta, limit: timedelta) -> bool:
    """Ask every process of the job to end, wait for `grace`, then force; give up after `limit`.

    Returns:
        Whether all of them are gone.
    """
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + limit.total_seconds()
    force_at = min(loop.time() + grace.total_seconds(), give_up_at)
    asked: set[Process] = set()
    while found := await asyncio.to_thread(_family, job):
        now = loop.time()
        if now >= give_up_at:
            return False
        if now >= force_at:
            _force(found, shim=_shim_pid(job))
            # Looked for again soon: a program that starts others faster than we look is met again.
            await _all_ended(found, within=min(0.2, give_up_at - now))
            continue
        for process in found:
            if process not in asked:
                send(process, signal.SIGTERM)
                send(process, signal.SIGCONT)  # a stopped one would not hear of it
                asked.add(process)
        await _all_ended(found, within=force_at - now)
    return True


def _family(job: JobFolder) -> list[Process]:
    marker = birth_of(job).marker
    return family(marker, mark_of(job.started)) if marker else []


def _shim_pid(job: JobFolder) -> int | None:
    mark = mark_of(job.started)
    return mark.pid if mark else None


def _force(found: list[Process], *, shim: int | None) -> None:
    """Kill all but the shim, which then ends by itself and tells the end; left alone, kill it."""
    programs = [process for process in found if process.pid != shim]
    for process in programs or found:
        send(process, signal.SIGKILL)


async def _all_ended(found: list[Process], *, within: float) -> None:
    await asyncio.gather(*(ended(item.pid, item.start, within=within) for item in found))
