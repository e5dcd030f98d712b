"""A small plot of numbers that a program prints, such as residuals over iterations. Pure.

It is drawn as SVG that stands in the page itself: no script, no colour that means something alone,
readable in light and dark, and with a text that says the newest values to who does not see it.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT = 640, 240
MOST_POINTS = 400
"""Points of a line that are drawn; of more, every other one is left out, again and again."""
MOST_SERIES = 6
_LEFT, _RIGHT, _TOP, _BOTTOM = 72, 12, 12, 28
_LEGEND = 20
_SAMPLE, _LETTER = 30, 7
"""Width of the piece of line before a name, and of a letter."""
_DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 2", "10 4")
_LOGARITHMIC_FROM = 1_000.0
"""From this ratio of the largest to the smallest value on, the axis is logarithmic."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PlotSource:
    """Where the numbers come from.

    Attributes:
        expression: searched in each line of the log. Its group `x` is the abscissa, else the lines
            that match are counted; every other named group is a line of the plot.
    """

    expression: re.Pattern[str]
    title: str = ""


@dataclass(slots=True)
class Curves:
    """The numbers read so far; they grow with the log and stay small."""

    source: PlotSource
    points: dict[str, list[Point]] = field(default_factory=dict)
    _matches: int = 0
    _every: int = 1

    def read(self, lines: Iterable[str]) -> None:
        """Take in further lines of the log; what is no number is passed over."""
        for line in lines:
            found = self.source.expression.search(line)
            if found is None:
                continue
            self._matches += 1
            groups = found.groupdict()
            x = _number(groups.pop("x", None)) if "x" in groups else float(self._matches)
            if x is None or self._matches % self._every:
                continue
            for name, text in list(groups.items())[:MOST_SERIES]:
                y = _number(text)
                if y is not None:
                    self.points.setdefault(name, []).append((x, y))
            self._thin_out()

    def newest(self) -> dict[str, float]:
        """Give the newest number of each line."""
        return {name: points[-1][1] for name, points in self.points.items() if points}

    def _thin_out(self) -> None:
        if all(len(points) <= MOST_POINTS for points in self.points.values()):
            return
        self._every *= 2
        # the newest point stays whatever is left out: it is the one that people look for
        self.points = {name: points[:-1][::2] + points[-1:] for name, points in self.points.items()}


def draw(points: Mapping[str, Sequence[Point]], *, title: str = "") -> str:
    """Draw lines as SVG; empty if there are no two points to join."""
    lines = {name: list(series) for name, series in points.items() if series}
    if not any(len(series) > 1 for series in lines.values()):
        return ""
    values = [y for series in lines.values() for _, y in series]
    logarithmic = min(values) > 0 and max(values) / min(values) >= _LOGARITHMIC_FROM
    across = _Scale.over([x for series in lines.values() for x, _ in series])
    upward = _Scale.over(values, logarithmic=logarithmic)
    newest = ", ".join(f"{name} {_shown(series[-1][1])}" for name, series in lines.items())
    label = f"{title or 'Plot'}; newest: {newest}"
    pieces = [
        f'<svg class="plot" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" aria-label="{escape(label)}">'
    ]
    top = _TOP
    if len(lines) > 1:
        pieces += _legend(list(lines))
        top += _LEGEND
    pieces += _axes(across, upward, top)
    for index, (name, series) in enumerate(lines.items()):
        path = " ".join(
            f"{_LEFT + across.at(x) * (WIDTH - _LEFT - _RIGHT):.1f},"
            f"{HEIGHT - _BOTTOM - upward.at(y) * (HEIGHT - top - _BOTTOM):.1f}"
            for x, y in series
        )
        pieces.append(
            f'<polyline points="{path}" fill="none" class="line-{index}"{_stroke(index)}>'
            f"<title>{escape(name)}</title></polyline>"
        )
    pieces.append("</svg>")
    return "".join(pieces)


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    logarithmic: bool = False

    @classmethod
    def over(cls, values: Sequence[float], *, logarithmic: bool = False) -> "_Scale":
        """Make a scale that shows all values, and is never empty."""
        if logarithmic:
            low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
            return cls(float(low), float(max(high, low + 1)), logarithmic=True)
        low_, high_ = min(values), max(values)
        if low_ == high_:
            margin = abs(low_) / 2 or 1.0
            return cls(low_ - margin, high_ + margin)
        return cls(low_, high_)

    def at(self, value: float) -> float:
        """Tell where a value stands, from 0 to 1."""
        place = math.log10(value) if self.logarithmic else value
        return (place - self.low) / (self.high - self.low)

    def marks(self) -> list[tuple[float, str]]:
        """Give where the axis is marked, from 0 to 1, and what stands there."""
        if not self.logarithmic:
            return [
                (part, _shown(self.low + part * (self.high - self.low))) for part in (0.0, 0.5, 1.0)
            ]
        decades = int(self.high - self.low)
        step = max(1, -(-decades // 5))
        return [
            (power / decades, f"1e{int(self.low) + power}") for power in range(0, decades + 1, step)
        ]


def _stroke(index: int) -> str:
    """Tell a line from the others without any colour."""
    dash = f' stroke-dasharray="{_DASHES[index % len(_DASHES)]}"' if index else ""
    return f' stroke="currentColor" stroke-width="1.5"{dash}'


def _legend(names: Sequence[str]) -> list[str]:
    """Say which line is which, side by side above the plot."""
    width = (WIDTH - _LEFT - _RIGHT) / len(names)
    longest = int((width - _SAMPLE) / _LETTER)
    pieces = []
    for index, name in enumerate(names):
        x = _LEFT + index * width
        shown = name if len(name) <= longest else f"{name[: longest - 1]}…"
        pieces.append(
            f'<line x1="{x:.1f}" y1="10" x2="{x + _SAMPLE - 6:.1f}" y2="10"{_stroke(index)}/>'
            f'<text x="{x + _SAMPLE:.1f}" y="14">{escape(shown)}</text>'
        )
    return pieces


def _axes(across: _Scale, upward: _Scale, top: int) -> list[str]:
    bottom, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
    pieces = []
    for part, text in upward.marks():
        y = bottom - part * (bottom - top)
        pieces.append(
            f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" class="grid"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'
        )
    for (part, text), anchor in zip(across.marks(), ("start", "middle", "end"), strict=True):
        x = _LEFT + part * (right - _LEFT)
        pieces.append(f'<text x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">{text}</text>')
    return pieces


def _number(text: str | None) -> float | None:
    try:
        number = float((text or "").replace("D", "E").replace("d", "e"))  # as Fortran writes it
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _shown(number: float) -> str:
    return f"{number:.4g}"
