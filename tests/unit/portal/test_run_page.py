"""The page of a run shows what matters now."""

from dataclasses import replace

from tests.fakes.portal_rooms import run_view, step_view

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.platform.executions.model.states import ExecutionState, StepState
from tarry.platform.portal.model.run_page import (
    current_step,
    listening,
    shown_step,
    summary,
    title_of,
    undecided,
)
from tarry.platform.portal.model.states import (
    RUN_LOOKS,
    SHELVES,
    STEP_LOOKS,
    look_of_run,
    look_of_step,
)

DONE = step_view("r", 1, state=StepState.SUCCEEDED, page_tag="a")
GOING = step_view("r", 2, page_tag="b", progress=41.6)
BLANK = step_view("r", 3)


def test_the_page_of_the_step_that_goes_on_is_shown() -> None:
    assert shown_step(run_view(steps=(DONE, GOING, BLANK))) == GOING


def test_when_nothing_goes_on_the_last_page_stays() -> None:
    assert shown_step(run_view(steps=(DONE, BLANK))) == DONE


def test_a_chosen_step_is_shown_if_it_has_a_page() -> None:
    run = run_view(steps=(DONE, GOING, BLANK))
    assert shown_step(run, 1) == DONE
    assert shown_step(run, 3) == GOING


ASKING = step_view("r", 2, page_tag="b", kind=Kind.APPLICATION)


def test_what_waits_for_an_answer_stays_in_front_of_what_goes_on_beside() -> None:
    assert shown_step(run_view(steps=(DONE, ASKING, step_view("r", 3, page_tag="c")))) == ASKING


def test_what_was_answered_is_not_shown_as_if_it_asked_again() -> None:
    answered = replace(ASKING, state=StepState.SUCCEEDED)
    assert shown_step(run_view(steps=(DONE, answered))) == DONE
    assert shown_step(run_view(steps=(answered,))) is None
    assert shown_step(run_view(steps=(answered,)), 2) == answered


def test_a_run_that_waits_for_an_answer_says_so_before_that_it_runs() -> None:
    run = run_view(steps=(GOING, ASKING))
    assert (run.waits, run.asks) == (True, True)
    assert title_of(run) == "❓ Mesh a part"
    assert look_of_run(run).word == "Waiting for you"
    assert look_of_step(ASKING).word == "Waits for an answer"
    assert look_of_run(run_view(steps=(GOING,))).word == "Running"


def test_only_steps_that_run_and_hear_can_be_told_something() -> None:
    hears, over = step_view("r", 1, hears=True), step_view("r", 2, hears=True, state="failed")
    run = run_view(steps=(hears, over, GOING))
    assert listening(run) == (hears,)
    assert listening(replace(run, state=ExecutionState.ABORTING)) == ()


def test_without_a_page_nothing_is_shown() -> None:
    assert shown_step(run_view(steps=(BLANK,))) is None


def test_only_the_newest_attempt_waits_for_a_decision() -> None:
    first = step_view("r", 1, key="s1", state=StepState.UNKNOWN)
    second = step_view("r", 2, key="s1", state=StepState.UNKNOWN, attempt=2)
    assert undecided(run_view(steps=(first, second))) == (second,)


def test_the_title_says_first_how_it_stands() -> None:
    assert title_of(run_view(steps=(GOING,))) == "42 % · Mesh a part"
    assert title_of(run_view(state=ExecutionState.SUCCEEDED)) == "✓ Mesh a part"
    assert title_of(run_view(state=ExecutionState.FAILED)) == "✗ Mesh a part"
    assert title_of(run_view(title="", steps=(BLANK,))) == "Demo_Mesh"


def test_the_current_step_is_the_newest_that_goes_on() -> None:
    assert current_step(run_view(steps=(DONE, GOING))) == GOING
    assert current_step(run_view(steps=(DONE,))) is None


def test_the_summary_of_a_run_is_its_first_short_results() -> None:
    ports = [Port(name="mesh", type=PortType.FILE), *(Port(name=name) for name in "abcd")]
    outputs = {"mesh": "local://x/y", "a": "1", "b": "x" * 30, "c": "3", "d": ""}
    run = run_view(output_ports=tuple(ports), outputs=outputs)
    assert summary(run) == ((Port(name="a"), "1"), (Port(name="c"), "3"))


def test_every_state_has_a_look_and_stands_on_exactly_one_shelf() -> None:
    assert set(RUN_LOOKS) == set(ExecutionState)
    assert set(STEP_LOOKS) == set(StepState)
    shelved = [state for shelf in SHELVES.values() for state in shelf.states]
    shelved.append(ExecutionState.UNDECIDED)  # where runs stand that need a person
    assert SHELVES["you"].asking
    assert sorted(shelved) == sorted(ExecutionState)
