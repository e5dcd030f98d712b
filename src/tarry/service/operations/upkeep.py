"""What goes on beside the calls: telling the manager of changes, removing old runs."""

import asyncio
from datetime import timedelta

from tarry.contract.errors import TarryError
from tarry.service.interfaces import Mark
from tarry.service.model.age import Passed
from tarry.service.model.run import RunName
from tarry.service.operations.workshop import Run, Workshop, log

_TELL_EVERY = 1.0
_CLEAN_EVERY = 3600.0
_NEAR = 10


async def tell_changes(workshop: Workshop) -> None:
    """Ring the manager's bell when the page of a run changed, at most once a second for each."""
    while True:
        await workshop.pause(_TELL_EVERY)
        for run in list(workshop.going.values()):
            if run.secrets.push and has_news(run):
                workshop.spawn(_ring(workshop, run), name=f"ring {run.name}")


def has_news(run: Run) -> bool:
    """Whether the newest page would differ from the last one, and nobody was told of that yet."""
    # a place far behind in the queue changes often, and nobody has to hear of it at once
    place = run.place if run.place is not None and run.place <= _NEAR else None
    now = (run.watch.signature(), run.state, run.note, place)
    if now == run.rung_for:
        return False
    run.rung_for = now
    page = run.page
    return (
        page is None
        or page.state is not run.state
        or page.note != run.shown_note
        or run.watch.changed()
    )


async def _ring(workshop: Workshop, run: Run) -> None:
    await workshop.push.ring(run.secrets.push)


async def clean_up(workshop: Workshop, keep_for: timedelta) -> None:
    """Remove the folders of runs that are over for long, now and every hour."""
    while True:
        removed = await asyncio.to_thread(remove_old, workshop, keep_for)
        if removed:
            log.info("runs.cleaned", number=removed)
        await workshop.pause(_CLEAN_EVERY)


def remove_old(workshop: Workshop, keep_for: timedelta) -> int:
    """Remove the folders of runs that are over for longer than their program file says."""
    removed, total = 0, _passed(workshop)
    for name in list(workshop.runs.names()):
        try:
            outcome, request = workshop.runs.outcome(name), workshop.runs.request(name)
            if outcome is None or request is None:
                continue
            program = workshop.runs.program(request.program, request.here)
            limit = program.keep_for if program else keep_for
            if total - _seen_over(workshop, name, total) > limit.total_seconds():
                workshop.runs.remove(name)
                workshop.finished.pop(name, None)
                removed += 1
        except (TarryError, OSError, ValueError, KeyError) as error:
            log.warning("run.not_cleaned", run=name, reason=str(error))
    return removed


def _passed(workshop: Workshop) -> float:
    """Give the seconds that the service saw pass, and remember them."""
    now = Passed(boot=workshop.boot, since_boot=workshop.since_boot(), clock=workshop.clock())
    if last := workshop.runs.passed():
        now = last.at(boot=now.boot, since_boot=now.since_boot, clock=now.clock)
    try:
        workshop.runs.keep_passed(now)
    except OSError as error:  # a full disk: results grow old later
        log.warning("time.not_kept", reason=str(error))
    return now.total


def _seen_over(workshop: Workshop, name: RunName, total: float) -> float:
    """Give when a run was seen to be over, which is now if it was not seen before."""
    seen = workshop.runs.marked(name, Mark.SEEN)
    # more than has passed: the count was lost and began anew
    if seen and (then := float(seen)) <= total:
        return then
    workshop.runs.mark(name, Mark.SEEN, repr(total))
    return total
