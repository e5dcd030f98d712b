"""What thousands of runs cost that wait: polled every few seconds, and pushed.

Bare aiohttp makes the same calls at the same pace to a service of its own, right afterwards: with
ten thousand runs, two cores are not enough for both at once.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks import primitives
from benchmarks.chained import chain_on, one_line
from benchmarks.figures import Figure, Ratio, ratio
from benchmarks.own_platform import Running
from benchmarks.processes import cpu_seconds, resident_kib
from benchmarks.waiting_runs import (
    POLL_SECONDS,
    PUSHED_SECONDS,
    Counter,
    Waiters,
    bare_polls,
    waiters,
)

SETTLE_SECONDS = 26.0
"""Pauses between polls grow with the age of a run until they are six seconds."""
WINDOW_SECONDS = 12.0
CHAINS = 5
"""Chains of steps for each look at the commits: some hundreds of commits."""


@dataclass(kw_only=True)
class Window:
    """What was measured of one side within a few seconds.

    Attributes:
        cpu: time of the processor that it took, in seconds.
        early: seconds between two polls of the same run, 1st percentile.
        late: the 99th.
    """

    cpu: float
    lasted: float
    polls: int
    early: float
    late: float

    @property
    def cores(self) -> float:
        """How much of a core was used."""
        return self.cpu / self.lasted

    @property
    def us_each(self) -> float:
        """CPU for each poll, in µs."""
        return self.cpu / max(1, self.polls) * 1e6


@dataclass(kw_only=True)
class Found:
    """Windows of Tarry and of bare aiohttp, and what goes with them."""

    tarry: list[Window] = field(default_factory=list)
    bare: list[Window] = field(default_factory=list)
    mib: list[float] = field(default_factory=list)


def look(asked: Counter, process_id: int, seconds: float) -> Window:
    """Watch one who asks, for so long."""
    asked.mark()
    began, before = time.monotonic(), cpu_seconds(process_id)
    time.sleep(seconds)
    lasted, used = time.monotonic() - began, cpu_seconds(process_id) - before
    return _window(asked, used, lasted)


def _window(counter: Counter, cpu: float, lasted: float) -> Window:
    counted = counter.counted()
    return Window(
        cpu=cpu,
        lasted=lasted,
        polls=counted.polls,
        early=counted.gaps.get(1, 0.0),
        late=counted.gaps.get(99, 0.0),
    )


def windows(ready: Waiters, times: int, *, pause: float, seconds: float) -> Found:
    """Watch a filled platform some times, then bare aiohttp with as many runs.

    The platform is stopped meanwhile, and asks late afterwards: do nothing more with it.
    """
    found = Found()
    process_id = ready.own.process_id
    for _ in range(times):
        found.tarry.append(look(ready.asked, process_id, seconds))
        found.mib.append(resident_kib(process_id) / 1024)
    with _stopped(process_id), bare_polls(ready.waiting, pause) as (other, other_id):
        time.sleep(min(pause, POLL_SECONDS) + 1.0)  # each was asked once
        for _ in range(times):
            found.bare.append(look(other, other_id, seconds))
    return found


@contextmanager
def _stopped(process_id: int) -> Iterator[None]:
    os.kill(process_id, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process_id, signal.SIGCONT)


def measure(times: int, runs: int) -> list[Figure | Ratio]:
    """Measure with so many waiting runs, polled and pushed."""
    lines: list[Figure | Ratio] = []
    with waiters() as ready, _up_again(ready) as own, one_line() as tcp_port:
        chain = chain_on(own, tcp_port)
        empty = resident_kib(own.process_id) / 1024
        idle = [commits_ms(own, ready, chain) for _ in range(times)]
        rate = ready.fill(runs)
        time.sleep(SETTLE_SECONDS)
        loaded = [commits_ms(own, ready, chain) for _ in range(times)]
        alone = [primitives.commit_p99_ms(ready.folder) for _ in range(times)]
        found = windows(ready, times, pause=POLL_SECONDS, seconds=WINDOW_SECONDS)
    lines += [
        Figure(name="memory of an idle platform", unit="MiB", values=(empty,)),
        Figure(name=f"starts of {runs} runs through REST", unit="runs/s", values=(rate,)),
        *_figures(found, f"{runs} runs, polled", POLL_SECONDS),
        *_commit_figures(idle, loaded, alone, runs),
    ]
    with waiters(pushing=True) as ready, _up_again(ready):
        ready.fill(runs)
        time.sleep(SETTLE_SECONDS)
        found = windows(ready, times, pause=PUSHED_SECONDS, seconds=2 * WINDOW_SECONDS)
    return [*lines, *_figures(found, f"{runs} runs, pushed", PUSHED_SECONDS)]


@contextmanager
def _up_again(ready: Waiters) -> Iterator[Running]:
    """Bring a platform up for the second time: the first has a database to make, once for all."""
    with ready.up():
        pass
    with ready.up() as own:
        yield own


def _figures(found: Found, what: str, pause: float) -> list[Figure | Ratio]:
    pushed = pause != POLL_SECONDS
    each = {
        name: Figure(
            name=f"{what}, CPU of a poll, {name}",
            unit="µs",
            values=tuple(window.us_each for window in side),
        )
        for name, side in (("Tarry", found.tarry), ("bare aiohttp", found.bare))
    }
    cores = tuple(window.cores for window in found.tarry)
    lines: list[Figure | Ratio] = [
        *each.values(),
        ratio(
            f"{what}, CPU of a poll: Tarry / bare aiohttp",
            each["Tarry"],
            each["bare aiohttp"],
            "" if pushed else "at most 1.5",
        ),
        Figure(name=f"{what}, Tarry: a core is 1", unit="cores", values=cores),
        Figure(name=f"{what}, memory of all of it (aim: 150)", unit="MiB", values=tuple(found.mib)),
    ]
    if pushed:
        needed = tuple(value / 0.05 for value in cores)
        lines.append(Ratio(name=f"{what}: cores / 0.05", values=needed, aim="at most 1"))
        return lines
    for name, side in (("Tarry", found.tarry), ("bare aiohttp", found.bare)):
        for which in ("early", "late"):
            values = tuple(getattr(window, which) / pause for window in side)
            percent = "1st" if which == "early" else "99th"
            aim = "0.9 to 1.1" if name == "Tarry" else ""
            lines.append(
                Ratio(name=f"{what}, pause / 6 s, {percent} %, {name}", values=values, aim=aim)
            )
    return lines


def commits_ms(own: Running, ready: Waiters, chain: str) -> float:
    """Run some chains; gives the 99th percentile of the commits meanwhile, in ms."""
    before = len(ready.commits())
    for _ in range(CHAINS):
        own.run(chain)
    return percentile(ready.commits(before), 0.99) * 1e3


def percentile(samples: list[float], part: float) -> float:
    """Give what `part` (0 to 1) of the samples stayed within."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def _commit_figures(
    idle: list[float], loaded: list[float], alone: list[float], runs: int
) -> list[Figure | Ratio]:
    names = {
        "loaded": (f"a commit's p99 while {runs} runs are polled", loaded),
        "idle": ("a commit's p99 with nothing else to do", idle),
        "alone": ("a bare SQLite commit's p99 beside it", alone),
    }
    figures = {
        key: Figure(name=name, unit="ms", values=tuple(values))
        for key, (name, values) in names.items()
    }
    return [
        *figures.values(),
        ratio("a commit's p99: with the runs / without", figures["loaded"], figures["idle"]),
        ratio("a commit's p99: Tarry / bare SQLite", figures["loaded"], figures["alone"]),
    ]
