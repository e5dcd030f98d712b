"""Every construct of a document in the state machine, on its own."""

import pytest
from tests.fakes.drive import NUMBER, Drive, row, step

from tarry.contract.ports import Port, PortType
from tarry.platform.executions.model import ExecutionState
from tarry.platform.executions.model.records import Branched, LoopEnded
from tarry.platform.workflows.model import (
    Branch,
    Carried,
    Compare,
    Comparison,
    Constant,
    IsTrue,
    Literal,
    Merge,
    Merged,
    Parallel,
    Repeat,
    Variable,
    Wire,
)

COUNT = (Port(name="n", type=PortType.INTEGER),)
END_IF = "http://www.cloudifacturing.eu/sync/DFKI/EndIf.owl#EndIf_Service"


def more_than(wire: str, number: int) -> Compare:
    return Compare(Comparison.GREATER, Variable(wire), Literal(str(number), PortType.INTEGER))


def less_than(wire: str, number: int) -> Compare:
    return Compare(Comparison.LESS, Variable(wire), Literal(str(number), PortType.INTEGER))


def test_branches_of_a_parallel_begin_together_and_what_follows_waits_for_all() -> None:
    drive = Drive(
        Parallel(key="", branches=(row(step("a"), step("b", "a")), row(step("c")), row())),
        step("d", "b", "c"),
        outputs=("d",),
    ).begin()
    assert drive.started == ["p1/b1/s1", "p1/b2/s1"]

    drive.finish("p1/b2/s1", result="3")
    drive.finish("p1/b1/s1", result="1")
    assert drive.open() == ["p1/b1/s2"]
    drive.finish("p1/b1/s2", result="2")
    assert drive.at("s1").inputs == {"given": "2", "given2": "3"}
    drive.finish("s1", result="4")

    assert drive.stands(ExecutionState.SUCCEEDED)
    assert drive.now.outputs == {"d": "4"}


@pytest.mark.parametrize(("count", "side", "passed"), [("7", "then", "A"), ("3", "else", "B")])
def test_a_branch_takes_one_side_and_writes_down_which(count: str, side: str, passed: str) -> None:
    drive = Drive(
        Branch(
            key="",
            condition=more_than("n", 5),
            then=row(step("a")),
            otherwise=row(step("b")),
            merged=(Merged(id="m", then=Wire("a"), otherwise=Wire("b")),),
        ),
        Merge(key="", service=END_IF, then=Wire("a"), otherwise=Wire("b"), id="e"),
        step("end", "m", "e", "a", "b"),
        inputs={"n": count},
        ports=COUNT,
    ).begin()

    assert [it.then for it in drive.journal if isinstance(it, Branched)] == [side == "then"]
    drive.finish(f"i1/{side}/s1", result=passed)
    only = "given3" if side == "then" else "given4"
    assert drive.at("s2").inputs == {"given": passed, "given2": passed, only: passed}


def test_a_branch_without_anything_to_do_is_passed_at_once() -> None:
    drive = Drive(
        Branch(key="", condition=more_than("n", 5), then=row(step("a"))),
        inputs={"n": "1"},
        ports=COUNT,
    ).begin()

    assert drive.stands(ExecutionState.SUCCEEDED)


def test_an_end_if_whose_sides_are_both_known_outside_still_goes_by_the_side_that_ran() -> None:
    drive = Drive(
        Branch(key="", condition=more_than("n", 5), then=row(), otherwise=row(step("b"))),
        Merge(key="", service=END_IF, then=Wire("n"), otherwise=Wire("b"), id="e"),
        inputs={"n": "1"},
        ports=COUNT,
        outputs=("e",),
    ).begin()
    drive.finish("i1/else/s1", result="B")

    assert drive.now.outputs == {"e": "B"}


def test_a_loop_runs_its_body_once_and_again_while_its_condition_holds() -> None:
    drive = Drive(
        Repeat(key="", body=row(step("x", "x", used=NUMBER)), condition=less_than("x", 3)),
        step("end", "x"),
    ).begin()
    assert drive.at("r1/s1", 0).inputs == {}

    for number in (1, 2, 3):
        drive.finish("r1/s1", number - 1, result=str(number))

    assert drive.started == ["r1/s1[0]", "r1/s1[1]", "r1/s1[2]", "s1"]
    assert drive.at("r1/s1", 1).inputs == {"given": "1"}
    assert drive.at("s1").inputs == {"given": "3"}
    assert [it.rounds for it in drive.journal if isinstance(it, LoopEnded)] == [3]


def test_carried_values_move_on_after_each_round_before_the_condition_is_asked() -> None:
    drive = Drive(
        Repeat(
            key="",
            body=row(step("next", "n", used=NUMBER)),
            condition=less_than("n", 3),
            first=True,
            carried=(Carried(id="n", first=Constant("1"), next=Wire("next")),),
        ),
        outputs=("n",),
    ).begin()
    drive.finish("r1/s1", 0, result="2")
    drive.finish("r1/s1", 1, result="3")

    assert [drive.at("r1/s1", n).inputs["given"] for n in (0, 1)] == ["1", "2"]
    assert drive.now.outputs == {"n": "3"}


def test_a_loop_that_asks_first_may_have_no_round() -> None:
    drive = Drive(
        Repeat(
            key="",
            body=row(step("next", "n", used=NUMBER)),
            condition=less_than("n", 3),
            first=True,
            carried=(Carried(id="n", first=Constant("5"), next=Wire("next")),),
        ),
        step("end", "n", "next"),
    ).begin()

    assert drive.started == ["s1"]
    assert drive.at("s1").inputs == {"given": "5"}


def test_a_loop_without_end_fails_the_run_at_its_place() -> None:
    drive = Drive(
        Repeat(key="", body=row(step("x", used=NUMBER)), condition=less_than("x", 9), most=3)
    ).begin()
    drive.play(lambda run: "0")

    assert drive.stands(ExecutionState.FAILED)
    assert drive.failure == ("endless-loop: Workflow W, at r1: the loop wants more than 3 rounds")
    assert len(drive.started) == 3


def test_a_value_that_cannot_be_compared_fails_the_run_at_its_place() -> None:
    drive = Drive(
        step("x", used=NUMBER), Branch(key="", condition=more_than("x", 5), then=row(step("a")))
    ).begin()
    drive.finish("s1", result="many")

    assert drive.stands(ExecutionState.FAILED)
    assert drive.failure.startswith("not-comparable: Workflow W, at i1: the condition cannot be")


def test_a_condition_without_a_value_fails_the_run_at_its_place() -> None:
    drive = Drive(Branch(key="", condition=IsTrue(Variable("gone")), then=row())).begin()

    assert drive.failure.startswith("not-comparable: Workflow W, at i1")


def test_a_side_of_an_earlier_round_is_not_mistaken_for_one_of_this_round() -> None:
    """In round 0 `then` runs, in round 1 `else`: nothing of `then` is left over."""
    drive = Drive(
        Repeat(
            key="",
            body=row(
                step("x", used=NUMBER),
                Branch(
                    key="",
                    condition=more_than("x", 5),
                    then=row(step("a")),
                    otherwise=row(step("b")),
                ),
                Merge(key="", service=END_IF, then=Wire("a"), otherwise=Wire("b"), id="e"),
                step("end", "a", "b", "e"),
            ),
            condition=more_than("x", 5),
        ),
        step("after", "a", "e"),
    ).begin()
    drive.finish("r1/s1", 0, result="9")
    drive.finish("r1/i1/then/s1", 0, result="A")
    drive.finish("r1/s3", 0)
    drive.finish("r1/s1", 1, result="1")
    drive.finish("r1/i1/else/s1", 1, result="B")

    assert drive.at("r1/s3", 0).inputs == {"given": "A", "given3": "A"}
    assert drive.at("r1/s3", 1).inputs == {"given2": "B", "given3": "B"}
    drive.finish("r1/s3", 1)
    assert drive.at("s1").inputs == {"given2": "B"}
