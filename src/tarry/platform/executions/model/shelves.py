"""Mappings that never change, and of which a changed one costs little.

An execution is a value: what it was before an event is still there after it. Copying a dictionary
for each of ten thousand steps would make a run's cost grow with the square of its length; these
share with the one before whatever did not change.
"""

from collections.abc import Iterator, Mapping
from typing import Generic, Protocol, TypeVar

from tarry.platform.kernel.model import StepRunId


class Numbered(Protocol):
    """A step run, as far as a row of them is concerned."""

    @property
    def id(self) -> StepRunId:
        """Its id; it ends with its number."""
        ...

    @property
    def number(self) -> int:
        """Its place in the row, from 1."""
        ...


Key = TypeVar("Key")
Value = TypeVar("Value")
Run = TypeVar("Run", bound=Numbered)

_PIECE = 64
"""Pieces are split when they have grown to so many entries, on average."""
_SPLIT = 8


class Shelf(Mapping[Key, Value], Generic[Key, Value]):
    """A mapping in no particular order."""

    __slots__ = ("_length", "_pieces")

    def __init__(
        self, pieces: tuple[dict[Key, Value], ...] = ({},), length: int | None = None
    ) -> None:
        self._pieces = pieces
        self._length = sum(map(len, pieces)) if length is None else length

    def __getitem__(self, key: Key) -> Value:
        return self._pieces[hash(key) % len(self._pieces)][key]

    def __contains__(self, key: object) -> bool:
        return key in self._pieces[hash(key) % len(self._pieces)]

    def __iter__(self) -> Iterator[Key]:
        for piece in self._pieces:
            yield from piece

    def __len__(self) -> int:
        return self._length

    def __repr__(self) -> str:
        return f"Shelf({dict(self)!r})"

    def put(self, key: Key, value: Value) -> "Shelf[Key, Value]":
        """Give the mapping with this entry."""
        number = hash(key) % len(self._pieces)
        piece = self._pieces[number]
        length = self._length + (key not in piece)
        found = self._with(number, {**piece, key: value}, length)
        return found if length <= _PIECE * len(self._pieces) else found._split()

    def drop(self, key: Key) -> "Shelf[Key, Value]":
        """Give the mapping without this entry, if there is one."""
        number = hash(key) % len(self._pieces)
        piece = self._pieces[number]
        if key not in piece:
            return self
        rest = {other: value for other, value in piece.items() if other != key}
        return self._with(number, rest, self._length - 1)

    def _with(self, number: int, piece: dict[Key, Value], length: int) -> "Shelf[Key, Value]":
        pieces = self._pieces
        return Shelf((*pieces[:number], piece, *pieces[number + 1 :]), length)

    def _split(self) -> "Shelf[Key, Value]":
        pieces: list[dict[Key, Value]] = [{} for _ in range(_SPLIT * len(self._pieces))]
        for key, value in self.items():
            pieces[hash(key) % len(pieces)][key] = value
        return Shelf(tuple(pieces), self._length)


class Row(Mapping[StepRunId, Run], Generic[Run]):
    """Step runs in the order of their numbers, which count from 1 without a gap."""

    __slots__ = ("_length", "_pieces")

    def __init__(self, pieces: tuple[tuple[Run, ...], ...] = (), length: int = 0) -> None:
        self._pieces = pieces
        self._length = length

    def __getitem__(self, name: StepRunId) -> Run:
        try:
            place = int(name.rpartition("_")[2]) - 1
        except ValueError:
            raise KeyError(name) from None
        if not 0 <= place < self._length:
            raise KeyError(name)
        found = self._pieces[place // _PIECE][place % _PIECE]
        if found.id != name:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[StepRunId]:
        for piece in self._pieces:
            for run in piece:
                yield run.id

    def __len__(self) -> int:
        return self._length

    def __repr__(self) -> str:
        return f"Row({list(self.values())!r})"

    def put(self, run: Run) -> "Row[Run]":
        """Give the row with this step run: the next one, or in the place of what it was before."""
        place = run.number - 1
        if not 0 <= place <= self._length:
            raise KeyError(run.id)
        number, within = divmod(place, _PIECE)
        piece = self._pieces[number] if number < len(self._pieces) else ()
        piece = (*piece[:within], run, *piece[within + 1 :])
        pieces = (*self._pieces[:number], piece, *self._pieces[number + 1 :])
        return Row(pieces, max(self._length, place + 1))
