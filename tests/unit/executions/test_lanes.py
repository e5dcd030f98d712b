"""Calls to one service queue up; those to another go past."""

from tarry.platform.executions.api.lanes import Lanes
from tarry.platform.kernel.model import ProjectId

MINE, THEIRS = ProjectId("mine"), ProjectId("theirs")


def test_a_lane_lets_in_as_many_as_it_is_wide_and_the_others_in_their_order() -> None:
    lanes: Lanes[str] = Lanes(2)
    inside: list[int] = []

    def enter(number: int, *, still_wanted: bool = True, lane: str = "a") -> None:
        def go() -> bool:
            if still_wanted:
                inside.append(number)
            return still_wanted

        lanes.enter(lane, MINE, go)

    for number in range(4):
        enter(number)
    enter(4, still_wanted=False)
    enter(5)
    enter(99, lane="b")

    assert inside == [0, 1, 99]
    lanes.leave("a")
    assert inside == [0, 1, 99, 2]
    lanes.leave("a")
    lanes.leave("a")
    assert inside == [0, 1, 99, 2, 3, 5]
    for lane in ("a", "a", "b"):
        lanes.leave(lane)
    enter(6)
    enter(7)
    enter(8)
    assert inside[-2:] == [6, 7]


def test_one_project_s_many_calls_do_not_hold_up_another_s_one() -> None:
    lanes: Lanes[str] = Lanes(1)
    inside: list[str] = []

    def enter(name: str, project: ProjectId) -> None:
        def go() -> bool:
            inside.append(name)
            return True

        lanes.enter("a", project, go)

    for number in range(1000):
        enter(f"mine {number}", MINE)
    enter("theirs", THEIRS)
    lanes.leave("a")
    lanes.leave("a")
    assert inside == ["mine 0", "mine 1", "theirs"]
