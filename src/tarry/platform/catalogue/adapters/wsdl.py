"""Reading WSDLs with our SOAP client."""

import json
from dataclasses import replace
from typing import Protocol

from tarry.platform.catalogue.model.offers import Offer, OfferedOperation, OfferedPort
from tarry.soap.plan import RemoteOperation
from tarry.soap.schema import Element
from tarry.soap.wsdl import RemoteService


class ReadsWsdls(Protocol):
    """What is needed of the SOAP client."""

    async def read_wsdl(self, url: str) -> RemoteService:
        """Fetch and understand a WSDL."""
        ...


class SoapWsdls:
    """Gives what a WSDL offers; the client holds the addresses against the operator's policy."""

    def __init__(self, client: ReadsWsdls) -> None:
        self._client = client

    async def read(self, url: str) -> Offer:
        """Fetch and understand a WSDL.

        Raises:
            AddressRefused: the address, or one that it leads to, is not allowed.
            WsdlUnreadable: what is there is no WSDL that we understand.
        """
        remote = await self._client.read_wsdl(url)
        return Offer(
            url=url,
            service=remote.name,
            operations={name: _operation(one) for name, one in remote.operations.items()},
            # Through JSON and back, so that it is equal to what the store gives later.
            remote=json.loads(json.dumps(remote.to_json())),
        )


def _operation(operation: RemoteOperation) -> OfferedOperation:
    return OfferedOperation(
        name=operation.name,
        inputs=tuple(_port(element) for element in operation.inputs),
        outputs=tuple(_port(element) for element in operation.outputs),
        documentation=operation.documentation,
        kind=operation.kind,
        repeatable=operation.repeatable,
        at_most_once=operation.at_most_once,
    )


def _port(element: Element) -> OfferedPort:
    if element.record is None:
        return OfferedPort(port=replace(element.port, many=element.repeated))
    shape = "a list of structures" if element.repeated else "a structure"
    return OfferedPort(port=element.port, shape=shape)
