"""Starting a run: at most once for an id, and with nothing started before the id is durable."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from tarry.contract.ids import ServiceId
from tarry.contract.ports import masked, secrets_among
from tarry.service.errors import ManagerNotConfigured, OtherInputs, StorageNotConfigured
from tarry.service.model.program import Operation, ProgramFile
from tarry.service.model.run import (
    Intent,
    Owner,
    Request,
    RunName,
    Secrets,
    digest_of,
    owner_key,
    run_name,
)
from tarry.service.operations import settle
from tarry.service.operations.begin import check_room
from tarry.service.operations.inputs import input_files
from tarry.service.operations.places import job_spec
from tarry.service.operations.take_up import known_or_stored, shown_id
from tarry.service.operations.workshop import Run, Workshop, log


async def start(
    workshop: Workshop,
    program: ProgramFile,
    operation: Operation,
    *,
    owner: Owner,
    service_id: str,
    inputs: Mapping[str, str],
    secrets: Secrets,
) -> Run:
    """Start a run, or give the first one of this id if it was asked for the same.

    Raises:
        InvalidValue: the id or an input cannot be used.
        OtherInputs: the id was used for something else.
        RunCleaned: the id was used, and its run is long over.
        DiskFull: there is no room for what the program would write.
        StorageNotConfigured: it needs files, and there is no storage.
    """
    name = run_name(owner, service_id)
    inputs, secrets = apart(operation, inputs, secrets)
    check_startable(workshop, program, operation, name, inputs)
    digest = digest_of(program.name, operation.name, inputs)
    async with workshop.lock(name):
        run = known_or_stored(workshop, name)
        if run is None:
            check_room(workshop, operation)
            request = Request(
                operation=operation.name,
                inputs=dict(inputs),
                program=workshop.digest_of(program),
                here=program.here,
                created_at=workshop.clock(),
                service_id=service_id,
                project_name=owner.project_name,
            )
            intent = Intent(
                service_id=ServiceId(service_id),
                service=program.name,
                operation=operation.name,
                owner=owner,
                digest=digest,
                created_at=request.created_at,
                boot=workshop.boot,
                number=workshop.next_number(),
            )
            run = new_run(workshop, name, program, operation, request=request, secrets=secrets)
            run.intent, run.number, run.owner = intent, intent.number, owner_key(owner)
            await _claim(workshop, run, intent)
        elif run.intent is None or run.intent.digest != digest or _differ(run, secrets):
            used = run.intent.operation if run.intent else operation.name
            raise OtherInputs(id=shown_id(service_id), operation=used)
        else:
            _renew(workshop, run, secrets)
    if not input_files(operation, inputs, run.folder):
        await run.begun.wait()
    return run


def apart(
    operation: Operation, inputs: Mapping[str, str], secrets: Secrets
) -> tuple[dict[str, str], Secrets]:
    """Give the inputs with the secrets among them covered, and those beside the other secrets."""
    hidden = secrets_among(operation.inputs, inputs)
    return masked(operation.inputs, inputs), replace(secrets, inputs=hidden)


def _differ(run: Run, secrets: Secrets) -> bool:
    """Whether a repeated call brings other secrets; nobody knows once they are forgotten."""
    known = run.secrets.inputs
    return bool(known) and known != secrets.inputs


def check_startable(
    workshop: Workshop,
    program: ProgramFile,
    operation: Operation,
    name: RunName,
    inputs: Mapping[str, str],
) -> None:
    """Refuse what could not be run, before anything is recorded.

    Raises:
        InvalidValue: a value would become something else than a value.
        StorageNotConfigured: it needs files, and there is no storage.
    """
    folder = workshop.runs.folder(name)
    if operation.command:
        job_spec(program, operation, inputs, folder=folder, python=workshop.python)
    if workshop.manager is None and operation.reports:
        raise ManagerNotConfigured(operation=operation.name)
    if workshop.storage is None and operation.uses_files:
        raise StorageNotConfigured(port=operation.name)


def new_run(
    workshop: Workshop,
    name: RunName,
    program: ProgramFile,
    operation: Operation,
    *,
    request: Request,
    secrets: Secrets,
) -> Run:
    """Make a run that nothing was done for yet."""
    folder = workshop.runs.folder(name)
    return Run(
        name=name,
        folder=folder,
        program=program,
        operation=operation,
        request=request,
        secrets=secrets,
        watch=workshop.watcher.watch(folder, operation),
    )


async def _claim(workshop: Workshop, run: Run, intent: Intent) -> None:
    def record() -> bool:
        workshop.runs.prepare(run.name, run.request, run.secrets)
        return workshop.runs.claim(run.name, intent)

    if not await asyncio.to_thread(record):
        raise OtherInputs(id=shown_id(intent.service_id), operation=intent.operation)
    workshop.keep(run)
    log.info("run.claimed", run=run.name, operation=intent.operation, owner=intent.owner.user)
    workshop.spawn(settle.carry_on(workshop, run), name=f"run {run.name}")


def _renew(workshop: Workshop, run: Run, secrets: Secrets) -> None:
    """Keep the newer secrets of a caller who repeats a call: the older may be good no longer."""
    if run.outcome is not None or secrets == run.secrets:
        return
    push = secrets.push or run.secrets.push
    run.secrets = replace(secrets, push=push, inputs=run.secrets.inputs)
    workshop.runs.keep_secrets(run.name, run.secrets)
