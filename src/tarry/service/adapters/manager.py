"""Telling the configured workflow manager, by SOAP, that an application is over."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from tarry.contract.errors import TarryError
from tarry.service.errors import ManagerAway, ManagerRefused
from tarry.soap.client import SoapClient
from tarry.soap.errors import SoapFault
from tarry.soap.outputs import write_outputs
from tarry.soap.schema import WireValue
from tarry.soap.wsdl import RemoteService

OPERATION = "serviceExecutionFinished"
_ARGUMENTS = ("serviceID", "sessionToken", "xmlOutputs_base64")
_LIMIT = timedelta(seconds=30)


class SoapManager:
    """A workflow manager behind a WSDL.

    Args:
        wsdl: its address, from the operator and from nobody else.
        client: how it is called; its allowed addresses bound where the WSDL may lead.
    """

    def __init__(self, wsdl: str, client: SoapClient) -> None:
        self._wsdl = wsdl
        self._client = client
        self._service: RemoteService | None = None
        self._reading = asyncio.Lock()

    async def finished(
        self, service_id: str, *, session_token: str, outputs: Mapping[str, WireValue]
    ) -> None:
        """Tell it that an application is over; see `Manager`."""
        arguments = dict(
            zip(_ARGUMENTS, (service_id, session_token, write_outputs(outputs)), strict=True)
        )
        try:
            service = await self._description()
            await self._client.call(service.operation(OPERATION), arguments, timeout=_LIMIT)
        except SoapFault as fault:
            raise ManagerRefused(reason=fault.fault_string.strip() or "no reason given") from fault
        except TarryError as error:
            self._service = None  # it may have moved: read its description again
            raise ManagerAway(reason=str(error)) from error

    async def _description(self) -> RemoteService:
        if self._service is None:
            async with self._reading:
                if self._service is None:
                    self._service = await self._client.read_wsdl(self._wsdl)
        return self._service
