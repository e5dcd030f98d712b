"""What the rooms need of the world around them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from tarry.platform.kernel.model import Caller

Clock = Callable[[], datetime]
"""Gives the instant, in UTC."""

Result = TypeVar("Result")
Store = TypeVar("Store", covariant=True)  # noqa: PLC0105 - the store's type is what it is named for


def utc_now() -> datetime:
    """Give the instant of the system's clock."""
    return datetime.now(UTC)


class Transactions(Protocol[Store]):
    """Runs work on a store, each piece in one transaction of its own.

    The work is a plain function: it gets the store bound to the transaction, computes and writes,
    and gives its result. If it raises, nothing of it was written. It may run in another thread and
    must not wait for anything but the store.
    """

    async def read(self, work: Callable[[Store], Result]) -> Result:
        """Run work that only reads, beside other readers and the writer."""
        ...

    async def write(self, work: Callable[[Store], Result]) -> Result:
        """Run work that may write; when this returns, what it wrote is durable."""
        ...


class Trail(Protocol):
    """The audit trail: who did what when, and from where."""

    async def add(self, caller: Caller, action: str, subject: str, **facts: str) -> None:
        """Write down that a caller has done something; no fact is a secret.

        Args:
            caller: who did it; the address is theirs.
            action: a thing and what became of it, such as `run.started`.
            subject: the name or id of that thing.
            facts: what else is worth knowing.
        """
        ...


class NoTrail:
    """Writes nothing down: for what the platform does by itself, and for tests."""

    async def add(self, caller: Caller, action: str, subject: str, **facts: str) -> None:
        """Write nothing down."""
