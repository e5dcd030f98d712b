"""The services of steps, called over SOAP."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from functools import lru_cache
from typing import Protocol

from tarry.contract.errors import TarryError
from tarry.contract.kinds import (
    ABORT_OPERATION,
    EXTRA_PARAMETERS,
    SERVICE_ID,
    SESSION_TOKEN,
    Kind,
)
from tarry.contract.ports import MASK
from tarry.contract.status import Completed, Page, tag_of
from tarry.platform.executions.interfaces import CallFailed, Vault
from tarry.platform.executions.model.calls import Answer, StepCall, Trouble
from tarry.platform.executions.model.views import StatusPage
from tarry.platform.kernel.model import ExecutionId, StepRunId, execution_of
from tarry.service.errors import ENDINGS
from tarry.soap import asynchronous
from tarry.soap.client import SoapClient
from tarry.soap.errors import AnswerLost, BadAnswer, NotSent, SoapFault, WsdlUnreadable
from tarry.soap.wsdl import RemoteService

_GATEWAY = re.compile(r"HTTP (502|503|504)\b")
"""A reverse proxy says so when the service behind it is away; it may have passed on the call."""

_BUSY = frozenset(
    {"authentication-unavailable", "storage-away", "busy", "disk-full", "page-not-ready"}
)
"""What a Tarry service says when it is another's fault, and only for now."""

_OWN_MISTAKE = frozenset({"", "internal-error"})
"""What a Tarry service says when it stumbled: it says nothing about the run."""


class Keys(Protocol):
    """Derives what a service is given for one run."""

    def run_token(self, execution: ExecutionId) -> str:
        """Give the token of a run."""
        ...

    def push_capability(self, step_run: StepRunId) -> str:
        """Give what a service shows to make the manager look now."""
        ...


class SoapServices:
    """Calls services as the asynchronous contract says."""

    def __init__(
        self,
        client: SoapClient,
        keys: Keys,
        *,
        extra_parameters: str = "",
        vault: Vault | None = None,
    ) -> None:
        """Set up.

        Args:
            client: makes the calls.
            keys: derive the run's token and the capability to push.
            extra_parameters: what services that want `extraParameters` are given: where the
                platform's own services are.
            vault: keeps what runs were started with and nobody may be shown.
        """
        self._client = client
        self._keys = keys
        self._extra = extra_parameters
        self._vault = vault

    async def start(self, call: StepCall) -> Answer:
        """Make the start call; of a synchronous service, the call."""
        async with self._covering(call) as secrets:
            return await self._start(call, {**call.inputs, **secrets, **self._filled(call)})

    async def _start(self, call: StepCall, inputs: dict[str, str]) -> Answer:
        extra = inputs.pop(EXTRA_PARAMETERS, self._extra)
        with _troubles(call, harmless=False):
            if call.terms.kind is Kind.SYNCHRONOUS:
                outputs = await asynchronous.call_synchronous(
                    self._client,
                    _remote(call.terms.remote),
                    call.terms.operation,
                    inputs,
                    session_token=self._token(call),
                    service_id=call.step,
                    extra_parameters=extra,
                )
                return Answer(status=Completed(), outputs=outputs)
            found = await asynchronous.start(
                self._client,
                _remote(call.terms.remote),
                call.terms.operation,
                inputs,
                service_id=call.step,
                session_token=self._token(call),
                extra_parameters=extra,
                push=self._keys.push_capability(call.step),
            )
        return _answer(found)

    async def poll(self, call: StepCall, page_tag: str) -> Answer:
        """Ask for the status; `page_tag` names the page that we have."""
        async with self._covering(call):
            with _troubles(call, harmless=True):
                found = await asynchronous.poll(
                    self._client,
                    _remote(call.terms.remote),
                    service_id=call.step,
                    session_token=self._token(call),
                    page_tag=page_tag,
                )
        return _answer(found)

    async def look(self, call: StepCall) -> Answer:
        """Look after an application made with Tarry: its page, if nothing has ended it.

        Its start call does no harm twice, and is answered with the fault that has ended its run.
        """
        try:
            return await self.start(call)
        except CallFailed as error:
            if error.trouble is Trouble.FAULT and error.fault not in ENDINGS:
                raise CallFailed(Trouble.BUSY, error.reason) from error
            raise

    async def last_page(self, call: StepCall) -> StatusPage | None:
        """Get the page that a Tarry service shows for a step that is over."""
        if call.terms.kind is not Kind.ASYNCHRONOUS:
            return None
        with _troubles(call, harmless=True):
            found = await asynchronous.poll(
                self._client,
                _remote(call.terms.remote),
                service_id=call.step,
                session_token=self._token(call),
                last_page=True,
            )
        if not isinstance(found.status, Page):
            return None
        return StatusPage(content=found.status.content, tag=tag_of(found.status.content))

    async def abort(self, call: StepCall, limit: timedelta) -> bool | None:
        """Ask to stop a step: whether it is stopped, or `None` if the service has no such thing."""
        with _troubles(call, harmless=True):
            remote = _remote(call.terms.remote)
            if ABORT_OPERATION not in remote.operations:
                return None
            return await asynchronous.abort(
                self._client,
                remote,
                service_id=call.step,
                session_token=self._token(call),
                timeout=limit,
            )

    async def notify(self, call: StepCall, message: str) -> str:
        """Send a message to a step run, and give what its service says to it."""
        with _troubles(call, harmless=False):
            return await asynchronous.notify(
                self._client,
                _remote(call.terms.remote),
                service_id=call.step,
                session_token=self._token(call),
                message=message,
            )

    @asynccontextmanager
    async def _covering(self, call: StepCall) -> AsyncIterator[dict[str, str]]:
        """Give the secrets of a call, and cover them in what a service says of its failure."""
        secrets = await self._secrets(call)
        try:
            yield secrets
        except CallFailed as error:
            reason = error.reason
            for secret in sorted(set(secrets.values()), key=len, reverse=True):
                reason = reason.replace(secret, MASK) if secret else reason
            if reason == error.reason:
                raise
            # its cause says the secret
            raise CallFailed(error.trouble, reason, fault=error.fault) from None

    async def _secrets(self, call: StepCall) -> dict[str, str]:
        if not call.secrets or self._vault is None:
            return {}
        kept = await self._vault.secrets_of(execution_of(call.step))
        return {port: kept[name] for port, name in call.secrets.items() if name in kept}

    def _token(self, call: StepCall) -> str:
        return self._keys.run_token(execution_of(call.step))

    def _filled(self, call: StepCall) -> dict[str, str]:
        known = {
            SERVICE_ID: str(call.step),
            SESSION_TOKEN: self._token(call),
            EXTRA_PARAMETERS: self._extra,
        }
        return {port: known[name] for port, name in call.filled.items() if name in known}


@lru_cache(maxsize=1_000)
def _remote(stored: str) -> RemoteService:
    return RemoteService.from_json(json.loads(stored))


def _answer(found: asynchronous.Progressed) -> Answer:
    return Answer(
        status=found.status,
        outputs=found.outputs,
        page_tag=found.page_tag,
        folder=found.folder,
    )


@contextmanager
def _troubles(call: StepCall, *, harmless: bool) -> Iterator[None]:
    """Say in the domain's words what went wrong.

    Args:
        call: what was called.
        harmless: making the call again does no harm, whatever became of it.
    """
    try:
        yield
    except (NotSent, WsdlUnreadable) as error:
        raise CallFailed(Trouble.NOT_SENT, f"it cannot be reached: {error}") from error
    except AnswerLost as error:
        raise CallFailed(Trouble.LOST, str(error)) from error
    except SoapFault as error:
        reason = (
            f"it answered {error.facts['operation']} with a fault: {error.facts['faultstring']}"
        )
        raise CallFailed(_fault(call, error), reason, fault=error.detail_code) from error
    except BadAnswer as error:
        trouble = Trouble.MALFORMED
        if _GATEWAY.match(error.facts["what"]):
            trouble = Trouble.BUSY if harmless else Trouble.LOST
        raise CallFailed(trouble, str(error)) from error
    except TarryError as error:
        # Nothing was sent, and nothing will change by trying again.
        raise CallFailed(Trouble.REFUSED, str(error)) from error


def _fault(call: StepCall, fault: SoapFault) -> Trouble:
    if call.terms.at_most_once:
        if fault.detail_code in _BUSY:
            return Trouble.BUSY
        if fault.detail_code in _OWN_MISTAKE:
            return Trouble.MALFORMED
    return Trouble.FAULT
