"""Asking the configured authentication manager whom a session token belongs to."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlsplit, urlunsplit

import structlog

from tarry.contract.errors import TarryError
from tarry.service.errors import AuthenticationUnavailable, NotConfigured, TokenRefused
from tarry.service.model.run import Owner
from tarry.soap.client import SoapClient
from tarry.soap.errors import SoapFault
from tarry.soap.schema import WireValue
from tarry.soap.wsdl import RemoteService

log = structlog.get_logger(__name__)

_OPERATION = "getTokenInfo"
_REFUSED_WORDS = ("couldn't validate token", "401")
_LIMIT = timedelta(seconds=10)
_MOST_REMEMBERED = 10_000


class NoAuthentication:
    """Takes everybody for the same person. For local trials."""

    async def owner_of(self, session_token: str) -> Owner:
        """Give the one owner there is."""
        del session_token
        return Owner(user="anybody", project="local", project_name="local")


class UnknownAuthentication:
    """Nobody said whom to trust, so nobody is."""

    async def owner_of(self, session_token: str) -> Owner:
        """Refuse.

        Raises:
            NotConfigured: always.
        """
        del session_token
        raise NotConfigured


class SoapAuthentication:
    """Asks an AuthManager by SOAP. Only its own, clear answer makes a token valid.

    Args:
        wsdl: address of the manager's WSDL, from the operator and from nobody else.
        client: how it is called; its allowed addresses bound where the WSDL may lead.
    """

    def __init__(self, wsdl: str, client: SoapClient) -> None:
        self._wsdl = wsdl
        self._client = client
        self._service: RemoteService | None = None
        self._reading = asyncio.Lock()

    async def owner_of(self, session_token: str) -> Owner:
        """Tell whom a token belongs to; see `Authentication`."""
        try:
            service = await self._description()
            operation = service.operation(_OPERATION)
            answer = await self._client.call(
                replace(operation, address=self._where(operation.address)),
                {operation.inputs[0].name: session_token},
                timeout=_LIMIT,
                retry_closed=True,
            )
        except SoapFault as fault:
            said = fault.fault_string.strip()
            if any(words in said.lower() for words in _REFUSED_WORDS):
                raise TokenRefused(reason="it is not valid, or no longer") from fault
            raise AuthenticationUnavailable(reason=f"it answered with a fault: {said}") from fault
        except TarryError as error:
            self._service = None  # it may have moved: read its description again
            raise AuthenticationUnavailable(reason=str(error)) from error
        return _owner(answer.outputs)

    def _where(self, said: str) -> str:
        """Tell where to ask: where the operator has said, if the manager only has other names.

        A manager behind a proxy names its public address, which its own machine may not reach, or
        not with a certificate that it trusts.
        """
        found, address = urlsplit(self._wsdl), urlsplit(said)
        if found.path != address.path:
            return said
        return urlunsplit((found.scheme, found.netloc, address.path, address.query, ""))

    async def _description(self) -> RemoteService:
        """Read the WSDL on the first call, as the manager may start after us."""
        if self._service is None:
            async with self._reading:
                if self._service is None:
                    self._service = await self._client.read_wsdl(self._wsdl)
        return self._service


class RememberedAuthentication:
    """Remembers whom a token belongs to for a short time, and asks once for many callers.

    Tokens are remembered as hashes only. What could not be checked is never remembered.
    """

    def __init__(
        self,
        behind: SoapAuthentication,
        *,
        remember: timedelta = timedelta(seconds=60),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._behind = behind
        self._remember = remember.total_seconds()
        self._monotonic = monotonic
        self._known: dict[bytes, tuple[float, Owner]] = {}
        self._asking: dict[bytes, asyncio.Task[Owner]] = {}

    async def owner_of(self, session_token: str) -> Owner:
        """Tell whom a token belongs to; see `Authentication`."""
        if not session_token:
            raise TokenRefused(reason="it is empty")
        key = sha256(session_token.encode("utf-8", "surrogatepass")).digest()
        known = self._known.get(key)
        if known is not None and self._monotonic() < known[0]:
            return known[1]
        task = self._asking.get(key)
        if task is None:
            task = asyncio.create_task(self._ask(key, session_token))
            self._asking[key] = task
            task.add_done_callback(lambda done: self._asked(key, done))
        return await asyncio.shield(task)

    def _asked(self, key: bytes, done: asyncio.Task[Owner]) -> None:
        self._asking.pop(key, None)
        if not done.cancelled():
            done.exception()  # seen, even if all who asked have gone

    async def _ask(self, key: bytes, session_token: str) -> Owner:
        self._known.pop(key, None)
        owner = await self._behind.owner_of(session_token)
        now = self._monotonic()
        if len(self._known) >= _MOST_REMEMBERED:
            self._known = {k: entry for k, entry in self._known.items() if now < entry[0]}
            with suppress(StopIteration):
                while len(self._known) >= _MOST_REMEMBERED:
                    self._known.pop(next(iter(self._known)))
        self._known[key] = (now + self._remember, owner)
        return owner


def _owner(outputs: Mapping[str, WireValue]) -> Owner:
    """Read the manager's answer, which must name a user and a project."""
    info = next(iter(outputs.values()), None)
    user, _ = _identity(info, "user")
    project, project_name = _identity(info, "project")
    if not user or not project:
        raise TokenRefused(reason="it names no user and project")
    return Owner(user=user, project=project, project_name=project_name)


def _identity(info: WireValue | None, what: str) -> tuple[str, str]:
    record = info.get(what) if isinstance(info, Mapping) else None
    if not isinstance(record, Mapping):
        return "", ""
    identity, name = record.get("id"), record.get("name")
    texts = [text.strip() for text in (identity, name) if isinstance(text, str) and text.strip()]
    return (texts[0], texts[-1]) if texts else ("", "")
