"""Bringing files here before a program starts, and to the storage when it is over."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar, assert_never

from tarry.contract.lists import write_list
from tarry.contract.ports import Port
from tarry.service.errors import (
    FileRefused,
    InputUnavailable,
    OutputMissing,
    OutputNotStored,
    RunAborted,
    StorageAway,
    StorageNotConfigured,
    StorageRefused,
)
from tarry.service.interfaces import Place, Storage
from tarry.service.model.program import (
    ExitCode,
    JsonField,
    LogLine,
    Output,
    StoredFile,
    StoredFolder,
    TextFile,
    Told,
)
from tarry.service.operations.inputs import InputFile, input_files
from tarry.service.operations.workshop import Run, Workshop, log

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0
_FETCH_PATIENCE = timedelta(hours=24)
_STORE_PATIENCE = timedelta(days=7)

Result = TypeVar("Result")


async def fetch_inputs(workshop: Workshop, run: Run) -> None:
    """Bring the files and folders among the inputs here, as far as they are not.

    Raises:
        InputUnavailable: one cannot be had.
        RunAborted: somebody ended the run meanwhile.
    """
    for file in input_files(run.operation, run.request.inputs, run.folder):
        if file.path.exists():
            continue
        if workshop.storage is None:
            raise InputUnavailable(reason=str(StorageNotConfigured(port=file.port)))
        for folder in reversed(file.path.parents):
            if folder.is_relative_to(run.folder):
                folder.mkdir(mode=0o700, exist_ok=True)
        try:
            await patiently(
                workshop, run, _fetch(workshop.storage, run, file), patience=_FETCH_PATIENCE
            )
        except (StorageAway, StorageRefused) as error:
            reason = f"The input {file.port} could not be had: {error}"
            raise InputUnavailable(reason=reason) from error


def _fetch(storage: Storage, run: Run, file: InputFile) -> Callable[[], Coroutine[Any, Any, None]]:
    fetch = storage.fetch_folder if file.is_folder else storage.fetch
    return partial(fetch, file.uri, session_token=run.secrets.session_token, into=file.path)


async def store_output(workshop: Workshop, run: Run, output: Output) -> str | None:
    """Bring an output to the storage and give its URI, or those of a list; `None` if it is absent.

    Raises:
        OutputMissing: the program did not leave it, and it is required.
        OutputNotStored: it is no plain file or folder, or the storage cannot take it.
        RunAborted: somebody ended the run meanwhile.
    """
    port, storage = output.port, workshop.storage
    if storage is None:
        raise OutputNotStored(reason=str(StorageNotConfigured(port=port.name)))
    try:
        match output.source:
            case StoredFolder(path):
                return await _store_folder(workshop, run, storage, port, path)
            case StoredFile(pattern) if port.many:
                return await _store_files(workshop, run, storage, port, pattern)
            case StoredFile(pattern):
                return await _store_file(workshop, run, storage, port, pattern)
            case _:
                raise TypeError(f"{port.name} does not come from a file")
    except FileNotFoundError as error:
        if not port.required:
            return None
        raise OutputMissing(reason=missing(output)) from error
    except (StorageAway, StorageRefused, FileRefused) as error:
        reason = f"The program ended, but its output {port.name} could not be stored: {error}"
        raise OutputNotStored(reason=reason) from error


async def _store_file(
    workshop: Workshop, run: Run, storage: Storage, port: Port, pattern: str
) -> str:
    work = run.folder / "work"
    try:
        path = await asyncio.to_thread(workshop.watcher.found, work, pattern)
    except (FileNotFoundError, FileRefused):
        path = pattern  # what is wrong with it is told below
    return await _store(workshop, run, storage, path, _place(run, port.name))


async def _store_files(
    workshop: Workshop, run: Run, storage: Storage, port: Port, pattern: str
) -> str:
    paths = await asyncio.to_thread(workshop.watcher.all_found, run.folder / "work", pattern)
    uris = []
    for number, path in enumerate(paths, 1):  # a place for each, as names may become the same
        place = _place(run, f"{port.name}/{number}")
        uris.append(await _store(workshop, run, storage, path, place))
    return write_list(uris)


async def _store(workshop: Workshop, run: Run, storage: Storage, path: str, place: Place) -> str:
    store = partial(
        storage.store,
        run.folder / "work",
        path,
        session_token=run.secrets.session_token,
        place=place,
    )
    return await patiently(workshop, run, store, patience=_STORE_PATIENCE)


async def _store_folder(
    workshop: Workshop, run: Run, storage: Storage, port: Port, path: str
) -> str:
    work, token = run.folder / "work", run.secrets.session_token
    files = await asyncio.to_thread(workshop.watcher.files, work, path)
    make = partial(storage.make_folder, path, session_token=token, place=_place(run, port.name))
    uri = await patiently(workshop, run, make, patience=_STORE_PATIENCE)
    for file in files:
        store = partial(
            storage.store_at, work, f"{path}/{file}", session_token=token, uri=f"{uri}{file}"
        )
        await patiently(workshop, run, store, patience=_STORE_PATIENCE)
    return uri


def _place(run: Run, port: str) -> Place:
    request = run.request
    return Place(service_id=request.service_id, project=request.project_name, port=port)


def missing(output: Output) -> str:
    """Say that a program left an output out, and where it was looked for."""
    words = f"The program ended without an error, but left no output {output.port.name}"
    match output.source:
        case TextFile(path) | StoredFile(path):
            return f"{words}: there is no file {path}"
        case StoredFolder(path):
            return f"{words}: there is no folder {path}"
        case JsonField(path, field):
            return f"{words}: there is no file {path}, or no {'.'.join(field)} in it"
        case LogLine(expression):
            return f"{words}: no line of its log matches {expression.pattern}"
        case ExitCode() | Told():
            return words
        case _:
            assert_never(output.source)


async def patiently(
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
