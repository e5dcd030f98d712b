"""Small charts as SVG: a few curves over a number that grows tenfold from tick to tick."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 340.0, 230.0
LEFT, RIGHT, TOP, BOTTOM = 56.0, 14.0, 34.0, 40.0
COLUMNS = 2
COLOURS = ("#0b6bcb", "#c05621", "#2f855a")
STYLE = (
    "text { font: 12px system-ui, sans-serif; fill: #333 } .title { font-weight: 600 }"
    " .grid { stroke: #ddd } .axis { stroke: #888 } .curve { fill: none; stroke-width: 2 }"
)


Place = Callable[[float, float], tuple[float, float]]
"""Where a point of a curve is drawn."""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One line: for each place on the x axis the smallest, the middle and the largest value."""

    name: str
    points: Sequence[tuple[float, float, float, float]]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Curves with axes.

    Attributes:
        logarithmic: the y axis grows tenfold from tick to tick; else it begins at zero.
    """

    title: str
    across: str
    curves: Sequence[Curve]
    logarithmic: bool = False


def picture(charts: Sequence[Chart], note: str = "") -> str:
    """Draw charts side by side, two in a row, with a line of text below."""
    rows = math.ceil(len(charts) / COLUMNS)
    width, height = COLUMNS * WIDTH, rows * HEIGHT + 24
    size = f'width="{width:g}" height="{height:g}"'
    box = f'viewBox="0 0 {width:g} {height:g}" {size}'
    pieces = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img">',
        f"<title>{escape(', '.join(chart.title for chart in charts))}</title>",
        f"<style>{STYLE}</style>",
        f'<rect {size} fill="#fff"/>',
    ]
    for number, chart in enumerate(charts):
        x, y = number % COLUMNS * WIDTH, number // COLUMNS * HEIGHT
        pieces += [f'<g transform="translate({x:g} {y:g})">', *_chart(chart), "</g>"]
    pieces.append(f'<text x="{LEFT:g}" y="{height - 8:g}">{escape(note)}</text></svg>')
    return "\n".join(pieces) + "\n"


def _chart(chart: Chart) -> Iterator[str]:
    points = [point for curve in chart.curves for point in curve.points]
    highest, lowest = max(point[3] for point in points), min(point[1] for point in points)
    ticks = _tens(lowest, highest) if chart.logarithmic else _even(highest)
    numbers = sorted({point[0] for point in points})
    place = _placing(chart, numbers, ticks)
    yield f'<text class="title" x="{LEFT:g}" y="18">{escape(chart.title)}</text>'
    for tick in ticks:
        y = place(numbers[0], tick)[1]
        yield f'<path class="grid" d="M{LEFT:g} {y:.1f}H{WIDTH - RIGHT:g}"/>'
        yield f'<text x="{LEFT - 6:g}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>'
    y = HEIGHT - BOTTOM
    for number in numbers:
        x = place(number, ticks[0])[0]
        yield f'<path class="axis" d="M{x:.1f} {y:g}v4"/>'
        yield f'<text x="{x:.1f}" y="{y + 17:g}" text-anchor="middle">{number:,g}</text>'
    x = (LEFT + WIDTH - RIGHT) / 2
    yield f'<text x="{x:g}" y="{HEIGHT - 6:g}" text-anchor="middle">{escape(chart.across)}</text>'
    for order, curve in enumerate(chart.curves):
        yield from _curve(curve, place, COLOURS[order % len(COLOURS)], order)


def _placing(chart: Chart, numbers: Sequence[float], ticks: Sequence[float]) -> Place:
    first, last = math.log10(numbers[0]), math.log10(numbers[-1])
    low, high = _height(chart, ticks[0]), _height(chart, ticks[-1])

    def place(x: float, y: float) -> tuple[float, float]:
        part_x = (math.log10(x) - first) / max(1e-9, last - first)
        part_y = (_height(chart, y) - low) / (high - low)
        return (
            LEFT + 8 + part_x * (WIDTH - LEFT - RIGHT - 24),
            HEIGHT - BOTTOM - max(0.0, part_y) * (HEIGHT - TOP - BOTTOM),
        )

    return place


def _curve(curve: Curve, place: Place, colour: str, number: int) -> Iterator[str]:
    ends = [place(x, middle) for x, _, middle, _ in curve.points]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in ends)
    yield f'<path class="curve" stroke="{colour}" d="M{path}"/>'
    for x, least, _, most in curve.points:
        (at, low), (_, high) = place(x, least), place(x, most)
        yield f'<path stroke="{colour}" d="M{at:.1f} {low:.1f}V{high:.1f}"/>'
    for x, y in ends:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
    y = TOP + 6 + 15 * number
    yield f'<text x="{LEFT + 8:g}" y="{y:g}" style="fill:{colour}">{escape(curve.name)}</text>'


def _height(chart: Chart, value: float) -> float:
    return math.log10(max(value, 1e-6)) if chart.logarithmic else value


def _tens(lowest: float, highest: float) -> list[float]:
    first = math.floor(math.log10(max(lowest, 1e-6)))
    last = max(first + 1, math.ceil(math.log10(max(highest, 1e-6))))
    return [10.0**power for power in range(first, last + 1)]


def _even(highest: float) -> list[float]:
    """Give ticks from zero on, at most six, in steps of 1, 2 or 5 times a power of ten."""
    rough = max(highest, 1e-6) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= rough)
    return [number * step for number in range(math.ceil(highest / step) + 1)]
