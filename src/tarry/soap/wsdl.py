"""A service of somebody else, as its WSDL describes it; plain data that can be stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tarry.contract.errors import MalformedMessage
from tarry.soap.errors import UnknownOperation
from tarry.soap.plan import FORMAT, RemoteOperation

__all__ = ["RemoteOperation", "RemoteService"]


@dataclass(frozen=True, kw_only=True)
class RemoteService:
    """All operations of one WSDL.

    Attributes:
        name: of the (first) service in the WSDL.
        namespace: target namespace of the WSDL.
    """

    url: str
    name: str = ""
    namespace: str = ""
    operations: Mapping[str, RemoteOperation]

    def operation(self, name: str) -> RemoteOperation:
        """Find an operation.

        Raises:
            UnknownOperation: there is none of that name.
        """
        found = self.operations.get(name)
        if found is None:
            raise UnknownOperation(operation=name, known=", ".join(self.operations))
        return found

    def to_json(self) -> dict[str, Any]:
        """Give JSON-ready data, from which calls are possible without the WSDL."""
        return {
            "format": FORMAT,
            "url": self.url,
            "name": self.name,
            "namespace": self.namespace,
            "operations": [operation.to_json() for operation in self.operations.values()],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "RemoteService":
        """Read what `to_json` gave.

        Raises:
            MalformedMessage: it was written by another version; read the WSDL again.
        """
        if data.get("format") != FORMAT:
            raise MalformedMessage(
                what=f"the stored description of {data.get('url')}",
                reason="it is of another version: register the service again",
            )
        operations = [RemoteOperation.from_json(item) for item in data["operations"]]
        return cls(
            url=data["url"],
            name=data["name"],
            namespace=data["namespace"],
            operations={operation.name: operation for operation in operations},
        )
