"""Ending a job with all that it has started."""

import asyncio
import signal
from datetime import timedelta

from tarry.jobs.adapters.marks import birth_of, program_of, shim_number, shim_of
from tarry.jobs.adapters.processes import Process, ended, family, keeps_a_box, kill_group, send
from tarry.jobs.folder import JobFolder

_AGAIN = 0.2
"""Seconds after which a family that may have grown is looked at again."""


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
    groups: set[int] = set()
    forced = False
    while True:
        found, shim = await asyncio.to_thread(_family, job, found)
        if not found and not groups:
            return True
        if not found:
            # One that changes its number all the time may have slipped through our look.
            _kill_groups(groups)
            groups.clear()
            continue
        groups |= {process.group for process in found}
        now = loop.time()
        if now >= give_up_at:
            return False
        if now >= force_at:
            _force(found, shim, whole_groups=forced)
            forced = True
            # Looked for again soon: a program that starts others faster than we look is met again.
            await _all_ended(found, within=min(_AGAIN, give_up_at - now))
            continue
        # What keeps a box ends, and tells the end, when the program in it has ended; it may become
        # that program yet, as it makes its box first.
        keepers = {process for process in found - asked if keeps_a_box(process)}
        for process in found - asked - keepers:
            send(process, signal.SIGTERM)
            send(process, signal.SIGCONT)  # a stopped one would not hear of it
        asked |= found - keepers
        soon = min(_AGAIN, force_at - now) if keepers else force_at - now
        await _all_ended(found, within=soon)


def _family(job: JobFolder, known: set[Process]) -> tuple[set[Process], Process | None]:
    shim = shim_of(job)
    anchors = {one for one in (shim, program_of(job)) if one is not None}
    return family(birth_of(job).marker, shim_number(job), known | anchors), shim


def _force(found: set[Process], shim: Process | None, *, whole_groups: bool) -> None:
    """Kill all but the shim, which then ends by itself and tells the end; left alone, kill it.

    What starts others faster than they can be killed one by one goes with its group, shim and all.
    """
    if whole_groups:
        _kill_groups({process.group for process in found})
    for process in found - {shim} or found:
        send(process, signal.SIGKILL)


def _kill_groups(groups: set[int]) -> None:
    for group in groups:
        kill_group(group)


async def _all_ended(found: set[Process], *, within: float) -> None:
    await asyncio.gather(*(ended(item, within=within) for item in found))
