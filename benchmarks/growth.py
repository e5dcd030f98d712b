"""How it grows: the same figures with ten waiting runs, a hundred, a thousand, ten thousand."""

import statistics
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from benchmarks.chained import chain_on, one_line
from benchmarks.drawing import Chart, Curve, picture
from benchmarks.figures import Figure, Ratio
from benchmarks.recovery import restart
from benchmarks.waiting import SETTLE_SECONDS, WINDOW_SECONDS, Found, commits_ms, windows
from benchmarks.waiting_runs import POLL_SECONDS, waiters

SIZES = (10, 100, 1_000, 10_000)
TARRY, BARE = "Tarry", "bare aiohttp, the same calls"
Kept = dict[tuple[str, str], dict[int, Figure]]
"""What was measured, by what it is and of whom, and by how many runs waited."""
CHARTS = {
    "CPU of polling every 6 s, cores": True,
    "memory of the platform, MiB": False,
    "a commit's p99 beside it, ms": False,
    "kill -9 and start, to all going, s": False,
}
"""The charts, and whether their y axis is logarithmic."""
CPU, MEMORY, COMMIT, AGAIN = CHARTS


def measure(times: int, largest: int, draw: Path | None) -> list[Figure | Ratio]:
    """Measure with more and more waiting runs; with a file, draw a picture of it."""
    kept: Kept = defaultdict(dict)
    with waiters() as ready, one_line() as tcp_port:
        chain = ""
        for size in [size for size in SIZES if size <= largest]:
            with ready.up() as own:
                chain = chain or chain_on(own, tcp_port)
                ready.fill(size)
                time.sleep(SETTLE_SECONDS)
                commits = [commits_ms(own, ready, chain) for _ in range(times)]
                found = windows(ready, times, pause=POLL_SECONDS, seconds=WINDOW_SECONDS)
                ready.kill()
            again = [restart(ready)[1] for _ in range(times)]
            _keep(kept, size, found, commits, again)
    if draw is not None:
        draw.write_text(picture(_charts(kept)), encoding="utf-8")
    return [figure for by_size in kept.values() for figure in by_size.values()]


def _keep(kept: Kept, size: int, found: Found, commits: list[float], again: list[float]) -> None:
    measured = {
        (CPU, TARRY): [window.cores for window in found.tarry],
        (CPU, BARE): [window.cores for window in found.bare],
        (MEMORY, TARRY): found.mib,
        (COMMIT, TARRY): commits,
        (AGAIN, TARRY): again,
    }
    for (what, who), values in measured.items():
        name, _, unit = what.rpartition(", ")
        whose = "" if who is TARRY else ", bare aiohttp"
        kept[what, who][size] = Figure(
            name=f"{size:>6,} runs: {name}{whose}", unit=unit, values=tuple(values)
        )


def _charts(kept: Mapping[tuple[str, str], Mapping[int, Figure]]) -> list[Chart]:
    return [
        Chart(
            title=title,
            across="runs that wait",
            logarithmic=logarithmic,
            curves=[
                Curve(name=who, points=[_point(*each) for each in by_size.items()])
                for (what, who), by_size in kept.items()
                if what == title
            ],
        )
        for title, logarithmic in CHARTS.items()
    ]


def _point(size: int, figure: Figure) -> tuple[float, float, float, float]:
    values = figure.values
    return size, min(values), statistics.median(values), max(values)
