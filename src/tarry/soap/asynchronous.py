"""Speaks the asynchronous contract as a caller: start, poll, abort."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from tarry.contract.errors import MalformedMessage
from tarry.contract.kinds import (
    ABORT_OPERATION,
    EXTRA_PARAMETERS,
    MESSAGE,
    NOTIFY_OPERATION,
    RESPONSE,
    SERVICE_ID,
    SESSION_TOKEN,
    STATUS,
    STATUS_OPERATION,
)
from tarry.contract.status import (
    FOLDER_HEADER,
    LAST_PAGE_HEADER,
    PAGE_HEADER,
    PUSH_HEADER,
    Status,
    read_status,
)
from tarry.soap.answers import as_text
from tarry.soap.client import READ_AT_ONCE, Answer, SoapClient
from tarry.soap.errors import BadAnswer
from tarry.soap.layout import from_text
from tarry.soap.plan import RemoteOperation
from tarry.soap.schema import WireValue
from tarry.soap.wsdl import RemoteService


@dataclass(frozen=True)
class Progressed:
    """What a service said about a run.

    Attributes:
        outputs: all but the status; dummies until the status is `Completed`.
        page_tag: the tag of its newest page, if it names pages; else empty.
        folder: the run's folder, if it says so; else empty.
    """

    status: Status
    outputs: dict[str, str] = field(repr=False)
    page_tag: str = ""
    folder: str = ""


async def start(
    client: SoapClient,
    service: RemoteService,
    operation: str,
    inputs: Mapping[str, str],
    *,
    service_id: str,
    session_token: str,
    extra_parameters: str | None = None,
    push: str | None = None,
    timeout: timedelta | None = None,
) -> Progressed:
    """Start a run.

    Args:
        client: does the call.
        service: as its WSDL describes it.
        operation: name of the start operation.
        inputs: the service's own inputs. Records and lists are given as JSON.
        service_id: names the run; filled in where the operation takes it, like the next two.
        session_token: the run's token.
        extra_parameters: for services that want them.
        push: a capability with which the service may say that something changed.
        timeout: of the call.

    Raises:
        TarryError: see `SoapClient.call`; only `NotSent` says that nothing was started.
    """
    called = service.operation(operation)
    filled = {
        SERVICE_ID: service_id,
        SESSION_TOKEN: session_token,
        EXTRA_PARAMETERS: extra_parameters,
    }
    answer = await client.call(
        called,
        _arguments(called, inputs, filled),
        headers={PUSH_HEADER: push} if push else None,
        timeout=timeout,
    )
    return await _progressed(called, answer)


async def call_synchronous(
    client: SoapClient,
    service: RemoteService,
    operation: str,
    inputs: Mapping[str, str],
    *,
    session_token: str,
    service_id: str = "",
    extra_parameters: str | None = None,
    timeout: timedelta | None = None,
) -> dict[str, str]:
    """Call a synchronous service and give its outputs; records and lists come as JSON.

    Raises:
        TarryError: see `SoapClient.call`.
    """
    called = service.operation(operation)
    filled = {
        SERVICE_ID: service_id,
        SESSION_TOKEN: session_token,
        EXTRA_PARAMETERS: extra_parameters,
    }
    answer = await client.call(called, _arguments(called, inputs, filled), timeout=timeout)
    return {name: as_text(value) for name, value in answer.outputs.items()}


async def poll(
    client: SoapClient,
    service: RemoteService,
    *,
    service_id: str,
    session_token: str,
    page_tag: str = "",
    last_page: bool = False,
    timeout: timedelta | None = None,
) -> Progressed:
    """Ask how a run is doing. Does no harm when asked twice, so a closed connection is retried.

    Args:
        client: does the call.
        service: as its WSDL describes it.
        service_id: names the run.
        session_token: the run's token.
        page_tag: the page that the caller has, so that it need not be sent again.
        last_page: ask for the last page of a run that is over.
        timeout: of the call.

    Raises:
        TarryError: see `SoapClient.call`.
    """
    called = service.operation(STATUS_OPERATION)
    headers = {}
    if page_tag:
        headers[PAGE_HEADER] = page_tag
    if last_page:
        headers[LAST_PAGE_HEADER] = "wanted"
    answer = await client.call(
        called,
        _arguments(called, {}, {SERVICE_ID: service_id, SESSION_TOKEN: session_token}),
        headers=headers,
        timeout=timeout,
        retry_closed=True,
    )
    return await _progressed(called, answer)


async def abort(
    client: SoapClient,
    service: RemoteService,
    *,
    service_id: str,
    session_token: str,
    timeout: timedelta | None = None,
) -> bool:
    """Ask a service to abort a run. Whether it says that all of it is gone.

    A service without `abortService` cannot: that is `False` too.

    Raises:
        TarryError: see `SoapClient.call`.
    """
    called = service.operations.get(ABORT_OPERATION)
    if called is None:
        return False
    filled = {SERVICE_ID: service_id, SESSION_TOKEN: session_token}
    answer = await client.call(
        called, _arguments(called, {}, filled), timeout=timeout, retry_closed=True
    )
    return as_text(answer.outputs.get("success", "")).strip() in {"true", "1"}


async def notify(
    client: SoapClient,
    service: RemoteService,
    *,
    service_id: str,
    session_token: str,
    message: str,
    timeout: timedelta | None = None,
) -> str:
    """Send a message to a run, once; gives what the service says to it.

    Raises:
        TarryError: see `SoapClient.call`; also if the service has no such operation.
    """
    called = service.operation(NOTIFY_OPERATION)
    filled = {SERVICE_ID: service_id, SESSION_TOKEN: session_token, MESSAGE: message}
    answer = await client.call(called, _arguments(called, {}, filled), timeout=timeout)
    return as_text(answer.outputs.get(RESPONSE, ""))


def _arguments(
    operation: RemoteOperation, own: Mapping[str, str], filled: Mapping[str, str | None]
) -> dict[str, WireValue]:
    arguments: dict[str, WireValue] = {}
    for name, text in own.items():
        element = operation.input(name)
        arguments[name] = from_text(element, text) if element is not None else text
    return arguments | {
        name: value
        for name, value in filled.items()
        if value is not None and operation.has_input(name)
    }


async def _progressed(operation: RemoteOperation, answer: Answer) -> Progressed:
    outputs = {name: as_text(value) for name, value in answer.outputs.items()}
    try:
        written = outputs.pop(STATUS)
        if len(written) >= READ_AT_ONCE:
            status = await asyncio.to_thread(read_status, written)
        else:
            status = read_status(written)
    except KeyError:
        raise BadAnswer(
            operation=operation.name, url=operation.address, what=f"the output {STATUS} is missing"
        ) from None
    except MalformedMessage as error:
        raise BadAnswer(operation=operation.name, url=operation.address, what=str(error)) from error
    return Progressed(
        status,
        outputs,
        page_tag=answer.headers.get(PAGE_HEADER, ""),
        folder=answer.headers.get(FOLDER_HEADER, ""),
    )
