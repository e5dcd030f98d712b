"""What the rooms need of the world around them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from tarry.platform.kernel.model import Caller, Deed

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
    """The audit trail, within one transaction: that of the deed itself.

    So no deed is without its line, and no line without its deed, whenever the process ends.
    """

    def add_deed(self, deed: Deed) -> None:
        """Write down what somebody has done; if they name their request, that it was done.

        Raises:
            RequestDone: it was done before. Nothing of this transaction is to be kept.
        """
        ...

    def claim(self, deed: Deed) -> None:
        """Keep that a named request is about to do what no transaction can take back.

        Raises:
            RequestDone: it has done so before, or may have.
        """
        ...

    def release(self, caller: Caller) -> None:
        """Take a claim back: nothing was done."""
        ...


class NoTrail:
    """Writes nothing down: for what only reads, and for tests."""

    def add_deed(self, deed: Deed) -> None:
        """Write nothing down."""

    def claim(self, deed: Deed) -> None:
        """Keep nothing."""

    def release(self, caller: Caller) -> None:
        """Take nothing back."""
