"""What a workflow has to know of the services that it uses."""

from collections.abc import Mapping
from dataclasses import dataclass

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port


@dataclass(frozen=True, kw_only=True)
class ServiceInterface:
    """A service as a workflow sees it.

    Attributes:
        inputs: its own inputs, without those that the manager fills in, in their order.
        outputs: its own outputs, without `status_base64`, in their order.
    """

    uri: str
    kind: Kind
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    title: str = ""


Services = Mapping[str, ServiceInterface]
"""The services that a document may use, by URI."""
