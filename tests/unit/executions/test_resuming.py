"""What a run takes over from the one that it resumes, and what it carries out anew."""

from tests.fakes.drive import NUMBER, Drive, row, step

from tarry.contract.lists import write_list
from tarry.contract.ports import Port, PortType
from tarry.platform.executions.model import Execution, ExecutionState, StepState
from tarry.platform.executions.model.commands import Continue, FetchLastPage
from tarry.platform.executions.model.draft import MOST_AT_ONCE
from tarry.platform.executions.model.events import Continued, StartAsked, StepStopped
from tarry.platform.executions.model.following import recover
from tarry.platform.workflows.model import (
    Branch,
    Carried,
    Compare,
    Comparison,
    Constant,
    ForEach,
    Gathered,
    Literal,
    Node,
    Parallel,
    Repeat,
    Variable,
    Wire,
)

COUNT = (Port(name="n", type=PortType.INTEGER),)


def less_than(wire: str, other: str) -> Compare:
    return Compare(Comparison.LESS, Variable(wire), Variable(other))


def taken(drive: Drive) -> list[str]:
    """Give the places whose outputs were taken over."""
    return [str(run.place) for run in drive.now.steps.values() if run.taken_from is not None]


def test_finished_steps_are_taken_over_and_the_failed_one_runs_again() -> None:
    nodes = (step("a"), step("b", "a"), step("c", "b"))
    old = Drive(*nodes, outputs=("c",)).begin()
    old.finish("s1", result="A")
    old.lose("s2")

    new = Drive(*nodes, outputs=("c",), earlier=old).begin()
    assert taken(new) == ["s1"]
    assert new.started == ["s2"]
    assert new.at("s1").taken_from == old.at("s1").id
    assert new.at("s1").id != old.at("s1").id
    assert new.at("s2").inputs == {"given": "A"}
    new.play()

    assert new.now.outputs == {"c": "<s3>"}
    assert not [it for it in new.commands if it == FetchLastPage(new.at("s1").id)]
    assert FetchLastPage(new.at("s1").id) not in recover(new.now)


def test_everything_may_have_been_finished_already() -> None:
    old = Drive(step("a"), Parallel(key="", branches=(row(step("b")), row(step("c"))))).begin()
    old.finish("s1")
    old.finish("p1/b1/s1")
    old.abort()
    old.finish("p1/b2/s1")
    assert old.stands(ExecutionState.ABORTED)

    new = Drive(
        step("a"), Parallel(key="", branches=(row(step("b")), row(step("c")))), earlier=old
    ).begin()
    assert new.stands(ExecutionState.SUCCEEDED)
    assert new.started == []


def test_a_resumed_run_is_rebuilt_from_its_own_journal_alone() -> None:
    nodes = (step("a"), step("b", "a"))
    old = Drive(*nodes).begin()
    old.finish("s1", result="A")
    old.lose("s2")
    new = Drive(*nodes, earlier=old).begin()
    new.first = Execution(id=new.first.id, plan=new.first.plan, inputs=new.first.inputs)
    new.revive()
    new.finish("s2")

    assert new.stands(ExecutionState.SUCCEEDED)


def test_a_run_that_was_resumed_can_be_resumed_and_names_who_was_called() -> None:
    nodes = (step("a"), step("b", "a"))
    old = Drive(*nodes).begin()
    old.finish("s1", result="A")
    old.lose("s2")
    second = Drive(*nodes, earlier=old).begin()
    second.lose("s2")
    third = Drive(*nodes, earlier=second).begin()

    assert third.at("s1").taken_from == old.at("s1").id


def test_where_a_changed_input_leads_is_carried_out_anew_and_all_that_is_wired_to_it() -> None:
    nodes = (step("a", "x"), step("b", "y"), step("c", "a"), step("d", "b"), step("e", "c", "d"))
    old = Drive(*nodes, inputs={"x": "1", "y": "2"}).begin()
    old.play(lambda run: None if run.place.path == "s5" else "same")

    new = Drive(*nodes, inputs={"x": "9", "y": "2"}, earlier=old).begin()
    assert new.open() == ["s1"]
    new.play(lambda run: "same")  # even a result that is the same as before changes nothing

    assert taken(new) == ["s2", "s4"]
    assert new.started == ["s1", "s3", "s5"]
    assert new.stands(ExecutionState.SUCCEEDED)


def test_a_condition_that_turns_out_otherwise_leads_to_the_other_side() -> None:
    def nodes() -> tuple[Node, ...]:
        branch = Branch(
            key="",
            condition=less_than("n", "limit"),
            then=row(step("a", "x")),
            otherwise=row(step("b", "x")),
        )
        return step("limit", used=NUMBER), branch, step("c", "x"), step("d", "c")

    old = Drive(*nodes(), inputs={"n": "1", "x": "x"}, ports=COUNT).begin()
    old.finish("s1", result="5")
    old.finish("i1/then/s1")
    old.finish("s2")
    old.lose("s3")

    new = Drive(*nodes(), inputs={"n": "7", "x": "x"}, ports=COUNT, earlier=old).begin()
    assert new.open() == ["i1/else/s1"]
    new.play()
    assert taken(new) == ["s1", "s2"]  # what the condition does not lead to is as it was


def test_rounds_are_taken_over_and_a_higher_limit_adds_rounds() -> None:
    def nodes() -> tuple[Node, ...]:
        return (
            Repeat(
                key="",
                body=row(step("x", "c", used=NUMBER)),
                condition=less_than("c", "n"),
                carried=(Carried(id="c", first=Constant("0"), next=Wire("x")),),
            ),
            step("end", "c"),
        )

    old = Drive(*nodes(), inputs={"n": "3"}, ports=COUNT).begin()
    for number in range(3):
        old.finish("r1/s1", number, result=str(number + 1))
    old.lose("s1")

    new = Drive(*nodes(), inputs={"n": "5"}, ports=COUNT, earlier=old).begin()
    assert taken(new) == ["r1/s1[0]", "r1/s1[1]", "r1/s1[2]"]
    assert new.open() == ["r1/s1[3]"]
    new.finish("r1/s1", 3, result="4")
    new.finish("r1/s1", 4, result="5")
    assert new.at("s1").inputs == {"given": "5"}


def test_what_a_loop_carries_from_a_round_that_ran_anew_is_not_what_it_was() -> None:
    def nodes() -> tuple[Node, ...]:
        return (
            Repeat(
                key="",
                body=row(step("y", "x", "c"), step("z", "c")),
                condition=Compare(
                    Comparison.EQUAL, Variable("y"), Literal("again", PortType.STRING)
                ),
                carried=(Carried(id="c", first=Constant("0"), next=Wire("y")),),
            ),
            step("end"),
        )

    fates = {"r1/s1[0]": "again", "r1/s1[1]": "done"}
    old = Drive(*nodes(), inputs={"x": "1"}).begin()
    old.play(lambda run: None if run.place.path == "s1" else fates.get(str(run.place), "z"))
    new = Drive(*nodes(), inputs={"x": "2"}, earlier=old).begin()
    new.play(lambda run: fates.get(str(run.place), "z"))

    # z of the first round is given what was there at the start; that of the second is not.
    assert taken(new) == ["r1/s2[0]"]
    assert new.started == ["r1/s1[0]", "r1/s1[1]", "r1/s2[1]", "s1"]


def test_finished_items_are_taken_over_and_a_further_item_is_all_that_is_done() -> None:
    def nodes() -> tuple[Node, ...]:
        return (
            ForEach(
                key="",
                body=row(step("y", "it")),
                over=Wire("l"),
                item="it",
                width=2,
                gathered=(Gathered(id="all", source=Wire("y")),),
            ),
            step("end", "all"),
        )

    old = Drive(*nodes(), inputs={"l": write_list("abc")}).begin()
    old.finish("f1/s1", 1, result="B")
    old.finish("f1/s1", 2, result="C")
    old.lose("f1/s1", 0)
    new = Drive(*nodes(), inputs={"l": write_list("abcd")}, earlier=old).begin()

    assert taken(new) == ["f1/s1[1]", "f1/s1[2]"]
    assert new.open() == ["f1/s1[0]", "f1/s1[3]"]
    new.finish("f1/s1", 3, result="D")
    new.finish("f1/s1", 0, result="A")
    assert new.at("s1").inputs == {"given": write_list("ABCD")}


def test_items_of_a_list_that_was_made_anew_are_done_anew() -> None:
    def nodes() -> tuple[Node, ...]:
        each = ForEach(key="", body=row(step("y", "it")), over=Wire("l"), item="it")
        return step("l", "x"), each, step("end")

    old = Drive(*nodes(), inputs={"x": "1"}).begin()
    old.finish("s1", result=write_list("a"))
    old.finish("f1/s1", 0)
    old.lose("s2")
    new = Drive(*nodes(), inputs={"x": "2"}, earlier=old).begin()
    new.finish("s1", result=write_list("a"))

    assert new.open() == ["f1/s1[0]"]


def test_a_step_that_was_passed_over_or_stopped_is_not_finished() -> None:
    nodes = (
        step("a", on_failure={}),
        Parallel(key="", branches=(row(step("b")), row(step("c")))),
    )
    old = Drive(*nodes).begin()
    old.lose("s1")
    old.lose("p1/b1/s1")
    old.happen(StepStopped(old.at("p1/b2/s1").id, "stopped"))
    new = Drive(*nodes, earlier=old).begin()

    assert taken(new) == []
    assert new.started == ["s1"]


def test_a_retry_that_succeeded_is_what_is_taken_over() -> None:
    nodes = (step("a", retries=1), step("b", "a"))
    old = Drive(*nodes).begin()
    old.lose("s1")
    old.retry("s1")
    old.finish("s1", result="A")
    old.lose("s2")
    new = Drive(*nodes, earlier=old).begin()

    assert new.at("s1").taken_from == old.at("s1").id
    assert new.at("s1").state is StepState.SUCCEEDED
    assert new.at("s2").inputs == {"given": "A"}


def test_what_is_taken_over_from_a_long_run_comes_in_portions() -> None:
    """One run of ten thousand items must not keep all others waiting."""

    def nodes() -> tuple[Node, ...]:
        each = ForEach(
            key="",
            body=row(step("y", "it")),
            over=Wire("l"),
            item="it",
            width=7,
            gathered=(Gathered(id="all", source=Wire("y")),),
        )
        return each, step("end", "all")

    count = 2 * MOST_AT_ONCE + 10
    given = {"l": write_list(map(str, range(count)))}
    old = Drive(*nodes(), inputs=given)
    old.checked = False
    old.begin().play(lambda run: None if run.place.path == "s1" else "y")
    new = Drive(*nodes(), inputs=given, earlier=old)
    new.checked = False

    decision = new.happen(StartAsked())
    portions = [len(decision.records)]
    while decision.commands == (Continue(),):
        decision = new.happen(Continued())
        portions.append(len(decision.records))

    assert portions[1:] == [MOST_AT_ONCE, 10 + 2]  # with them all together, and the next
    assert len(taken(new)) == count
    assert new.started == ["s1"]


def test_a_restart_between_portions_loses_none() -> None:
    nodes = tuple(step("") for _ in range(MOST_AT_ONCE + 5))
    old = Drive(*nodes, step("")).begin()
    old.play(lambda run: None if run.place.path == f"s{MOST_AT_ONCE + 6}" else "y")
    new = Drive(*nodes, step(""), earlier=old).begin()
    assert new.commands == [Continue()]

    new.revive()

    assert new.started == [f"s{MOST_AT_ONCE + 6}"]
