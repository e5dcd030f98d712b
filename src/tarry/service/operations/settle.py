"""From a run that was asked for to its outcome: fetch, run, read the outputs, store, record.

Each stage can be taken up again after a kill -9: files tell how far it got. The program is started
at most once whatever happens (the executor's promise), an output file may be stored twice with the
same result, and the outcome is durable before anybody is told.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from functools import partial
from traceback import format_exception
from typing import Any, TypeVar

from tarry.contract.errors import InvalidValue
from tarry.jobs.errors import JobNotStarted
from tarry.jobs.model import JobReport, JobState
from tarry.service.errors import (
    FileRefused,
    InputUnavailable,
    OutputInvalid,
    OutputMissing,
    OutputNotStored,
    ProgramFailed,
    ProgramNotStarted,
    RunAborted,
    RunEnded,
    RunLost,
    StorageAway,
    StorageNotConfigured,
    StorageRefused,
)
from tarry.service.interfaces import Place
from tarry.service.model.command import INPUTS
from tarry.service.model.program import ExitCode, Output, StoredFile, Told
from tarry.service.model.run import Outcome, RunState
from tarry.service.operations.places import input_files, job_spec, seen_inputs
from tarry.service.operations.show import report_outputs, show_template
from tarry.service.operations.workshop import Run, Workshop, log

_LOG_LINES = 12
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0
_FETCH_PATIENCE = timedelta(hours=24)
_STORE_PATIENCE = timedelta(days=7)
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
    await asyncio.to_thread(workshop.runs.settle, run.name, outcome)
    run.outcome = outcome
    run.note = ""
    run.become(outcome.state)
    workshop.keep(run)
    run.begun.set()
    run.over.set()
    log.info("run.over", run=run.name, state=outcome.state.value, code=outcome.code)
    await tell_end(workshop, run)


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
    report = workshop.executor.report(run.folder)
    if report.state is JobState.NEW:
        await _begin(workshop, run)
    run.begun.set()
    run.become(RunState.RUNNING)
    report = await workshop.executor.wait(run.folder)
    _check_end(run, report)
    run.become(RunState.STORING)
    return await _outputs(workshop, run, report)


async def _begin(workshop: Workshop, run: Run) -> None:
    if run.intent is not None and run.intent.boot != workshop.boot:
        raise RunLost(reason="The machine was restarted before the program was known to run")
    spec = job_spec(
        run.program, run.operation, run.request.inputs, folder=run.folder, python=workshop.python
    )
    await _fetch_inputs(workshop, run)
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
            return


async def _fetch_inputs(workshop: Workshop, run: Run) -> None:
    for port, path in input_files(run.operation, run.request.inputs, run.folder).items():
        if path.exists():
            continue
        if workshop.storage is None:
            raise InputUnavailable(reason=str(StorageNotConfigured(port=port)))
        for folder in (*reversed(path.parents[:3]),):
            folder.mkdir(mode=0o700, exist_ok=True)
        fetch = partial(
            workshop.storage.fetch,
            run.request.inputs[port],
            session_token=run.secrets.session_token,
            into=path,
        )
        try:
            await _patiently(workshop, run, fetch, patience=_FETCH_PATIENCE)
        except (StorageAway, StorageRefused) as error:
            raise InputUnavailable(reason=f"The input {port} could not be had: {error}") from error


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
    files: list[Output] = []
    for output in run.operation.outputs:
        if isinstance(output.source, Told):
            continue
        if isinstance(output.source, StoredFile):
            files.append(output)
            continue
        value = await _value(workshop, run, output, report)
        if value is not None:
            outputs[output.port.name] = value
        elif output.port.required:
            raise OutputMissing(reason=_missing(output))
    for output in files:
        uri = await _stored(workshop, run, output)
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


async def _stored(workshop: Workshop, run: Run, output: Output) -> str | None:
    port, source, storage = output.port.name, output.source, workshop.storage
    assert isinstance(source, StoredFile)  # noqa: S101 - the caller sorted them
    if storage is None:
        raise OutputNotStored(reason=str(StorageNotConfigured(port=port)))
    place = Place(service_id=run.request.service_id, project=run.request.project_name, port=port)
    try:
        path = await asyncio.to_thread(workshop.watcher.found, run.folder / "work", source.path)
    except (FileNotFoundError, FileRefused):
        path = source.path  # what is wrong with it is told below
    store = partial(
        storage.store,
        run.folder / "work",
        path,
        session_token=run.secrets.session_token,
        place=place,
    )
    try:
        return await _patiently(workshop, run, store, patience=_STORE_PATIENCE)
    except FileNotFoundError as error:
        if not output.port.required:
            return None
        raise OutputMissing(reason=_missing(output)) from error
    except (StorageAway, StorageRefused, FileRefused) as error:
        raise OutputNotStored(
            reason=f"The program ended, but its output {port} could not be stored: {error}"
        ) from error


def _missing(output: Output) -> str:
    return f"The program ended without an error, but left no output {output.port.name}"


async def _patiently(
    workshop: Workshop,
    run: Run,
    attempt: Callable[[], Coroutine[Any, Any, Result]],
    *,
    patience: timedelta,
) -> Result:
    """Try with growing pauses for as long as the storage is away.

    Raises:
        StorageAway: it was away for too long.
        RunAborted: somebody ended the run meanwhile.
    """
    pause, begun = _FIRST_PAUSE, workshop.clock()
    while True:
        try:
            result = await unless_aborted(run, attempt())
        except StorageAway as error:
            if workshop.clock() - begun > patience:
                raise
            log.warning("storage.away", run=run.name, reason=str(error))
            run.note = f"{error}; it is asked again"
            await unless_aborted(run, workshop.pause(pause))
            pause = min(2 * pause, _LONGEST_PAUSE)
        else:
            run.note = ""
            return result


async def unless_aborted(run: Run, work: Awaitable[Result]) -> Result:
    """Wait for something, but no longer than until the run is to end.

    Raises:
        RunAborted: it is to end.
    """
    doing = asyncio.ensure_future(work)
    ending = asyncio.ensure_future(run.aborting.wait())
    try:
        await asyncio.wait({doing, ending}, return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        raise RunAborted(reason="The run was aborted")
    finally:
        for task in (doing, ending):
            task.cancel()
        await asyncio.gather(doing, ending, return_exceptions=True)
