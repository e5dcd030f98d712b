"""From a run that was asked for to its outcome: fetch, run, read the outputs, store, record.

Each stage can be taken up again after a kill -9: files tell how far it got. The program is started
at most once whatever happens (the executor's promise), an output file may be stored twice with the
same result, and the outcome is durable before anybody is told.
"""

import asyncio
from dataclasses import replace
from traceback import format_exception
from typing import TypeVar

from tarry.contract.errors import InvalidValue
from tarry.jobs.errors import JobNotStarted
from tarry.jobs.model import JobReport, JobState
from tarry.service.errors import (
    FileRefused,
    OutputInvalid,
    OutputMissing,
    ProgramFailed,
    ProgramNotStarted,
    RunAborted,
    RunEnded,
    RunLost,
)
from tarry.service.model.command import INPUTS
from tarry.service.model.program import ExitCode, Output, StoredFile, StoredFolder, Told
from tarry.service.model.run import Outcome, RunState
from tarry.service.operations.abort import end_until_gone
from tarry.service.operations.begin import await_room, begin_again, check_boot, take_turn
from tarry.service.operations.bounds import within_bounds
from tarry.service.operations.explain import explain
from tarry.service.operations.inputs import secret_files, seen_inputs
from tarry.service.operations.moving import fetch_inputs, missing, store_output, unless_aborted
from tarry.service.operations.places import job_spec
from tarry.service.operations.show import report_outputs, show_template
from tarry.service.operations.workshop import Run, Workshop, log

_LOG_LINES = 12
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0
_RINGS = (0.5, 2.0, 5.0)

Result = TypeVar("Result")


async def carry_on(workshop: Workshop, run: Run) -> None:
    """See a run to its end and record it, whatever breaks meanwhile."""
    pause = _FIRST_PAUSE
    while True:
        try:
            await _to_its_end(workshop, run)
        except Exception as error:  # noqa: BLE001 - the outermost loop of a run
            # as text: a rendered trace would show the secrets among its locals
            log.error("run.stumbled", run=run.name, trace="".join(format_exception(error)))
            run.note = "Something of the service broke; it tries again"
            await workshop.pause(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        else:
            return


async def _to_its_end(workshop: Workshop, run: Run) -> None:
    try:
        outputs = await work(workshop, run)
        outcome = Outcome(state=RunState.SUCCEEDED, ended_at=workshop.clock(), outputs=outputs)
    except RunEnded as ended:
        outcome = bad_outcome(workshop, run, ended)
    await forget_inputs(workshop, run)
    await asyncio.to_thread(workshop.runs.settle, run.name, outcome)
    run.outcome = outcome
    run.note = ""
    run.become(outcome.state)
    workshop.keep(run)
    run.begun.set()
    run.over.set()
    log.info("run.over", run=run.name, state=outcome.state.value, code=outcome.code)
    # The manager is told first: it waits to start what comes next, and nobody for the account.
    await asyncio.gather(tell_end(workshop, run), explain(workshop, run))


def bad_outcome(workshop: Workshop, run: Run, ended: RunEnded) -> Outcome:
    """Say how a run ended that has no outputs."""
    states = {RunAborted.code: RunState.ABORTED, RunLost.code: RunState.LOST}
    return Outcome(
        state=states.get(ended.code, RunState.FAILED),
        ended_at=workshop.clock(),
        code=ended.code,
        reason=str(ended),
        exit_code=workshop.executor.report(run.folder).exit_code,
        log=workshop.watcher.last_lines(run.folder, _LOG_LINES),
    )


async def tell_end(workshop: Workshop, run: Run) -> None:
    """Tell the manager that a run is over, and forget the caller's secrets."""
    await report_outputs(workshop, run)
    if run.secrets.push:
        for pause in _RINGS:
            if await workshop.push.ring(run.secrets.push):
                break
            await workshop.pause(pause)
    workshop.runs.forget_secrets(run.name)
    run.secrets = type(run.secrets)()


async def work(workshop: Workshop, run: Run) -> dict[str, str]:
    """Run the program of a run, once, and give its outputs.

    Raises:
        RunEnded: there are none, and why.
    """
    if not run.operation.command:
        return await show_template(workshop, run)
    report = await _run_program(workshop, run)
    _check_end(run, report)
    await forget_inputs(workshop, run)
    run.become(RunState.STORING)
    return await _outputs(workshop, run, report)


async def _run_program(workshop: Workshop, run: Run) -> JobReport:
    """Begin the program when its turn has come, or find it begun; wait for its end."""
    report = workshop.executor.report(run.folder)
    if report.state is JobState.NEW:
        check_boot(workshop, run)
        await fetch_inputs(workshop, run)
        await take_turn(workshop, run)
    else:
        workshop.turns.occupy(run.line, run.name)
    try:
        if await begin_again(workshop, run, report):
            await fetch_inputs(workshop, run)
        elif report.abort_asked and not report.is_over:  # the service was killed over it
            workshop.spawn(end_until_gone(workshop, run), name=f"abort {run.name}")
        if workshop.executor.report(run.folder).state is JobState.NEW:
            await await_room(workshop, run)
            await _begin(workshop, run)
        run.begun.set()
        run.become(RunState.RUNNING)
        return await within_bounds(workshop, run)
    finally:
        workshop.turns.leave(run.line, run.name)


async def _begin(workshop: Workshop, run: Run) -> None:
    spec = job_spec(
        run.program,
        run.operation,
        run.request.inputs,
        folder=run.folder,
        python=workshop.python,
        resumes=workshop.executor.restarts(run.folder) > 0,
    )
    if run.operation.box is not None:
        command = workshop.boxes.enclose(
            run.operation.box, spec.command, folder=run.folder, here=run.program.here
        )
        spec = replace(spec, command=command)
    await _lay_out_secrets(workshop, run)
    if any(INPUTS in argument.names for argument in run.operation.command):
        seen = seen_inputs(run.operation, run.request.inputs, run.folder)
        await asyncio.to_thread(workshop.runs.keep_inputs, run.name, seen)
    for pause in (0.2, 1.0, 5.0, 15.0, None):
        try:
            await workshop.executor.start(run.folder, spec)
        except JobNotStarted as error:
            log.warning("run.not_started", run=run.name, reason=str(error))
            if pause is None:
                raise ProgramNotStarted(reason=str(error)) from error
            run.begun.set()  # the caller need not wait for what is tried again
            run.note = f"{error}; it is tried again"
            await unless_aborted(run, workshop.pause(pause))
        else:
            run.note = ""
            run.become(RunState.RUNNING)
            run.begun.set()  # the caller need not wait for the account either
            await explain(workshop, run)
            return


async def _lay_out_secrets(workshop: Workshop, run: Run) -> None:
    files = secret_files(run.operation, run.secrets.inputs, run.folder)
    for port, path in files.items():
        await asyncio.to_thread(workshop.runs.lay_out, path, run.secrets.inputs[port])


async def forget_inputs(workshop: Workshop, run: Run) -> None:
    """Remove the secrets among the inputs: the program has no more use for them."""
    if run.secrets.inputs:
        run.secrets = replace(run.secrets, inputs={})
        await asyncio.to_thread(workshop.runs.forget_inputs, run.name, run.secrets)


def _check_end(run: Run, report: JobReport) -> None:
    match report.state:
        case JobState.SUCCEEDED:
            return
        case JobState.ABORTED:
            raise RunAborted(reason="The run was aborted")
        case JobState.LOST:
            raise RunLost(reason=f"The program was lost. {report.reason}")
        case _ if run.operation.exit_code_is_output and (report.exit_code or 0) < 126:
            return
        case _:
            raise ProgramFailed(reason=f"The program failed. {report.reason}")


async def _outputs(workshop: Workshop, run: Run, report: JobReport) -> dict[str, str]:
    outputs: dict[str, str] = {}
    stored: list[Output] = []
    for output in run.operation.outputs:
        if isinstance(output.source, Told):
            continue
        if isinstance(output.source, StoredFile | StoredFolder):
            stored.append(output)
            continue
        value = await _value(workshop, run, output, report)
        if value is not None:
            outputs[output.port.name] = value
        elif output.port.required:
            raise OutputMissing(reason=missing(output))
    for output in stored:
        uri = await store_output(workshop, run, output)
        if uri is not None:
            outputs[output.port.name] = uri
    return outputs


async def _value(workshop: Workshop, run: Run, output: Output, report: JobReport) -> str | None:
    if isinstance(output.source, ExitCode):
        return str(report.exit_code)
    try:
        return await asyncio.to_thread(workshop.watcher.value, run.folder, output)
    except (InvalidValue, FileRefused) as error:
        raise OutputInvalid(
            reason=f"The program ended, but its output cannot be used: {error}"
        ) from error
