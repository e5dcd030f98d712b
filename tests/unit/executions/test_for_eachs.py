"""For-eachs, workflows in workflows, and failures beside what goes on, in the state machine."""

import pytest
from tests.fakes.drive import LIST, NEEDS, NUMBER, Drive, row, step

from tarry.contract.lists import read_list, write_list
from tarry.contract.ports import Port, PortType
from tarry.platform.executions.model import ExecutionState
from tarry.platform.executions.model.commands import Continue
from tarry.platform.executions.model.draft import MOST_AT_ONCE
from tarry.platform.executions.model.events import AbortAsked, Continued, StepCompleted
from tarry.platform.executions.model.records import FannedIn
from tarry.platform.workflows.model import (
    Compare,
    Comparison,
    Constant,
    ForEach,
    Gathered,
    Literal,
    Parallel,
    Repeat,
    Sequence,
    Variable,
    Wire,
)

COUNT = (Port(name="n", type=PortType.INTEGER),)


def more_than(wire: str, number: int) -> Compare:
    return Compare(Comparison.GREATER, Variable(wire), Literal(str(number), PortType.INTEGER))


def less_than(wire: str, number: int) -> Compare:
    return Compare(Comparison.LESS, Variable(wire), Literal(str(number), PortType.INTEGER))


def test_a_for_each_begins_no_more_than_its_width_and_gathers_in_order() -> None:
    drive = Drive(
        ForEach(
            key="",
            body=row(step("y", "it")),
            over=Wire("list"),
            item="it",
            width=2,
            gathered=(Gathered(id="all", source=Wire("y")),),
        ),
        outputs=("all",),
        inputs={"list": write_list("abcd")},
    ).begin()
    assert drive.started == ["f1/s1[0]", "f1/s1[1]"]

    drive.finish("f1/s1", 1, result="B")
    assert drive.open() == ["f1/s1[0]", "f1/s1[2]"]
    drive.finish("f1/s1", 2, result="C")
    drive.finish("f1/s1", 3, result="D")
    assert drive.open() == ["f1/s1[0]"]
    assert [drive.at("f1/s1", n).inputs["given"] for n in range(4)] == ["a", "b", "c", "d"]
    drive.finish("f1/s1", 0, result="A")

    assert read_list(drive.now.outputs["all"]) == ("A", "B", "C", "D")


@pytest.mark.parametrize("given", ["[]", None])
def test_a_for_each_over_nothing_gathers_nothing(given: str | None) -> None:
    drive = Drive(
        ForEach(
            key="",
            body=row(step("y", "it")),
            over=Wire("list"),
            item="it",
            gathered=(Gathered(id="all", source=Wire("y")),),
        ),
        outputs=("all",),
        inputs={} if given is None else {"list": given},
    ).begin()

    assert drive.now.outputs == {"all": "[]"}


def test_a_for_each_over_what_is_no_list_fails_the_run_at_its_place() -> None:
    drive = Drive(
        step("l", used=LIST), ForEach(key="", body=row(step("y")), over=Wire("l"), item="it")
    ).begin()
    drive.finish("s1", result="a,b")

    assert drive.failure.startswith("not-a-list: Workflow W, at f1: ")


def test_an_item_that_gives_nothing_for_a_list_fails_the_run_and_names_the_item() -> None:
    body = row(step("y", on_failure={}))
    drive = Drive(
        ForEach(
            key="",
            body=body,
            over=Wire("list"),
            item="it",
            gathered=(Gathered(id="all", source=Wire("y")),),
        ),
        inputs={"list": write_list("ab")},
    ).begin()
    drive.finish("f1/s1", 0)
    drive.lose("f1/s1", 1)

    assert drive.failure == (
        "undefined-value: Workflow W, at f1: item 2 has no value for the list 'all'"
    )


def test_ids_inside_a_for_each_belong_to_their_item_and_are_not_seen_outside() -> None:
    drive = Drive(
        ForEach(
            key="",
            body=row(step("y"), step("z", "y", "it")),
            over=Wire("list"),
            item="it",
            width=2,
        ),
        step("end", "y", "it"),
        inputs={"list": write_list("ab")},
    ).begin()
    drive.finish("f1/s1", 1, result="B")
    assert drive.at("f1/s2", 1).inputs == {"given": "B", "given2": "b"}
    drive.finish("f1/s1", 0, result="A")
    assert drive.at("f1/s2", 0).inputs == {"given": "A", "given2": "a"}
    drive.play()

    assert drive.at("s1").inputs == {}


def test_loops_in_for_eachs_and_for_eachs_in_loops_know_their_own_rounds_and_items() -> None:
    inner = Repeat(key="", body=row(step("x", "it", used=NUMBER)), condition=less_than("x", 2))
    each = ForEach(
        key="",
        body=row(inner),
        over=Wire("list"),
        item="it",
        gathered=(Gathered(id="xs", source=Wire("x")),),
    )
    drive = Drive(
        Repeat(key="", body=row(each, step("c", "xs", used=NUMBER)), condition=less_than("c", 1)),
        inputs={"list": write_list("ab")},
        outputs=("xs", "c"),
    ).begin()
    rounds = {"r1/s1[0]": "0", "r1/s1[1]": "1"}
    drive.play(lambda run: rounds.get(str(run.place), str(run.place.iterations[-1] + 1)))

    assert drive.stands(ExecutionState.SUCCEEDED)
    assert drive.now.outputs == {"xs": write_list("22"), "c": "1"}
    assert drive.started.count("r1/f1/r1/s1[1,0,1]") == 1
    assert len(drive.started) == 2 * (2 * 2 + 1)
    assert [str(it.place) for it in drive.journal if isinstance(it, FannedIn)] == [
        "r1/f1[0]",
        "r1/f1[1]",
    ]


def test_a_required_input_without_a_value_fails_the_step_where_it_stands_without_a_call() -> None:
    drive = Drive(step("a", "gone", used=NEEDS)).begin()

    assert drive.stands(ExecutionState.FAILED)
    assert drive.started == []
    assert drive.failure == (
        "undefined-value: Workflow W, step 'Needs' (s1), service Needs, operation startNeeds: "
        "there is no value for its required input: given"
    )


def test_what_a_nested_workflow_was_given_and_gives_is_found_under_its_aliases() -> None:
    nested = Sequence(
        key="",
        nodes=(step("n1/y", "n1/in", "n1/c"),),
        aliases={"n1/in": Wire("a"), "n1/c": Constant("7"), "out": Wire("n1/y")},
    )
    drive = Drive(step("a"), nested, outputs=("out",)).begin()
    drive.finish("s1", result="A")
    assert drive.at("q1/s1").inputs == {"given": "A", "given2": "7"}
    drive.finish("q1/s1", result="Y")

    assert drive.now.outputs == {"out": "Y"}


def test_a_failing_branch_has_the_others_stopped_and_nothing_new_begins() -> None:
    drive = Drive(
        Parallel(key="", branches=(row(step("a")), row(step("b"), step("c")), row(step("d")))),
        step("end"),
    ).begin()
    drive.lose("p1/b1/s1")

    assert drive.stands(ExecutionState.FAILING)
    assert drive.stopping() == ["p1/b2/s1", "p1/b3/s1"]
    drive.finish("p1/b2/s1")  # it was done before it could be stopped
    drive.happen(AbortAsked("ada"))
    assert drive.stands(ExecutionState.FAILING)
    drive.lose("p1/b3/s1", code="other")

    assert drive.stands(ExecutionState.FAILED)
    assert drive.failure.startswith("service-fault: Workflow W, step 'Text' (p1/b1/s1)")
    assert drive.started == ["p1/b1/s1", "p1/b2/s1", "p1/b3/s1"]


def test_a_failing_item_has_the_others_stopped() -> None:
    drive = Drive(
        ForEach(key="", body=row(step("y")), over=Wire("list"), item="it", width=2),
        inputs={"list": write_list("abc")},
    ).begin()
    drive.lose("f1/s1", 0)
    assert drive.open() == ["f1/s1[1]"]
    drive.stop("f1/s1", 1)

    assert drive.stands(ExecutionState.FAILED)
    assert drive.started == ["f1/s1[0]", "f1/s1[1]"]


def test_what_was_about_to_begin_beside_a_failure_is_never_called() -> None:
    drive = Drive(
        step("a"),
        Parallel(key="", branches=(row(step("b")), row(step("c", "gone", used=NEEDS)))),
    ).begin()
    drive.finish("s1")

    assert drive.stands(ExecutionState.FAILED)
    assert drive.started == ["s1"]
    assert drive.at("p1/b1/s1").note == "It had not been started"


def test_an_abort_stops_every_branch() -> None:
    drive = Drive(Parallel(key="", branches=(row(step("a")), row(step("b"))))).begin()
    drive.abort()
    drive.stop("p1/b1/s1")
    assert drive.stands(ExecutionState.ABORTING)
    drive.stop("p1/b2/s1")

    assert drive.stands(ExecutionState.ABORTED)


def test_what_was_held_back_in_every_construct_begins_after_the_return() -> None:
    drive = Drive(
        Parallel(key="", branches=(row(step("a"), step("b")), row(step("c")))),
        ForEach(key="", body=row(step("y")), over=Wire("list"), item="it", width=1),
        inputs={"list": write_list("ab")},
    ).begin()
    drive.happen(StepCompleted(drive.at("p1/b1/s1").id, {"result": "1"}), hold=True)
    assert drive.open() == ["p1/b2/s1"]
    drive.revive()
    assert drive.open() == ["p1/b1/s2", "p1/b2/s1"]
    drive.finish("p1/b1/s2")
    drive.finish("p1/b2/s1")
    drive.happen(StepCompleted(drive.at("f1/s1", 0).id, {"result": "1"}), hold=True)
    assert drive.open() == []
    drive.revive()
    assert drive.open() == ["f1/s1[1]"]
    drive.finish("f1/s1", 1)

    assert drive.stands(ExecutionState.SUCCEEDED)


def test_a_wide_for_each_and_a_loop_without_steps_begin_in_portions() -> None:
    """Neither must keep the manager from everything else."""
    wide = ForEach(key="", body=row(step("y")), over=Wire("list"), item="it", width=1_000)
    drive = Drive(wide, inputs={"list": write_list(map(str, range(600)))}).begin()
    assert len(drive.started) == MOST_AT_ONCE
    assert drive.commands[-1] == Continue()
    drive.finish("f1/s1", 3)  # meanwhile
    while drive.commands[-1] == Continue():
        drive.commands.clear()
        drive.happen(Continued())
    assert len(set(drive.started)) == len(drive.started) == 600

    loop = Repeat(key="", body=row(), condition=more_than("n", 5), most=1_000)
    drive = Drive(loop, inputs={"n": "7"}, ports=COUNT).begin()
    assert drive.commands == [Continue()]
    while drive.commands == [Continue()]:
        drive.commands.clear()
        assert len(drive.happen(Continued()).records) <= MOST_AT_ONCE
    assert drive.failure.startswith("endless-loop")
