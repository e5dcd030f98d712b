"""Applications in the state machine and in the watch: they are not asked, they report."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.fakes.executions import NOON, chain, service

from tarry.contract.kinds import Kind
from tarry.contract.status import Completed, Page
from tarry.platform.executions.model import Execution, ExecutionState, StepState, watch
from tarry.platform.executions.model.answers import NOT_AWAITED, abort_answered, answered, ask_abort
from tarry.platform.executions.model.calls import Answer, Trouble
from tarry.platform.executions.model.commands import Dismiss, Start
from tarry.platform.executions.model.decide import Decision, decide
from tarry.platform.executions.model.events import (
    AbortAsked,
    Choice,
    ChoiceMade,
    Event,
    StartAsked,
    StepAccepted,
    StepBroke,
    StepCompleted,
    StepDoubted,
    StepReported,
    StepStopped,
    StepTold,
)
from tarry.platform.executions.model.following import recover
from tarry.platform.executions.model.letters import Message, read_message, write_message
from tarry.platform.executions.model.plan import plan_of
from tarry.platform.executions.model.terms import Patience, Terms
from tarry.platform.executions.model.troubles import failed
from tarry.platform.executions.model.watch import CallKind, Phase
from tarry.platform.executions.operations.plans import terms_of
from tarry.platform.kernel.model import ExecutionId, StepRunId

RUN = ExecutionId("0" * 32)
ASKED, NEXT = StepRunId(f"{RUN}_1"), StepRunId(f"{RUN}_2")
ASK, FIELD = service("Ask", kind=Kind.APPLICATION), service("Field")
TERMS = {used.uri: terms_of(used, Patience()) for used in (ASK, FIELD)}
PAGE = Answer(status=Page(b"<p>?</p>"), outputs={"result": "UNSET"})
SHOWN = StepAccepted(ASKED, {"result": "UNSET"}, "/f")
ANSWERED = StepReported(ASKED, {"result": "42"})


def after(*events: Event) -> Decision:
    """Give what came of the last of some events."""
    plan = plan_of(chain("W", ASK, FIELD).document, TERMS)
    decision = Decision(Execution(id=RUN, plan=plan, inputs={"question": "q"}))
    for minutes, event in enumerate(events):
        decision = decide(decision.execution, event, NOON + timedelta(minutes=minutes))
    return decision


def begun(terms: Terms = TERMS[ASK.uri]) -> watch.Watch:
    return watch.begin(ASKED, terms, 0.0)


def test_the_report_ends_the_step_its_watch_and_starts_the_next() -> None:
    decision = after(StartAsked(), SHOWN, ANSWERED)

    step = decision.execution.steps[ASKED]
    assert (step.state, step.outputs, step.folder) == (StepState.SUCCEEDED, {"result": "42"}, "/f")
    assert decision.commands == (Dismiss(ASKED), Start(NEXT))
    assert decision.execution.steps[NEXT].inputs == {"given": "42"}


def test_a_second_report_changes_nothing() -> None:
    first = after(StartAsked(), SHOWN, ANSWERED)

    again = decide(first.execution, StepReported(ASKED, {"result": "43"}), NOON)

    assert again == Decision(first.execution)


def test_a_report_may_come_before_the_answer_to_the_start_call() -> None:
    decision = after(StartAsked(), ANSWERED, SHOWN, StepBroke(ASKED, "no-answer", "?"))

    assert decision.execution.steps[ASKED].state is StepState.SUCCEEDED
    assert decision.execution.state is ExecutionState.RUNNING


def test_a_report_ends_the_doubt_whether_it_was_started() -> None:
    doubtful = after(StartAsked(), StepDoubted(ASKED, "the answer was lost"))
    assert doubtful.execution.state is ExecutionState.UNDECIDED

    decision = decide(doubtful.execution, ANSWERED, NOON)

    assert decision.execution.state is ExecutionState.RUNNING
    assert decision.commands == (Dismiss(ASKED), Start(NEXT))


def test_the_report_of_an_attempt_that_was_given_up_counts_for_nothing() -> None:
    again = after(StartAsked(), StepDoubted(ASKED, "?"), ChoiceMade(1, Choice.AGAIN, "ada"))

    assert decide(again.execution, ANSWERED, NOON) == Decision(again.execution)


def test_what_is_no_application_cannot_report() -> None:
    decision = after(StartAsked(), ANSWERED, StepReported(NEXT, {"result": "1"}))

    assert decision.records == ()


def test_what_was_completed_while_the_run_was_aborted_is_completed() -> None:
    decision = after(StartAsked(), SHOWN, AbortAsked("ada"), ANSWERED)

    assert decision.execution.state is ExecutionState.ABORTED
    assert decision.execution.steps[ASKED].state is StepState.SUCCEEDED


def test_an_aborted_application_ends_with_its_run() -> None:
    decision = after(StartAsked(), SHOWN, AbortAsked("ada"), StepStopped(ASKED, NOT_AWAITED))

    assert decision.execution.state is ExecutionState.ABORTED
    assert decide(decision.execution, ANSWERED, NOON) == Decision(decision.execution)


def test_a_message_is_kept_and_changes_nothing_else() -> None:
    before = after(StartAsked(), SHOWN).execution
    told = StepTold(ASKED, "hurry", "ada", from_page=False, answer="OK")

    decision = decide(before, told, NOON)

    assert [type(record).__name__ for record in decision.records] == ["Told"]
    assert decision.commands == ()
    assert decision.execution == replace(before, written=before.written + 1)


@pytest.mark.parametrize(
    "message",
    [
        ANSWERED,
        StepTold(ASKED, "hurry", "ada", from_page=True, answer=None),
        StepTold(ASKED, "hurry", "ada", from_page=False, answer="OK"),
    ],
)
def test_letters_come_out_of_the_inbox_as_they_were_put_in(message: Message) -> None:
    assert read_message(*write_message(message)) == message


def test_once_its_page_is_there_nothing_is_called() -> None:
    turn = answered(begun(), CallKind.START, PAGE, 1.0)

    assert (turn.watch.phase, turn.watch.call) == (Phase.WAITING, None)
    assert turn.happening == StepAccepted(ASKED, {"result": "UNSET"})
    assert watch.push(turn.watch, 2.0, under_way=False).call is None
    assert watch.dismiss(turn.watch).watch.over


def test_it_may_be_complete_in_its_first_answer() -> None:
    done = Answer(status=Completed(), outputs={"result": "1"})

    turn = answered(begun(), CallKind.START, done, 1.0)

    assert turn.happening == StepCompleted(ASKED, {"result": "1"})


def test_after_a_restart_it_is_waited_for_as_before() -> None:
    resumed = watch.resume(ASKED, TERMS[ASK.uri], 9.0, age=5.0, outputs={"result": "UNSET"})

    assert (resumed.phase, resumed.call) == (Phase.WAITING, None)
    [command] = recover(after(StartAsked(), SHOWN).execution)
    assert type(command).__name__ == "Watch"


def test_a_lost_start_answer_is_a_doubt_as_nobody_can_be_asked() -> None:
    turn = failed(begun(), Trouble.LOST, "it hung up", 1.0)

    assert isinstance(turn.happening, StepDoubted)
    assert isinstance(watch.recover(ASKED, TERMS[ASK.uri], 9.0, age=5.0).happening, StepDoubted)


@pytest.mark.parametrize("facts", [{"at_most_once": True}, {"repeatable": True}])
def test_one_that_may_be_started_twice_is_started_again(facts: dict[str, Any]) -> None:
    terms = replace(TERMS[ASK.uri], **facts)

    turn = failed(begun(terms), Trouble.LOST, "it hung up", 1.0)

    assert (turn.watch.call, turn.happening) == (CallKind.START, None)


def test_an_abort_is_asked_of_one_that_has_such_an_operation_and_others_just_end() -> None:
    waiting = answered(begun(), CallKind.START, PAGE, 1.0).watch
    aborting = ask_abort(waiting, 2.0, under_way=False).watch
    assert aborting.call is CallKind.ABORT

    assert abort_answered(aborting, None, 3.0).happening == StepStopped(ASKED, NOT_AWAITED)
    stopped = abort_answered(aborting, True, 3.0).happening
    assert stopped == StepStopped(ASKED, "The service has stopped it")


TARRY = replace(TERMS[ASK.uri], at_most_once=True)


def test_one_made_with_tarry_is_looked_after_when_it_pushes_and_after_a_restart() -> None:
    waiting = answered(begun(TARRY), CallKind.START, PAGE, 1.0).watch
    assert waiting.call is None

    pushed = watch.push(waiting, 2.0, under_way=False)
    assert (pushed.call, pushed.due) == (CallKind.LOOK, 2.0)
    resumed = watch.resume(ASKED, TARRY, 9.0, age=5.0, outputs=None)
    assert (resumed.phase, resumed.call) == (Phase.WAITING, CallKind.LOOK)

    looked = answered(pushed, CallKind.LOOK, PAGE, 3.0)
    assert (looked.watch.call, looked.happening) == (None, None)


def test_a_push_while_it_is_looked_after_is_followed_by_another_look() -> None:
    waiting = answered(begun(TARRY), CallKind.START, PAGE, 1.0).watch
    looking = watch.push(waiting, 2.0, under_way=False)
    again = watch.push(looking, 2.5, under_way=True)

    first = answered(again, CallKind.LOOK, PAGE, 3.0).watch
    assert (first.call, first.due) == (CallKind.LOOK, 3.0)
    assert answered(first, CallKind.LOOK, PAGE, 4.0).watch.call is None


def test_only_the_fault_that_has_ended_it_ends_the_step() -> None:
    waiting = answered(begun(TARRY), CallKind.START, PAGE, 1.0).watch
    looking = watch.push(waiting, 2.0, under_way=False)

    for trouble in set(Trouble) - {Trouble.FAULT}:
        turn = failed(looking, trouble, "?", 3.0)
        assert (turn.watch.phase, turn.watch.call) == (Phase.WAITING, None)
        assert turn.happening is None
    ended = failed(looking, Trouble.FAULT, "the program ended with 3", 3.0)
    assert ended.happening == StepBroke(ASKED, "service-fault", "the program ended with 3")
