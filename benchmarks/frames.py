"""What a page's main thread does for each frame, read from the browser's own trace.

Counted is the main thread of the page's process alone: scripts, styles, layout, recording what is
to be painted. Painting itself (*raster*) and putting layers together happen in other threads and,
with `--disable-gpu`, on the processor: a graphics card would do that, so it is no part of this.

A frame reaches from the task in which the main thread renders it (`AnimationFrame::Render`) to the
task in which it renders the next one, and has the time of every task that it runs in between: what
the pointer's move sets off, and what React does with it in tasks of its own.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CATEGORIES = ("-*", "__metadata", "toplevel", "devtools.timeline", "devtools.timeline.frame")
MORE_CATEGORIES = ("disabled-by-default-devtools.timeline",)
BEGINS = "AnimationFrame::Render"
"""Once in each frame, just before styles and layout; the trace has its beginning and its end."""
MOVES = frozenset({"mousemove", "pointermove", "wheel"})

Event = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One frame of a page.

    Attributes:
        cpu: milliseconds of processor time of the main thread.
        wall: milliseconds by the clock that its tasks took, waits for a processor included.
        moved: the pointer moved in it.
        since: milliseconds by the clock since the frame before began.
    """

    cpu: float
    wall: float
    moved: bool
    since: float


@dataclass(frozen=True, kw_only=True)
class Task:
    """A piece of work of the main thread. All in milliseconds, `at` by the trace's clock."""

    at: float
    cpu: float
    wall: float


def tasks_of(events: Iterable[Event]) -> list[Task]:
    """Give what the main thread of the page ran, in order; a task within a task is part of it."""
    main = _main_thread(events)
    found: list[Task] = []
    until = 0.0
    ran = (one for one in events if one.get("name") == "RunTask" and _thread(one) == main)
    for one in sorted(ran, key=_at):
        task = Task(at=_at(one), cpu=_took(one, "tdur"), wall=_took(one, "dur"))
        if task.at >= until:
            found.append(task)
            until = task.at + task.wall
    return found


def frames_of(events: Sequence[Event]) -> list[Frame]:
    """Give the whole frames of a trace: what came before the first and after the last is left out.

    Raises:
        ValueError: the trace has no frames.
    """
    main = _main_thread(events)
    tasks = tasks_of(events)
    starts = [task.at for task in tasks]
    begun = sorted(
        {
            max(0, bisect_right(starts, _at(one)) - 1)
            for one in events
            if _begins(one) and _thread(one) == main
        }
    )
    moves = sorted(
        _at(one)
        for one in events
        if one.get("name") == "EventDispatch"
        and _thread(one) == main
        and one.get("args", {}).get("data", {}).get("type") in MOVES
    )
    frames = []
    for before, first, last in zip([None, *begun], begun, begun[1:], strict=False):
        inside = tasks[first:last]
        start, end = starts[first], starts[last]
        frames.append(
            Frame(
                cpu=sum(task.cpu for task in inside),
                wall=sum(task.wall for task in inside),
                moved=bisect_right(moves, start) < bisect_right(moves, end),
                since=0.0 if before is None else start - starts[before],
            )
        )
    if not frames:
        raise ValueError("the trace holds no frames")
    return frames


def _main_thread(events: Iterable[Event]) -> tuple[int, int]:
    """Find the main thread that began most frames: a browser has more pages than the one shown."""
    counts: dict[tuple[int, int], int] = {}
    for one in events:
        if _begins(one):
            counts[_thread(one)] = counts.get(_thread(one), 0) + 1
    if not counts:
        raise ValueError("the trace holds no frames")
    return max(counts, key=lambda thread: counts[thread])


def _begins(event: Event) -> bool:
    return event.get("name") == BEGINS and event.get("ph") == "b"


def _thread(event: Event) -> tuple[int, int]:
    return event["pid"], event["tid"]


def _at(event: Event) -> float:
    return float(event["ts"]) / 1000


def _took(event: Event, name: str) -> float:
    return float(event.get(name, 0)) / 1000
