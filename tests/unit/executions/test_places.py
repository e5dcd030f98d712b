"""A service that takes so many runs at once never has more, and nobody waits for ever."""

from collections import Counter
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from tarry.contract.kinds import Kind
from tarry.platform.executions.api.places import Places
from tarry.platform.executions.api.turns import Turns
from tarry.platform.executions.model.calls import StepCall
from tarry.platform.executions.model.terms import Terms
from tarry.platform.kernel.model import ProjectId, StepRunId


def call(number: int, *, most: int | None = 2, project: str = "p") -> StepCall:
    terms = Terms(
        uri="http://tests/A.owl#A",
        name="A",
        operation="startA",
        kind=Kind.ASYNCHRONOUS,
        most_runs=most,
    )
    return StepCall(
        step=StepRunId(f"s{number}"), terms=terms, inputs={}, project=ProjectId(project)
    )


def _calling(called: list[str]) -> Callable[[StepRunId], bool]:
    def call_in(step: StepRunId) -> bool:
        called.append(step)
        return True

    return call_in


def test_without_a_limit_there_is_always_a_place() -> None:
    places = Places(lambda _: True)
    assert all(places.take(call(number, most=None)) for number in range(100))


def test_who_finds_no_place_is_called_when_there_is_one_and_finds_it_kept() -> None:
    called: list[str] = []
    places = Places(_calling(called))
    assert [places.take(call(number)) for number in range(4)] == [True, True, False, False]
    places.leave(call(0))
    assert called == ["s2"]
    assert places.take(call(2))  # it comes for it
    assert not places.take(call(9))  # a newcomer does not get it
    places.leave(call(1))
    assert called == ["s2", "s3"]


def test_who_no_longer_wants_the_place_leaves_it_to_the_next() -> None:
    called: list[str] = []

    def free(step: StepRunId) -> bool:
        called.append(step)
        return step == "s4"

    places = Places(free)
    for number in range(5):
        places.take(call(number, most=1))
    places.leave(call(0, most=1))
    assert called == ["s1", "s2", "s3", "s4"]


def test_step_runs_that_were_there_before_a_restart_count() -> None:
    places = Places(lambda _: True)
    for number in range(3):
        places.occupy(call(number))
    assert not places.take(call(3))
    places.leave(call(0))
    assert not places.take(call(4))


def test_leaving_twice_makes_no_second_place() -> None:
    called: list[str] = []
    places = Places(_calling(called))
    for number in range(5):
        places.take(call(number, most=1))
    places.leave(call(0, most=1))
    places.leave(call(0, most=1))
    assert called == ["s1"]


@given(st.lists(st.sampled_from("abc"), max_size=60))
def test_owners_take_turns_and_each_keeps_its_order(owners: list[str]) -> None:
    turns: Turns[str, tuple[str, int]] = Turns()
    numbers: Counter[str] = Counter()
    for owner in owners:
        turns.add(owner, (owner, numbers[owner]))
        numbers[owner] += 1
    popped = [turns.pop() for _ in range(len(turns))]
    assert not turns
    for owner, many in numbers.items():
        mine = [place for place, item in enumerate(popped) if item[0] == owner]
        assert [popped[place][1] for place in mine] == list(range(many))
        # The n-th of an owner comes after at most n of each other one.
        for nth, place in enumerate(mine):
            assert place < sum(min(others, nth + 1) for others in numbers.values())


@given(st.integers(1, 3), st.lists(st.booleans(), min_size=30, max_size=30))
def test_there_are_never_more_inside_than_allowed(most: int, leaving: list[bool]) -> None:
    inside: set[str] = set()
    waiting: list[int] = []

    def free(step: StepRunId) -> bool:
        waiting.remove(int(step[1:]))
        inside.add(step)
        return True

    places = Places(free)
    for number, leaves in enumerate(leaving):
        if inside and leaves:
            gone = min(inside)
            inside.remove(gone)
            places.leave(call(int(gone[1:]), most=most))
        waiting.append(number)
        if places.take(call(number, most=most, project=str(number % 3))):
            waiting.remove(number)
            inside.add(f"s{number}")
        assert len(inside) <= most
        assert not waiting or len(inside) == most
