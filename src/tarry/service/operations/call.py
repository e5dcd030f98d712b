"""A synchronous operation: the program runs as a job of its own while its caller waits."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from secrets import token_hex

from tarry.contract.errors import InvalidValue
from tarry.contract.ports import check
from tarry.service.errors import OutputInvalid, RunEnded, TimeLimitReached
from tarry.service.interfaces import Function
from tarry.service.model.program import Operation, ProgramFile
from tarry.service.model.run import Owner, Request, RunName, Secrets, owner_key
from tarry.service.operations import settle
from tarry.service.operations.begin import check_room
from tarry.service.operations.start import apart, check_startable, new_run
from tarry.service.operations.workshop import Run, Workshop, log

_GRACE = timedelta(seconds=2)
_LIMIT = timedelta(seconds=30)


async def call(
    workshop: Workshop,
    program: ProgramFile,
    operation: Operation,
    *,
    owner: Owner,
    inputs: Mapping[str, str],
    secrets: Secrets,
) -> Mapping[str, str]:
    """Run the program and give its outputs. If the caller goes away, the program is ended.

    The folder of a call that succeeded is removed at once; that of another is kept for a while.

    Raises:
        InvalidValue: an input cannot be used.
        RunEnded: there are no outputs, and why.
    """
    function = workshop.functions.get((program.here, program.name, operation.name))
    if function is not None:
        return await _call_function(function, operation, inputs)
    name = RunName(f"call-{token_hex(16)}")
    inputs, secrets = apart(operation, inputs, secrets)
    check_startable(workshop, program, operation, name, inputs)
    check_room(workshop, operation)
    request = Request(
        operation=operation.name,
        inputs=dict(inputs),
        program=workshop.digest_of(program),
        here=program.here,
        created_at=workshop.clock(),
        project_name=owner.project_name,
        synchronous=True,
    )
    await asyncio.to_thread(workshop.runs.prepare, name, request, secrets)
    run = new_run(workshop, name, program, operation, request=request, secrets=secrets)
    run.number, run.owner = workshop.next_number(), owner_key(owner)
    try:
        outputs = await _within_limit(workshop, run)
    except RunEnded as ended:
        await settle.forget_inputs(workshop, run)
        outcome = settle.bad_outcome(workshop, run, ended)
        await asyncio.to_thread(workshop.runs.settle, name, outcome)
        workshop.runs.forget_secrets(name)
        raise outcome.error() from ended
    except BaseException:
        # the caller has gone, or the service stops: nobody will ask for the outputs
        run.aborting.set()
        workshop.spawn(_end(workshop, run), name=f"end {name}")
        raise
    await asyncio.to_thread(workshop.runs.remove, name)
    return outputs


async def _call_function(
    function: Function, operation: Operation, inputs: Mapping[str, str]
) -> Mapping[str, str]:
    """Call a function of this process. What it raises by accident is an internal error."""
    limit = operation.time_limit.total_seconds()
    try:
        async with asyncio.timeout(limit):
            outputs = await function(inputs)
    except TimeoutError as error:
        raise TimeLimitReached(
            reason=f"The function took longer than {limit:g} s and was ended"
        ) from error
    for output in operation.outputs:
        value = outputs.get(output.port.name)
        if value is None:
            continue
        try:
            check([output.port], {output.port.name: value})
        except InvalidValue as error:
            raise OutputInvalid(
                reason=f"The function gave an output that no port takes: {error}"
            ) from error
    return outputs


async def _within_limit(workshop: Workshop, run: Run) -> dict[str, str]:
    limit = run.operation.time_limit
    try:
        async with asyncio.timeout(limit.total_seconds()):
            return await settle.work(workshop, run)
    except TimeoutError as error:
        await workshop.executor.abort(run.folder, grace=_GRACE, limit=_LIMIT)
        raise TimeLimitReached(
            reason=f"The program took longer than {limit.total_seconds():g} s and was ended"
        ) from error


async def _end(workshop: Workshop, run: Run) -> None:
    await settle.forget_inputs(workshop, run)
    gone = await workshop.executor.abort(run.folder, grace=_GRACE, limit=_LIMIT)
    log.info("call.ended", run=run.name, gone=gone)
    if gone:
        await asyncio.to_thread(workshop.runs.remove, run.name)
