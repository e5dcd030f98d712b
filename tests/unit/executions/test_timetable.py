"""The timetable: each is woken at its time, with one timer of the event loop for all."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarry.platform.executions.api.timetable import Timetable


@dataclass(eq=False)
class Sleeper:
    name: str = ""
    wakes_at: float | None = None


@dataclass(eq=False)
class Timer:
    when: float
    ring: Callable[[], None]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


@dataclass
class Clock:
    """An event loop as far as a timetable needs one; its time is what the test says."""

    now: float = 0.0
    timers: list[Timer] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, ring: Callable[[], None]) -> Timer:
        self.timers.append(Timer(when, ring))
        return self.timers[-1]

    def waiting(self) -> list[Timer]:
        self.timers = [timer for timer in self.timers if not timer.cancelled]
        return sorted(self.timers, key=lambda timer: timer.when)

    def until(self, when: float) -> None:
        while (waiting := self.waiting()) and waiting[0].when <= when:
            self.now = max(self.now, waiting[0].when)
            self.timers.remove(waiting[0])
            waiting[0].ring()
        self.now = when


def timetable(clock: Clock, wake: Callable[[Sleeper], None]) -> Timetable[Sleeper]:
    return Timetable(cast("asyncio.AbstractEventLoop", clock), wake)


@given(st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(1, 50)), max_size=200))
def test_each_is_woken_once_at_the_time_that_was_set_last(
    orders: list[tuple[int, int | None]],
) -> None:
    clock, woken = Clock(), []
    sleepers = [Sleeper(str(number)) for number in range(10)]
    ours = timetable(clock, lambda who: woken.append((clock.now, who.name)))
    wanted: dict[str, int] = {}
    for number, when in orders:
        if when is None:
            ours.clear(sleepers[number])
            wanted.pop(str(number), None)
        else:
            ours.set(sleepers[number], when)
            wanted[str(number)] = when
        assert len(clock.waiting()) <= 1

    clock.until(100)

    assert sorted(woken) == sorted((when, name) for name, when in wanted.items())
    assert clock.waiting() == []


def test_who_is_woken_may_set_its_next_time() -> None:
    clock, woken = Clock(), []

    def wake(who: Sleeper) -> None:
        woken.append(clock.now)
        ours.set(who, clock.now + 6)

    ours = timetable(clock, wake)
    ours.set(Sleeper(), 1)

    clock.until(20)

    assert woken == [1, 7, 13, 19]


def test_one_that_fails_holds_up_no_other() -> None:
    clock, woken = Clock(), []

    def wake(who: Sleeper) -> None:
        if who.name == "bad":
            raise RuntimeError(who.name)
        woken.append(who.name)

    ours = timetable(clock, wake)
    ours.set(Sleeper("bad"), 1)
    ours.set(Sleeper("good"), 1)

    with pytest.raises(RuntimeError):
        clock.until(5)
    clock.until(5)

    assert woken == ["good"]


def test_what_was_cleared_does_not_pile_up() -> None:
    clock = Clock()
    ours = timetable(clock, lambda _: None)
    who = Sleeper()

    for when in range(10_000):
        ours.set(who, 1_000_000 + when)

    assert len(ours._heap) < 200


def test_after_the_end_nobody_is_woken() -> None:
    clock, woken = Clock(), []
    who = Sleeper("late")
    ours = timetable(clock, lambda one: woken.append(one.name))
    ours.set(who, 5)

    ours.close()
    clock.until(10)

    assert (woken, who.wakes_at, clock.waiting()) == ([], None, [])
