"""What a WSDL offers, as far as the catalogue looks at it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port


@dataclass(frozen=True, kw_only=True)
class OfferedPort:
    """An argument or result.

    Attributes:
        shape: empty for a plain value, else what it is instead, such as `a list`.
    """

    port: Port
    shape: str = ""

    @property
    def name(self) -> str:
        """The name on the wire."""
        return self.port.name


@dataclass(frozen=True, kw_only=True)
class OfferedOperation:
    """An operation of a WSDL.

    Attributes:
        kind: what the author says it is, if the WSDL says so.
    """

    name: str
    inputs: tuple[OfferedPort, ...] = ()
    outputs: tuple[OfferedPort, ...] = ()
    documentation: str = ""
    kind: Kind | None = None
    repeatable: bool = False
    at_most_once: bool = False


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A WSDL that has been read.

    Attributes:
        service: name of the service in it.
        remote: what the SOAP client needs to call it, as JSON-ready data.
    """

    url: str
    service: str
    operations: Mapping[str, OfferedOperation]
    remote: Mapping[str, object] = field(default_factory=dict, repr=False)
