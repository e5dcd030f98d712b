"""The platform is killed with runs in flight: how long until each of them is asked about again."""

import time

from benchmarks.figures import Figure, Ratio, ratio
from benchmarks.waiting_runs import Waiters, waiters

LIMIT_SECONDS = 60.0
STARTED_SECONDS = 3.0
"""After so long the last start calls have been answered."""


def measure(times: int, runs: int) -> list[Figure | Ratio]:
    """Kill it with -9 and bring it up, some times; beside it a platform that has nothing to do."""
    ours: list[float] = []
    empty: list[float] = []
    whole: list[float] = []
    with waiters() as ready:
        with ready.up():
            ready.fill(runs)
            time.sleep(STARTED_SECONDS)
            ready.kill()
        for _ in range(times):
            up, all_asked = restart(ready)
            ours.append(all_asked - up)
            whole.append(all_asked)
            with waiters() as idle:
                empty.append(idle_start(idle))
    all_going = Figure(
        name=f"kill -9 with {runs} runs, to all going", unit="s", values=tuple(whole)
    )
    start = Figure(name="start of a platform with nothing to do", unit="s", values=tuple(empty))
    after = Figure(
        name="of it from its being up to all going (aim: under 1)", unit="s", values=tuple(ours)
    )
    return [all_going, start, after, ratio("all going again / an empty start", all_going, start)]


def restart(ready: Waiters) -> tuple[float, float]:
    """Bring a platform up that was killed, and kill it again once all of its runs go on.

    Returns:
        seconds from its start until it was up, and until the last run was asked about.

    Raises:
        RuntimeError: not all of them were, within a minute.
    """
    ready.asked.mark()
    began = time.time()
    with ready.up():
        until = time.monotonic() + LIMIT_SECONDS
        while (counted := ready.asked.counted()).seen < ready.waiting:
            if time.monotonic() > until:
                raise RuntimeError(f"{counted.seen} of {ready.waiting} runs go on")
            time.sleep(0.1)
        up = ready.started_at()
        ready.kill()
    return up - began, max(counted.last_seen, up) - began


def idle_start(idle: Waiters) -> float:
    """Bring a platform up a second time that has nothing to do; gives the seconds that it took."""
    with idle.up():
        idle.kill()
    return restart(idle)[0]
