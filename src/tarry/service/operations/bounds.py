"""Seeing to it that runs stay within their limits.

All runs are looked at together, about twice a second, and no more often than costs a twentieth of
one processor. A restart of the service changes nothing: who goes on is looked at again.
"""

import asyncio
import json
import time
from contextlib import suppress
from functools import partial

from tarry.jobs.model import JobReport, JobState
from tarry.service.errors import ENDINGS, RunEnded
from tarry.service.interfaces import Mark
from tarry.service.operations.abort import end_until_gone
from tarry.service.operations.workshop import Run, Workshop, log

_LOOK_EVERY = 0.5
_SHARE = 20
"""A look is followed by a pause that is so many times as long as the processor was busy with it."""


async def within_bounds(workshop: Workshop, run: Run) -> JobReport:
    """Wait until the program is over; it is ended if it takes more than it may.

    Raises:
        RunEnded: it took more than it may.
    """
    limits = run.operation.limits
    if limits.bound:
        run.passed = _noted(workshop, run)
        if run.passed is not None:  # the service was killed while it ended the program
            workshop.spawn(end_until_gone(workshop, run), name=f"end {run.name}")
        workshop.bound[run.name] = run
    try:
        report = await workshop.executor.wait(run.folder)
    finally:
        workshop.bound.pop(run.name, None)
    if run.passed is not None and report.state is JobState.ABORTED:
        raise run.passed
    if limits.output_size is not None:
        passed = await asyncio.to_thread(limits.oversized, partial(workshop.room.taken, run.folder))
        if passed is not None:
            raise passed
    return report


async def keep_bounds(workshop: Workshop) -> None:
    """Look after all runs that have limits, for as long as the service goes on."""
    while True:
        cost = 0.0
        if runs := [run for run in workshop.bound.values() if run.passed is None]:
            found, cost = await asyncio.to_thread(_look, workshop, runs)
            for run, passed in found:
                if workshop.bound.get(run.name) is run:
                    await _end(workshop, run, passed)
        await workshop.pause(max(_LOOK_EVERY, _SHARE * cost))


def _look(workshop: Workshop, runs: list[Run]) -> tuple[list[tuple[Run, RunEnded]], float]:
    """Give those that have passed a limit, and the seconds of a processor that it took."""
    begun = time.thread_time()
    used = workshop.executor.measure({run.folder: run.operation.limits.memory for run in runs})
    found: list[tuple[Run, RunEnded]] = []
    for run in runs:
        if usage := used.get(run.folder):
            passed = run.operation.limits.exceeded(usage, partial(workshop.room.taken, run.folder))
            if passed is not None:
                found.append((run, passed))
    return found, time.thread_time() - begun


async def _end(workshop: Workshop, run: Run, passed: RunEnded) -> None:
    log.info("run.passed_limit", run=run.name, code=passed.code)
    run.passed = passed
    note = json.dumps({"code": passed.code, "reason": str(passed)})
    # Before the program is told, so that after a restart it still is no abort. A full disk must
    # not keep it alive.
    with suppress(OSError):
        await asyncio.to_thread(workshop.runs.mark, run.name, Mark.PASSED, note)
    workshop.spawn(end_until_gone(workshop, run), name=f"end {run.name}")


def _noted(workshop: Workshop, run: Run) -> RunEnded | None:
    note = workshop.runs.marked(run.name, Mark.PASSED)
    if note is None:
        return None
    said = json.loads(note)
    return ENDINGS[said["code"]](reason=said["reason"])
