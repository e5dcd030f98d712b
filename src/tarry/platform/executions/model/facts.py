"""What was decided on the way through a document, at the place of each construct."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Side:
    """Which side of a branch is taken."""

    then: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """How far a loop is.

    Attributes:
        begun: so many rounds were begun.
        carried: its carried values now, by id.
        fresh: the ids of those that come from steps carried out anew; see `Value`.
        over: there are no more rounds.
    """

    begun: int = 0
    carried: Mapping[str, str] = field(default_factory=dict)
    fresh: frozenset[str] = frozenset()
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """How far a for-each is.

    Attributes:
        items: what it is for.
        done: so many of them are done.
        which: a bit for each item, set if it is done.
        gathered: the lists that it gives, by id; `None` until all are done.
        fresh: the ids, its item's too, of what comes from steps carried out anew; see `Value`.
    """

    items: tuple[str, ...] = ()
    done: int = 0
    which: int = 0
    gathered: Mapping[str, str] | None = None
    fresh: frozenset[str] = frozenset()

    def is_done(self, index: int) -> bool:
        """Tell whether an item is done."""
        return bool(self.which >> index & 1)

    @property
    def over(self) -> bool:
        """Whether nothing is left to do in it."""
        return self.gathered is not None


Fact = Side | Rounds | Items
