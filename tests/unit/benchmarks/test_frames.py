"""How the browser's trace is read: which work belongs to which frame, and which to none."""

from typing import Any

import pytest
from benchmarks.frames import Frame, frames_of, tasks_of

PAGE, OTHER = (1, 10), (2, 20)
RASTER = (1, 11)


def event(name: str, at: float, thread: tuple[int, int] = PAGE, **more: Any) -> dict[str, Any]:
    return {"ph": "X", **more, "name": name, "ts": at * 1000, "pid": thread[0], "tid": thread[1]}


def task(at: float, wall: float, cpu: float, thread: tuple[int, int] = PAGE) -> dict[str, Any]:
    return event("RunTask", at, thread, dur=wall * 1000, tdur=cpu * 1000)


def begin(at: float, thread: tuple[int, int] = PAGE) -> dict[str, Any]:
    return event("AnimationFrame::Render", at, thread, ph="b")


def move(at: float) -> dict[str, Any]:
    return event("EventDispatch", at, args={"data": {"type": "pointermove"}})


def test_a_frame_has_all_work_from_its_beginning_to_the_next_ones() -> None:
    events = [
        task(0, 3, 3),  # before the first frame
        *(task(10, 2, 1), begin(11), move(10.5)),
        task(13, 4, 4),  # what React does with the move, in a task of its own
        event("AnimationFrame::Render", 14, ph="e"),
        *(task(26, 1, 1), begin(26.5)),
        *(task(43, 5, 5), begin(44)),
    ]
    assert frames_of(events) == [
        Frame(cpu=5, wall=6, moved=True, since=0),
        Frame(cpu=1, wall=1, moved=False, since=16),
    ]


def test_only_the_main_thread_of_the_page_is_counted() -> None:
    events = [
        *(task(10, 2, 2), begin(11)),
        task(11, 900, 900, RASTER),
        *(task(12, 70, 70, OTHER), begin(12, OTHER)),
        *(task(26, 1, 1), begin(26.5)),
        *(task(43, 5, 5), begin(44)),
    ]
    assert [frame.cpu for frame in frames_of(events)] == [2, 1]


def test_a_task_within_a_task_is_not_counted_twice() -> None:
    events = [begin(1), task(0, 10, 9), task(2, 3, 3), task(10, 1, 1)]
    assert [one.cpu for one in tasks_of(events)] == [9, 1]


def test_two_frames_that_are_begun_in_one_task_are_one() -> None:
    events = [task(0, 10, 9), begin(1), begin(5), task(16, 1, 1), begin(16.5)]
    assert frames_of(events) == [Frame(cpu=9, wall=10, moved=False, since=0)]


def test_a_trace_without_frames_is_no_measurement() -> None:
    with pytest.raises(ValueError, match="no frames"):
        frames_of([task(0, 1, 1)])
