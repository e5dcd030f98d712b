"""A queue whose owners take turns, so that one's ten thousand don't hold up another's one."""

from collections import deque
from typing import Generic, TypeVar

Owner = TypeVar("Owner")
Item = TypeVar("Item")


class Turns(Generic[Owner, Item]):
    """Items in the order of their arrival for each owner; the owners one after the other."""

    def __init__(self) -> None:
        self._of: dict[Owner, deque[Item]] = {}  # the owner whose turn it is comes first
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, owner: Owner, item: Item) -> None:
        """Queue an item."""
        self._of.setdefault(owner, deque()).append(item)
        self._size += 1

    def pop(self) -> Item:
        """Give the next item, and its owner's turn to the next one.

        Raises:
            LookupError: there is none.
        """
        owner = next(iter(self._of), None)
        if owner is None:
            raise LookupError("nothing waits")
        mine = self._of.pop(owner)
        item = mine.popleft()
        self._size -= 1
        if mine:
            self._of[owner] = mine
        return item
