"""What the processes on one PostgreSQL tell each other about executions."""

from collections.abc import Callable, Collection, Mapping

from sqlalchemy import Connection

from tarry.platform.executions.operations.bell import Bell
from tarry.platform.kernel.adapters.notices import give_notice
from tarry.platform.kernel.model import ExecutionId

INBOX = "tarry_inbox"
"""There is a letter for the manager."""
CHANGES = "tarry_changes"
"""These executions have changed: their ids, separated by commas."""
_AT_ONCE = 200  # ids; PostgreSQL takes payloads of less than 8,000 bytes


def tell_manager(connection: Connection) -> None:
    """Say that there is a letter in the inbox."""
    give_notice(connection, INBOX)


def tell_of_changes(connection: Connection, changed: Collection[ExecutionId]) -> None:
    """Say that executions have changed."""
    ids = sorted(changed)
    for first in range(0, len(ids), _AT_ONCE):
        give_notice(connection, CHANGES, ",".join(ids[first : first + _AT_ONCE]))


def channels(bell: Bell) -> Mapping[str, Callable[[str], None]]:
    """Connect what others say with the bell of this process."""

    def ring(payload: str) -> None:
        for execution in filter(None, payload.split(",")):
            bell.ring(ExecutionId(execution))

    return {INBOX: lambda _: bell.ring_manager(), CHANGES: ring}
