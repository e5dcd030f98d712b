"""All that the verbs of this room work with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from tarry.platform.executions.interfaces import (
    Capabilities,
    ExecutionStore,
    Intercom,
    Permits,
    Reach,
    Workflows,
)
from tarry.platform.executions.model.telling import Channel
from tarry.platform.executions.operations.bell import Bell
from tarry.platform.executions.operations.under_way import UnderWay
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import ExecutionId


def new_execution_id() -> ExecutionId:
    """Make the id of a new execution: 32 hex digits."""
    return ExecutionId(uuid4().hex)


class Everybody:
    """Thinks that everybody can be told, until it comes to it."""

    async def why_not(self, channel: Channel, address: str) -> str:
        """Know of nothing that speaks against it."""
        del channel, address
        return ""


@dataclass(frozen=True, kw_only=True)
class Room:
    """What `app` wires once and every verb is given."""

    store: Transactions[ExecutionStore]
    workflows: Workflows
    permits: Permits
    capabilities: Capabilities
    intercom: Intercom
    bell: Bell = field(default_factory=Bell)
    reach: Reach = field(default_factory=Everybody)
    under_way: UnderWay = field(default_factory=UnderWay)
    clock: Clock = utc_now
    new_id: Callable[[], ExecutionId] = new_execution_id
