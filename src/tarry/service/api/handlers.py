"""From SOAP calls to the verbs of this room, and back to the wire."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import Any

from tarry.contract.kinds import (
    ABORT_OPERATION,
    MESSAGE,
    NOTIFY_OPERATION,
    RESPONSE,
    SERVICE_ID,
    SESSION_TOKEN,
    STATUS_OPERATION,
    Kind,
)
from tarry.contract.status import FOLDER_HEADER, LAST_PAGE_HEADER, PAGE_HEADER, PUSH_HEADER
from tarry.service.api.calls import note
from tarry.service.model.interface import Door, has_program
from tarry.service.model.program import Operation, ProgramFile
from tarry.service.model.run import Secrets
from tarry.service.operations.abort import abort
from tarry.service.operations.call import call as call_program
from tarry.service.operations.notify import notify
from tarry.service.operations.ours import own_run
from tarry.service.operations.show import show
from tarry.service.operations.start import start
from tarry.service.operations.status import status
from tarry.service.operations.workshop import Run, Workshop
from tarry.soap.schema import WireValue
from tarry.soap.server import Call, Handler

CLIENT: ContextVar[Callable[[], Awaitable[Mapping[str, Any]]] | None] = ContextVar(
    "client", default=None
)
"""The `receive` of the request that is being answered: it tells when its caller goes away."""

_PAGE, _LAST_PAGE = PAGE_HEADER.lower(), LAST_PAGE_HEADER.lower()
_PUSH = PUSH_HEADER.lower()
_WANTED = "wanted"
_LONGEST_CAPABILITY = 1_000


def handlers(workshop: Workshop, program: ProgramFile, door: Door) -> dict[str, Handler]:
    """Give a handler for each operation of a WSDL."""
    found: dict[str, Handler] = {}
    for operation in door.operations:
        if operation.kind is Kind.ASYNCHRONOUS:
            found[operation.name] = _starter(workshop, program, operation)
            found[STATUS_OPERATION] = _status_teller(workshop, program, door)
            found[ABORT_OPERATION] = _aborter(workshop, program, door)
            found[NOTIFY_OPERATION] = _notifier(workshop, program, door)
        elif operation.kind is Kind.APPLICATION:
            found[operation.name] = _starter(workshop, program, operation)
            if has_program(operation):
                found[ABORT_OPERATION] = _aborter(workshop, program, door)
                found[NOTIFY_OPERATION] = _notifier(workshop, program, door)
        else:
            found[operation.name] = _caller(workshop, program, operation)
    return found


def _starter(workshop: Workshop, program: ProgramFile, operation: Operation) -> Handler:
    names = frozenset(port.name for port in operation.inputs)

    async def handle(call: Call) -> Mapping[str, WireValue]:
        token = call.text(SESSION_TOKEN)
        owner = await workshop.authentication.owner_of(token)
        run = await start(
            workshop,
            program,
            operation,
            owner=owner,
            service_id=call.text(SERVICE_ID),
            inputs=call.lexical(names),
            secrets=Secrets(
                session_token=token, push=call.headers.get(_PUSH, "")[:_LONGEST_CAPABILITY]
            ),
        )
        note(run=run.name)
        if workshop.tells_folder:
            call.reply_headers[FOLDER_HEADER] = str(run.folder)
        if operation.kind is Kind.APPLICATION:
            return await show(workshop, run)
        return _stand(workshop, run, call)

    return handle


def _status_teller(workshop: Workshop, program: ProgramFile, door: Door) -> Handler:
    async def handle(call: Call) -> Mapping[str, WireValue]:
        return _stand(workshop, await _run(workshop, program, door, call), call)

    return handle


def _aborter(workshop: Workshop, program: ProgramFile, door: Door) -> Handler:
    async def handle(call: Call) -> Mapping[str, WireValue]:
        run = await _run(workshop, program, door, call)
        return {"success": "true" if await abort(workshop, run) else "false"}

    return handle


def _notifier(workshop: Workshop, program: ProgramFile, door: Door) -> Handler:
    async def handle(call: Call) -> Mapping[str, WireValue]:
        run = await _run(workshop, program, door, call)
        return {RESPONSE: await notify(workshop, run, call.text(MESSAGE))}

    return handle


def _caller(workshop: Workshop, program: ProgramFile, operation: Operation) -> Handler:
    names = frozenset(port.name for port in operation.inputs)

    async def handle(call: Call) -> Mapping[str, WireValue]:
        token = call.text(SESSION_TOKEN)
        owner = await workshop.authentication.owner_of(token)
        work = call_program(
            workshop,
            program,
            operation,
            owner=owner,
            inputs=call.lexical(names),
            secrets=Secrets(session_token=token),
        )
        return await unless_client_goes(work)

    return handle


async def _run(workshop: Workshop, program: ProgramFile, door: Door, call: Call) -> Run:
    owner = await workshop.authentication.owner_of(call.text(SESSION_TOKEN))
    run = await own_run(workshop, program, door.names, owner, call.text(SERVICE_ID))
    note(run=run.name)
    return run


def _stand(workshop: Workshop, run: Run, call: Call) -> Mapping[str, WireValue]:
    headers = call.headers
    answer, tag = status(
        workshop,
        run,
        page_tag=headers.get(_PAGE, ""),
        last_page=headers.get(_LAST_PAGE) == _WANTED,
    )
    if tag:
        call.reply_headers[PAGE_HEADER] = tag
    return answer


async def unless_client_goes(
    work: Awaitable[Mapping[str, str]],
) -> Mapping[str, str]:
    """Do the work for as long as somebody waits for it."""
    receive = CLIENT.get()
    if receive is None:
        return await work
    doing = asyncio.ensure_future(work)
    going = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait({doing, going}, return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            doing.cancel()
            await asyncio.wait({doing})
        return doing.result()
    finally:
        doing.cancel()
        going.cancel()


async def _gone(receive: Callable[[], Awaitable[Mapping[str, Any]]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
