"""Finding a run of a caller among those of one service."""

from collections.abc import Collection

from tarry.service.errors import UnknownRun
from tarry.service.model.program import ProgramFile
from tarry.service.model.run import Owner, run_name
from tarry.service.operations.take_up import find, shown_id
from tarry.service.operations.workshop import Run, Workshop


async def own_run(
    workshop: Workshop,
    program: ProgramFile,
    operations: Collection[str],
    owner: Owner,
    service_id: str,
) -> Run:
    """Find a run that the owner started with one of these operations of a service.

    Raises:
        InvalidValue: the id is empty or too long.
        UnknownRun: there is none; others' runs are not told apart from none.
        RunCleaned: its folder was removed.
    """
    run = workshop.known(run_name(owner, service_id)) or await find(workshop, owner, service_id)
    if run.program.name != program.name or run.operation.name not in operations:
        raise UnknownRun(id=shown_id(service_id))
    return run
