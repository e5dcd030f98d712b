"""What follows on a step that fails: another attempt after a pause, or to go on, or the end."""

from datetime import timedelta

import pytest
from tests.fakes.drive import AGAIN, Drive, row, step

from tarry.platform.executions.model import Choice, ExecutionState, StepState
from tarry.platform.executions.model.commands import Abort, Start, Wake
from tarry.platform.executions.model.events import (
    ChoiceMade,
    RetryDue,
    StepAccepted,
    StepBroke,
    StepDoubted,
)
from tarry.platform.executions.model.following import recover
from tarry.platform.workflows.model import Parallel


def test_a_retry_is_a_new_step_run_at_the_same_place_after_a_pause_that_doubles() -> None:
    pause = timedelta(seconds=20)
    drive = Drive(step("a", retries=2, retry_pause=pause), outputs=("a",)).begin()
    first = drive.at("s1")
    drive.lose("s1")
    assert drive.stands(ExecutionState.RUNNING)
    assert drive.due() == [(first.id, drive.clock + pause)]
    assert drive.now.steps[first.id].retry_at == drive.clock + pause

    drive.retry("s1")
    second = drive.at("s1")
    drive.lose("s1")
    assert drive.due()[1] == (second.id, drive.clock + 2 * pause)
    drive.retry("s1")
    drive.finish("s1", result="A")

    assert [(run.number, run.attempt) for run in drive.now.steps.values()] == [
        (1, 1),
        (2, 2),
        (3, 3),
    ]
    assert len({run.id for run in drive.now.steps.values()}) == 3
    assert drive.now.outputs == {"a": "A"}


def test_after_the_last_attempt_the_run_fails_with_what_it_met() -> None:
    drive = Drive(step("a", retries=1)).begin()
    drive.lose("s1")
    drive.retry("s1")
    drive.lose("s1", code="bad-answer")

    assert drive.stands(ExecutionState.FAILED)
    assert drive.failure.startswith("bad-answer: ")


def test_a_pause_goes_on_after_a_restart() -> None:
    drive = Drive(step("a", retries=1)).begin()
    drive.lose("s1")
    due = drive.due()
    drive.revive()

    assert recover(drive.now) == (Wake(*due[0]),)
    assert drive.stands(ExecutionState.RUNNING)
    assert drive.retry("s1").commands == (Start(drive.at("s1").id),)


def test_a_retry_that_is_due_while_the_manager_stops_is_made_by_the_next() -> None:
    drive = Drive(step("a", retries=1)).begin()
    drive.lose("s1")
    failed = drive.at("s1").id

    assert drive.happen(RetryDue(failed), hold=True).records == ()
    drive.revive()
    assert drive.retry("s1").commands


def test_a_retry_is_made_once() -> None:
    drive = Drive(step("a", retries=3)).begin()
    drive.lose("s1")
    failed = drive.at("s1").id
    drive.happen(RetryDue(failed))

    assert drive.happen(RetryDue(failed)).records == ()


def test_nothing_is_tried_again_that_may_still_go_on_at_its_service() -> None:
    drive = Drive(step("a", retries=3)).begin()
    drive.happen(StepBroke(drive.at("s1").id, "no-answer", "silence", certain=False))

    assert drive.stands(ExecutionState.FAILED)


@pytest.mark.parametrize("marked", [True, False])
def test_what_may_be_called_twice_is_tried_again_however_it_failed(marked: bool) -> None:
    once = step("a", retries=1, used=AGAIN) if marked else step("a", retries=1, repeatable=True)
    drive = Drive(once).begin()
    drive.happen(StepBroke(drive.at("s1").id, "no-answer", "silence", certain=False))

    assert drive.now.pauses


def test_an_unknown_outcome_is_a_persons_to_decide_unless_the_step_may_be_called_twice() -> None:
    drive = Drive(step("a", retries=3)).begin()
    drive.happen(StepDoubted(drive.at("s1").id, "?"))
    assert drive.stands(ExecutionState.UNDECIDED)

    drive = Drive(step("a", retries=1, repeatable=True)).begin()
    drive.happen(StepDoubted(drive.at("s1").id, "?"))
    assert drive.stands(ExecutionState.RUNNING)
    drive.retry("s1")
    drive.happen(StepDoubted(drive.at("s1").id, "?"))
    assert drive.stands(ExecutionState.UNDECIDED)


@pytest.mark.parametrize("code", ["address-refused", "undefined-value"])
def test_what_cannot_get_better_is_not_tried_again(code: str) -> None:
    drive = Drive(step("a", retries=3)).begin()
    drive.lose("s1", code=code)

    assert drive.stands(ExecutionState.FAILED)


def test_a_run_goes_on_with_what_its_document_says_instead_of_the_outputs() -> None:
    drive = Drive(
        step("a", retries=1, on_failure={"result": "0"}),
        step("b", on_failure={}),
        step("c", "a", "b"),
    ).begin()
    drive.lose("s1")
    drive.retry("s1")
    drive.lose("s1")
    drive.lose("s2")

    assert drive.at("s1").state is StepState.FAILED
    assert drive.at("s1").passed_over
    assert drive.at("s3").inputs == {"given": "0"}
    drive.finish("s3")
    assert drive.stands(ExecutionState.SUCCEEDED)


def test_a_step_that_is_given_up_is_passed_over_if_its_document_says_so() -> None:
    drive = Drive(step("a", retries=5, on_failure={"result": "0"}), step("b", "a")).begin()
    drive.happen(StepDoubted(drive.at("s1").id, "?"))
    drive.happen(ChoiceMade(1, Choice.GIVE_UP, "ada"))

    assert drive.stands(ExecutionState.RUNNING)
    assert drive.at("s2").inputs == {"given": "0"}


def test_other_branches_go_on_while_a_person_decides() -> None:
    drive = Drive(
        Parallel(key="", branches=(row(step("a")), row(step("b"), step("c")))), step("d")
    ).begin()
    drive.happen(StepDoubted(drive.at("p1/b1/s1").id, "?"))
    drive.finish("p1/b2/s1")
    drive.finish("p1/b2/s2")
    assert drive.stands(ExecutionState.UNDECIDED)
    assert drive.open() == ["p1/b1/s1"]

    drive.happen(ChoiceMade(1, Choice.AGAIN, "ada"))
    assert drive.stands(ExecutionState.RUNNING)
    drive.finish("p1/b1/s1")
    assert drive.open() == ["s1"]


def test_a_failure_beside_a_step_in_doubt_has_that_step_stopped() -> None:
    drive = Drive(Parallel(key="", branches=(row(step("a")), row(step("b"))))).begin()
    drive.happen(StepDoubted(drive.at("p1/b1/s1").id, "?"))
    drive.lose("p1/b2/s1")
    assert drive.stands(ExecutionState.FAILING)
    drive.stop("p1/b1/s1")

    assert drive.stands(ExecutionState.FAILED)


def test_an_abort_or_a_failure_ends_the_pauses_too() -> None:
    for ends in ("abort", "failure"):
        drive = Drive(
            Parallel(key="", branches=(row(step("a", retries=1)), row(step("b"))))
        ).begin()
        drive.happen(StepAccepted(drive.at("p1/b2/s1").id, {}))
        drive.lose("p1/b1/s1")
        waiting = drive.at("p1/b1/s1").id
        if ends == "abort":
            drive.abort()
            drive.stop("p1/b2/s1")
            assert drive.stands(ExecutionState.ABORTED)
        else:
            drive.lose("p1/b2/s1")
            assert drive.stands(ExecutionState.FAILED)
        assert not drive.now.pauses
        assert drive.happen(RetryDue(waiting)).records == ()


def test_a_failure_while_the_manager_stops_ends_the_run_after_the_return() -> None:
    drive = Drive(Parallel(key="", branches=(row(step("a")), row(step("b"))))).begin()
    broke = StepBroke(drive.at("p1/b1/s1").id, "service-fault", "no luck")
    assert [type(it).__name__ for it in drive.happen(broke, hold=True).records] == ["Failed"]
    assert drive.stands(ExecutionState.RUNNING)
    drive.revive()
    assert drive.stands(ExecutionState.FAILING)
    assert drive.stopping() == ["p1/b2/s1"]
    drive.revive()
    assert recover(drive.now) == (Abort(drive.at("p1/b2/s1").id),)
    drive.stop("p1/b2/s1")

    assert drive.stands(ExecutionState.FAILED)
    assert drive.failure.startswith("service-fault")


def test_what_is_passed_over_while_the_manager_stops_is_gone_on_from_after_the_return() -> None:
    drive = Drive(step("a", on_failure={"result": "0"}), step("b", "a")).begin()
    drive.happen(StepBroke(drive.at("s1").id, "service-fault", "no luck"), hold=True)
    assert drive.started == ["s1"]
    drive.revive()

    assert drive.at("s2").inputs == {"given": "0"}
