"""Figures with their spread, and how they are printed."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Something measured several times.

    Attributes:
        values: one for each repetition, in `unit`.
        unit: such as `µs` or `calls/s`.
    """

    name: str
    values: tuple[float, ...]
    unit: str

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    def __str__(self) -> str:
        return (
            f"{self.name:<58} {self.median:>10,.2f} {self.unit:<9}"
            f" ({min(self.values):,.2f} to {max(self.values):,.2f}, n={len(self.values)})"
        )


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """One figure as a multiple of another, repetition by repetition.

    Attributes:
        aim: what the project wants it to be, in words, such as `at most 3`.
    """

    name: str
    values: tuple[float, ...]
    aim: str = ""

    def __str__(self) -> str:
        aim = f"  aim: {self.aim}" if self.aim else ""
        return (
            f"{self.name:<58} {statistics.median(self.values):>10,.2f} times    "
            f" ({min(self.values):,.2f} to {max(self.values):,.2f}){aim}"
        )


def ratio(name: str, above: Figure, below: Figure, aim: str = "") -> Ratio:
    """Divide two figures pair by pair, so that a drifting machine does not spoil the ratio."""
    pairs = zip(above.values, below.values, strict=False)
    return Ratio(name=name, values=tuple(a / b for a, b in pairs), aim=aim)


def middle(samples: Sequence[float]) -> float:
    """Give the median of samples."""
    return statistics.median(samples)
