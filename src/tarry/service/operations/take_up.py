"""Finding a run, in memory or on disk, and taking it up again after a restart."""

import asyncio
from datetime import timedelta

from tarry.contract.errors import TarryError
from tarry.service.errors import RunCleaned, RunLost, UnknownRun
from tarry.service.model.run import (
    Intent,
    Owner,
    Request,
    RunName,
    Secrets,
    owner_key,
    run_name,
)
from tarry.service.operations import settle
from tarry.service.operations.workshop import Run, Workshop, log

_SHORT_GRACE = timedelta(seconds=2)
_ABORT_LIMIT = timedelta(seconds=10)


async def find(workshop: Workshop, owner: Owner, service_id: str) -> Run:
    """Find a run of this owner.

    Raises:
        InvalidValue: the id is empty or too long.
        UnknownRun: this owner has none of that id.
        RunCleaned: its folder was removed.
    """
    name = run_name(owner, service_id)
    run = workshop.known(name)
    if run is None:
        async with workshop.lock(name):
            run = known_or_stored(workshop, name)
    if run is None:
        raise UnknownRun(id=shown_id(service_id))
    return run


def shown_id(service_id: str) -> str:
    """Give an id as messages show it."""
    return repr(service_id if len(service_id) <= 80 else service_id[:77] + "…")


def known_or_stored(workshop: Workshop, name: RunName) -> Run | None:
    """Give a run from memory or from the disk; `None` if its id was never used.

    The caller holds the lock of the id.

    Raises:
        RunCleaned: its folder was removed.
    """
    run = workshop.known(name)
    if run is not None:
        return run
    intent = workshop.runs.intent(name)
    if intent is None:
        return None
    if workshop.runs.is_cleaned(name):
        raise RunCleaned(id=shown_id(intent.service_id))
    request = workshop.runs.request(name)
    if request is None:
        raise RunLost(reason="The machine went down, and the folder of this run with it")
    return adopt(workshop, name, request, intent)


def adopt(workshop: Workshop, name: RunName, request: Request, intent: Intent | None) -> Run:
    """Take a run from the disk into memory, and see to its end if it goes on.

    The few small files are read at once: a thread for each would cost more than the reading.

    Raises:
        TarryError: the program file that it was started with is gone or cannot be read.
    """
    program = workshop.runs.program(request.program, request.here)
    operation = program.operation(request.operation) if program else None
    if program is None or operation is None:
        raise RunLost(reason="The program file that this run was started with is gone")
    folder = workshop.runs.folder(name)
    secrets = workshop.runs.secrets(name)
    run = Run(
        name=name,
        folder=folder,
        program=program,
        operation=operation,
        request=request,
        intent=intent,
        watch=workshop.watcher.watch(folder, operation),
        secrets=secrets or Secrets(),
        outcome=workshop.runs.outcome(name),
        number=intent.number if intent else 0,
        owner=owner_key(intent.owner if intent else None),
    )
    workshop.last_number = max(workshop.last_number, run.number)
    if run.outcome is not None:
        run.state = run.outcome.state
        run.begun.set()
        run.over.set()
    workshop.keep(run)
    if run.outcome is None:
        workshop.spawn(settle.carry_on(workshop, run), name=f"run {name}")
    elif secrets is not None:
        # the service was killed between writing the end and telling it
        workshop.spawn(settle.tell_end(workshop, run), name=f"tell {name}")
    return run


async def take_up_all(workshop: Workshop) -> int:
    """Take up every run that goes on, when the service starts; gives their number."""
    names = await asyncio.to_thread(lambda: list(workshop.runs.names()))
    taken = 0
    # until it is known whose programs run already
    workshop.turns.close(workshop.runs.rings())
    for name in names:
        if workshop.known(name) is not None:
            continue
        try:
            taken += await _take_up(workshop, name)
        except (TarryError, OSError, ValueError) as error:
            log.error("run.not_taken_up", run=name, reason=str(error))
    await asyncio.sleep(0)  # lets each take its place
    workshop.turns.open()
    return taken


async def _take_up(workshop: Workshop, name: RunName) -> bool:
    runs = workshop.runs
    if runs.outcome(name) is not None and runs.secrets(name) is None:
        return False
    request = runs.request(name)
    if request is not None and request.synchronous:
        # whoever waited for the answer has gone with the process that was to give it
        await workshop.executor.abort(runs.folder(name), grace=_SHORT_GRACE, limit=_ABORT_LIMIT)
        runs.remove(name)
        return False
    intent = runs.intent(name)
    if request is None or intent is None:
        if intent is None:
            runs.remove(name)  # a call that was never answered; nothing was started for it
        return False
    async with workshop.lock(name):
        if workshop.known(name) is None:
            adopt(workshop, name, request, intent)
    return True
