"""Everything that stands between a run and the beginning of its program.

Its turn, room on the disk, and the question whether the program may begin at all after the machine
went down.
"""

import asyncio
from datetime import timedelta

from tarry.jobs.model import JobReport
from tarry.service.errors import DiskFull, ProgramNotStarted, RunLost
from tarry.service.interfaces import Mark
from tarry.service.model.limits import MOST_RESTARTS, Again, Fail, size_words
from tarry.service.model.program import Operation
from tarry.service.model.run import RunState
from tarry.service.operations.moving import unless_aborted
from tarry.service.operations.workshop import Run, Workshop, log

_ROOM_PATIENCE = timedelta(hours=24)
_LOOK_FOR_ROOM = 5.0


async def begin_again(workshop: Workshop, run: Run, report: JobReport) -> bool:
    """Let a run whose machine went down begin once more, if its operation says so.

    Raises:
        RunLost: it did so too often.
    """
    choice = run.operation.after_restart
    if not report.rebooted or isinstance(choice, Fail) or run.request.synchronous:
        return False
    if workshop.executor.restarts(run.folder) >= MOST_RESTARTS:
        raise RunLost(
            reason=f"The machine was restarted under it {MOST_RESTARTS + 1} times, "
            "and it is not begun again any more"
        )
    fresh = isinstance(choice, Again)
    log.info("run.begins_again", run=run.name, fresh=fresh)
    return await asyncio.to_thread(workshop.executor.begin_again, run.folder, fresh=fresh)


def check_boot(workshop: Workshop, run: Run) -> None:
    """See that no other program can have begun for this run.

    Raises:
        RunLost: in an earlier boot of the machine, one may have.
    """
    if run.intent is None or run.intent.boot == workshop.boot:
        return
    if not isinstance(run.operation.after_restart, Fail):
        return
    if workshop.runs.marked(run.name, Mark.WAITING) is not None:
        return
    raise RunLost(reason="The machine was restarted before the program was known to run")


async def take_turn(workshop: Workshop, run: Run) -> None:
    """Wait until the operation has room for one more program.

    Raises:
        RunAborted: somebody ended the run meanwhile.
    """

    def moved(place: int) -> None:
        run.place = place

    ticket = workshop.turns.join(
        run.line, run.name, number=run.number, moved=moved, owner=run.owner
    )
    workshop.keep_rings()
    try:
        if not ticket.called.is_set():
            run.become(RunState.QUEUED)
            # Durable before anybody hears of it: after a power loss it is certain that nothing of
            # it has begun, so it can still have its turn.
            await asyncio.to_thread(workshop.runs.mark, run.name, Mark.WAITING, "")
            run.begun.set()
            await unless_aborted(run, ticket.called.wait())
        # not when it leaves otherwise: a service that stops takes nobody's turn away
        workshop.keep_rings()
        if workshop.runs.marked(run.name, Mark.WAITING) is not None:
            await asyncio.to_thread(workshop.runs.unmark, run.name, Mark.WAITING)
    except BaseException:
        workshop.turns.leave(run.line, run.name)
        raise
    finally:
        run.place = None


def check_room(workshop: Workshop, operation: Operation) -> None:
    """See that there is room on the disk for a program to start.

    Raises:
        DiskFull: there is not.
    """
    needed = operation.limits.free_disk
    if needed and (free := workshop.room.free()) < needed:
        raise DiskFull(free=size_words(free), needed=size_words(needed), operation=operation.name)


async def await_room(workshop: Workshop, run: Run) -> None:
    """Wait until there is room on the disk, up to a day.

    Raises:
        ProgramNotStarted: there was none for too long.
        RunAborted: somebody ended the run meanwhile.
    """
    waited = 0.0
    while True:
        try:
            check_room(workshop, run.operation)
        except DiskFull as error:
            if waited > _ROOM_PATIENCE.total_seconds():
                raise ProgramNotStarted(reason=str(error)) from error
            run.begun.set()
            run.note = "Waiting for room on the disk of the service"
            await unless_aborted(run, workshop.pause(_LOOK_FOR_ROOM))
            waited += _LOOK_FOR_ROOM
        else:
            run.note = ""
            return
