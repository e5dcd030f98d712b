"""Letting a run's folder explain itself to whoever opens it."""

import asyncio
import platform
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from tarry.contract.errors import InvalidValue
from tarry.contract.ports import masked
from tarry.service.model.account import Account, as_json, as_text
from tarry.service.model.limits import Limits, size_words
from tarry.service.model.page import duration_words
from tarry.service.model.run import RunState
from tarry.service.operations.places import job_spec
from tarry.service.operations.workshop import Run, Workshop, log


async def explain(workshop: Workshop, run: Run) -> None:
    """Write `run.json` and `README.txt`; nothing depends on them."""
    try:
        account = _account(workshop, run)
        await asyncio.to_thread(workshop.runs.explain, run.name, as_json(account), as_text(account))
    except OSError as error:
        log.warning("run.not_explained", run=run.name, reason=str(error))


def _account(workshop: Workshop, run: Run) -> Account:
    operation, outcome = run.operation, run.outcome
    report = workshop.executor.report(run.folder)
    owner = run.intent.owner if run.intent else None
    restarts = workshop.executor.restarts(run.folder)
    return Account(
        title=run.program.title or run.program.name,
        service=run.program.name,
        operation=operation.name,
        service_id=run.request.service_id,
        user=owner.user if owner else "",
        project=(owner.project_name or owner.project) if owner else "",
        state=(outcome.state if outcome else run.state).value,
        inputs=masked(operation.inputs, run.request.inputs),
        command=_command(workshop, run, resumes=restarts > 0),
        asked_at=run.request.created_at,
        # its mark may be on its way
        started_at=report.started_at
        or (workshop.clock() if run.state is RunState.RUNNING else None),
        ended_at=outcome.ended_at if outcome else None,
        exit_code=report.exit_code,
        code=outcome.code if outcome else "",
        reason=outcome.reason if outcome else "",
        outputs=masked((output.port for output in operation.outputs), outcome.outputs)
        if outcome
        else {},
        box=operation.box is not None,
        restarts=restarts,
        limits=_limits(operation.limits),
        versions={
            "tarry": _version(),
            "python": platform.python_version(),
            "program file": f"sha256:{run.request.program}",
        },
    )


def _command(workshop: Workshop, run: Run, *, resumes: bool) -> tuple[str, ...]:
    if not run.operation.command:
        return ()
    with suppress(InvalidValue):
        spec = job_spec(
            run.program,
            run.operation,
            run.request.inputs,
            folder=run.folder,
            python=workshop.python,
            resumes=resumes,
        )
        return spec.command
    return ()


def _limits(limits: Limits) -> dict[str, str]:
    words: dict[str, str] = {}
    if limits.wall_time is not None:
        words["wall time"] = duration_words(limits.wall_time)
    if limits.memory is not None:
        words["memory"] = size_words(limits.memory)
    if limits.output_size is not None:
        words["output size"] = size_words(limits.output_size)
    if limits.runs_at_once is not None:
        words["runs at once"] = str(limits.runs_at_once)
    return words


@cache
def _version() -> str:
    try:
        return version("tarry")
    except PackageNotFoundError:
        return "unknown"
