"""Calls services: reads their WSDLs, sends requests, and says exactly what went wrong."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from tarry.contract.status import UNCHANGED
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.answers import read_answer
from tarry.soap.errors import WsdlUnreadable
from tarry.soap.plan import RemoteOperation
from tarry.soap.schema import WireValue
from tarry.soap.transport import MAX_ANSWER, Transport
from tarry.soap.wsdl import RemoteService

if TYPE_CHECKING:
    from tarry.soap.reading import ReadWsdl

_MAX_DOCUMENTS = 100
_MAX_KEPT = 32
_UNCHANGED = UNCHANGED.encode()
_MOST_UNCHANGED = 1_000  # services whose answer is kept
_LONGEST_UNCHANGED = 4_096
READ_AT_ONCE = 256 * 1024
"""Bytes. A larger answer is read in a thread: it takes over a millisecond."""

_Facts = tuple[RemoteOperation, int, str, bytes]
"""An operation, and status, content type and body of its HTTP answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call gave.

    Attributes:
        outputs: by name; absent optional ones are left out.
        headers: of the HTTP answer; their names match in any case.
    """

    outputs: dict[str, WireValue] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


class SoapClient:
    """Calls services at addresses that the operator allows. One event loop, many calls at once."""

    def __init__(
        self,
        allowed: AllowedAddresses,
        *,
        timeout: timedelta = timedelta(seconds=30),
        max_answer: int = MAX_ANSWER,
    ) -> None:
        """Set up; nothing is opened yet.

        Args:
            allowed: where calls may go.
            timeout: of each call and each document, unless a call brings its own.
            max_answer: largest answer, in bytes.
        """
        self._timeout = timeout
        self._transport = Transport(allowed, max_answer=max_answer)
        self._kept: OrderedDict[str, ReadWsdl] = OrderedDict()
        self._unchanged: dict[str, tuple[_Facts, dict[str, WireValue]]] = {}

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def read_wsdl(self, url: str) -> RemoteService:
        """Read a WSDL with all its imports.

        Raises:
            AddressRefused: it, an import or a redirect leads where the operator does not allow.
            WsdlUnreadable: it cannot be fetched or understood.
        """
        return (await self._read(url)).service

    async def call(
        self,
        operation: RemoteOperation,
        arguments: Mapping[str, WireValue],
        *,
        headers: Mapping[str, str] | None = None,
        timeout: timedelta | None = None,
        retry_closed: bool = False,
    ) -> Answer:
        """Call an operation once.

        Args:
            operation: what to call.
            arguments: by name.
            headers: more HTTP headers.
            timeout: of the whole call.
            retry_closed: it may be sent a second time if the first try met a closed connection;
                only for what does no harm when done twice.

        Raises:
            UnknownPort, MissingValue, BadArgument, UnwritableText: the arguments do not fit.
            AddressRefused: the operator does not allow the address.
            NotSent: not one byte was sent.
            AnswerLost: it may have arrived or not.
            SoapFault: the service says that it failed.
            BadAnswer: an answer came that cannot be used.
        """
        if operation.needs_serialiser:
            operation.check_names(arguments)
            read = await self._read(operation.wsdl_url)
            body = read.write_request(operation, arguments)
        else:
            body = operation.write_request(arguments)
        reply = await self._transport.post(
            operation.address,
            body,
            operation=operation.name,
            headers={**operation.http_headers, **(headers or {})},
            timeout=timeout or self._timeout,
            retry_closed=retry_closed,
        )
        facts = (operation, reply.status, reply.content_type, reply.body)
        if len(reply.body) >= READ_AT_ONCE:
            return Answer(await asyncio.to_thread(read_answer, *facts), reply.headers)
        if _UNCHANGED in reply.body:
            return Answer(self._read_unchanged(facts), reply.headers)
        return Answer(read_answer(*facts), reply.headers)

    def _read_unchanged(self, facts: _Facts) -> dict[str, WireValue]:
        """Read an answer of which most are the same bytes: those are read once.

        Thousands of runs that wait are asked every few seconds, and this is what they say.
        """
        place = facts[0].address
        before = self._unchanged.get(place)
        if before is not None and before[0] == facts:
            return dict(before[1])
        outputs = read_answer(*facts)
        if len(self._unchanged) >= _MOST_UNCHANGED:
            self._unchanged.clear()
        if len(facts[3]) <= _LONGEST_UNCHANGED:
            self._unchanged[place] = (facts, outputs)
        return dict(outputs)

    async def _read(self, url: str) -> "ReadWsdl":
        kept = self._kept.get(url)
        if kept is not None:
            self._kept.move_to_end(url)
            return kept
        self._transport.check(url)  # before zeep takes it for the name of a file
        found = await asyncio.to_thread(self._read_in_thread, url, asyncio.get_running_loop())
        if any(operation.needs_serialiser for operation in found.service.operations.values()):
            self._kept[url] = found
            if len(self._kept) > _MAX_KEPT:
                self._kept.popitem(last=False)
        return found

    def _read_in_thread(self, url: str, loop: asyncio.AbstractEventLoop) -> "ReadWsdl":
        # zeep takes 0.2 s to import, which those who never read a WSDL need not pay
        from tarry.soap import reading  # noqa: PLC0415

        fetched = 0

        def load(place: str) -> bytes:
            nonlocal fetched
            fetched += 1
            if fetched > _MAX_DOCUMENTS:
                raise WsdlUnreadable(url=url, reason=f"it imports over {_MAX_DOCUMENTS} documents")
            fetch = self._transport.fetch(place, timeout=self._timeout)
            return asyncio.run_coroutine_threadsafe(fetch, loop).result()

        return reading.read(url, load)
