"""What the catalogue's verbs work with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tarry.platform.catalogue.errors import Collision
from tarry.platform.catalogue.interfaces import Catalogue, Wsdls
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now

Result = TypeVar("Result")

_TRIES = 5


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The store, and what is around it."""

    catalogue: Transactions[Catalogue]
    wsdls: Wsdls
    clock: Clock = utc_now


async def write_again(
    catalogue: Transactions[Catalogue], work: Callable[[Catalogue], Result]
) -> Result:
    """Write, and look again if somebody else has written the same thing at the same moment.

    The databases let two processes look before either has written. Who comes second then looks
    again and finds what the first wrote, as if it had come a moment later.

    Raises:
        Collision: it was so every time.
    """
    for _ in range(_TRIES - 1):
        try:
            return await catalogue.write(work)
        except Collision:
            continue
    return await catalogue.write(work)
