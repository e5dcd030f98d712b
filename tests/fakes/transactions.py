"""Transactions on a store that lives in memory."""

import asyncio
from collections.abc import Callable
from copy import deepcopy
from typing import Generic, TypeVar

Store = TypeVar("Store")
Result = TypeVar("Result")


class MemoryTransactions(Generic[Store]):
    """Holds a store as the real thing does: work that raises leaves no trace, nor does a reader.

    Each piece of work gets a copy of the store; the copy of a writer that succeeded becomes the
    store. Work that was handed over is done even if its caller is cancelled while waiting.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    async def read(self, work: Callable[[Store], Result]) -> Result:
        """Run work that only reads; what it changes is lost."""
        result = work(deepcopy(self.store))
        await asyncio.sleep(0)
        return deepcopy(result)

    async def write(self, work: Callable[[Store], Result]) -> Result:
        """Run work that may write."""
        changed = deepcopy(self.store)
        result = work(changed)
        self.store = changed
        await asyncio.sleep(0)
        return deepcopy(result)
