"""The state machine of executions, on its own."""

from datetime import timedelta

import pytest
from tests.fakes.executions import NOON, chain, service

from tarry.platform.executions.errors import ImpossibleMove
from tarry.platform.executions.model import (
    NEXT,
    NEXT_OF_STEP,
    OVER,
    STEP_OVER,
    Execution,
    ExecutionState,
    Place,
    StepState,
)
from tarry.platform.executions.model.commands import (
    Abort,
    FetchLastPage,
    Recover,
    Settle,
    Start,
    Watch,
)
from tarry.platform.executions.model.decide import Decision, decide
from tarry.platform.executions.model.events import (
    AbortAsked,
    Choice,
    ChoiceMade,
    Event,
    Resumed,
    StartAsked,
    StepAccepted,
    StepBroke,
    StepCompleted,
    StepDoubted,
    StepStopped,
    StepWithheld,
)
from tarry.platform.executions.model.evolve import fold
from tarry.platform.executions.model.following import recover
from tarry.platform.executions.model.plan import plan_of
from tarry.platform.executions.model.records import (
    Begun,
    Ended,
    Intended,
    Renewed,
    Succeeded,
    Withheld,
)
from tarry.platform.executions.model.terms import Patience
from tarry.platform.executions.operations.plans import terms_of
from tarry.platform.kernel.model import ExecutionId, StepRunId
from tarry.platform.workflows.model import (
    Constant,
    Document,
    DocumentInput,
    DocumentOutput,
    Sequence,
    Step,
    Wire,
)

RUN = ExecutionId("0" * 32)
FIRST, SECOND = StepRunId(f"{RUN}_1"), StepRunId(f"{RUN}_2")
TARRY, FIELD = service("Tarry", at_most_once=True), service("Field")
TERMS = {used.uri: terms_of(used, Patience()) for used in (TARRY, FIELD)}


def waiting() -> Execution:
    document = chain("W", TARRY, FIELD).document
    return Execution(id=RUN, plan=plan_of(document, TERMS), inputs={"question": "q"})


def after(*events: Event) -> Decision:
    """Give what came of the last of some events."""
    decision = Decision(waiting())
    for minutes, event in enumerate(events):
        decision = decide(decision.execution, event, NOON + timedelta(minutes=minutes))
    return decision


DONE = StepCompleted(FIRST, {"result": "1"})


def test_a_run_begins_with_the_intent_of_its_first_step() -> None:
    decision = after(StartAsked())

    assert [type(record) for record in decision.records] == [Begun, Intended]
    assert decision.commands == (Start(FIRST),)
    assert decision.execution.steps[FIRST].inputs == {"given": "q"}


def test_the_result_of_a_step_and_the_intent_of_the_next_are_one_group() -> None:
    decision = after(StartAsked(), DONE)

    assert [type(record) for record in decision.records] == [Succeeded, Intended]
    assert decision.commands == (FetchLastPage(FIRST), Start(SECOND))
    assert decision.execution.steps[SECOND].inputs == {"given": "1"}


def test_the_outputs_of_the_last_step_are_those_of_the_run() -> None:
    decision = after(StartAsked(), DONE, StepCompleted(SECOND, {"result": "2"}))

    assert decision.execution.state is ExecutionState.SUCCEEDED
    assert decision.execution.outputs == {"answer": "2"}
    assert decision.commands == (Settle(),)  # the second is none of Tarry's: it has no last page


def test_a_failure_names_workflow_step_service_operation_and_reason() -> None:
    decision = after(StartAsked(), DONE, StepBroke(SECOND, "service-fault", "no luck"))

    failure = decision.execution.failure
    assert failure is not None
    assert failure.step == SECOND
    assert failure.message == (
        "Workflow W, step 'Field' (s2), service Field, operation startField: no luck"
    )


@pytest.mark.parametrize(
    "late",
    [
        StartAsked(),
        Resumed(),
        AbortAsked("ada"),
        ChoiceMade(1, Choice.AGAIN, "ada"),
        StepAccepted(FIRST, {}),
        DONE,
        StepBroke(FIRST, "x", "y"),
        StepDoubted(FIRST, "y"),
        StepWithheld(FIRST),
        StepStopped(FIRST, "y"),
    ],
)
def test_nothing_changes_a_run_that_is_over(late: Event) -> None:
    over = after(StartAsked(), StepBroke(FIRST, "x", "y")).execution

    assert decide(over, late, NOON) == Decision(over)


def test_a_step_run_that_was_replaced_is_never_heard_again() -> None:
    again = after(StartAsked(), StepDoubted(FIRST, "?"), ChoiceMade(1, Choice.AGAIN, "ada"))
    assert again.commands == (Start(SECOND),)

    for late in (DONE, StepAccepted(FIRST, {}), StepBroke(FIRST, "x", "y")):
        assert decide(again.execution, late, NOON).records == ()


def test_only_the_step_that_waits_for_a_decision_can_be_decided_about() -> None:
    running = after(StartAsked()).execution
    undecided = after(StartAsked(), StepDoubted(FIRST, "?")).execution

    assert decide(running, ChoiceMade(1, Choice.AGAIN, "ada"), NOON).records == ()
    assert decide(undecided, ChoiceMade(2, Choice.AGAIN, "ada"), NOON).records == ()


def test_aborting_asks_the_open_step_and_ends_when_it_has_stopped() -> None:
    asked = after(StartAsked(), StepAccepted(FIRST, {}), AbortAsked("ada"))
    assert asked.commands == (Abort(FIRST),)

    stopped = decide(asked.execution, StepStopped(FIRST, "gone"), NOON)
    assert stopped.execution.state is ExecutionState.ABORTED
    assert stopped.commands == (FetchLastPage(FIRST), Settle())


def test_a_step_that_completes_while_it_is_aborted_is_done_and_nothing_follows() -> None:
    decision = after(StartAsked(), AbortAsked("ada"), DONE)

    assert decision.execution.state is ExecutionState.ABORTED
    assert decision.execution.steps[FIRST].state is StepState.SUCCEEDED
    assert SECOND not in decision.execution.steps


def test_asking_twice_to_abort_changes_nothing() -> None:
    asked = after(StartAsked(), AbortAsked("ada")).execution

    assert decide(asked, AbortAsked("bob"), NOON) == Decision(asked)


def test_an_undecided_step_can_be_aborted() -> None:
    asked = after(StartAsked(), StepDoubted(FIRST, "?"), AbortAsked("ada"))
    assert asked.commands == (Abort(FIRST),)

    ended = decide(asked.execution, StepStopped(FIRST, "not there"), NOON).execution
    assert ended.state is ExecutionState.ABORTED


def test_while_held_back_a_result_is_noted_and_nothing_begins_until_the_return() -> None:
    begun = after(StartAsked()).execution

    held = decide(begun, DONE, NOON, hold=True)
    assert [type(record) for record in held.records] == [Succeeded]

    resumed = decide(held.execution, Resumed(), NOON)
    assert resumed.commands == (Start(SECOND),)


def test_what_was_withheld_is_renewed_before_it_is_started() -> None:
    begun = after(StartAsked()).execution
    held = decide(begun, StepWithheld(FIRST), NOON, hold=True)
    assert [type(record) for record in held.records] == [Withheld]
    assert recover(held.execution) == ()

    resumed = decide(held.execution, Resumed(), NOON)
    assert [type(record) for record in resumed.records] == [Renewed]
    assert resumed.commands == (Start(FIRST),)
    assert recover(resumed.execution) == (Recover(FIRST),)


def test_recovery_goes_on_where_the_journal_stands() -> None:
    assert recover(after(StartAsked()).execution) == (Recover(FIRST),)
    assert recover(after(StartAsked(), StepAccepted(FIRST, {})).execution) == (Watch(FIRST),)
    assert recover(after(StartAsked(), StepDoubted(FIRST, "?")).execution) == ()
    assert recover(after(StartAsked(), AbortAsked("ada")).execution) == (Abort(FIRST),)
    over = after(StartAsked(), StepBroke(FIRST, "x", "y")).execution
    assert recover(over) == (FetchLastPage(FIRST), Settle())
    assert recover(waiting()) == ()


def test_what_the_manager_knows_is_filled_in_later_and_never_written_down() -> None:
    document = Document(
        uri="http://tests/W.owl#W",
        outputs=(DocumentOutput(name="answer", id="w1"), DocumentOutput(name="none", id="gone")),
        filled=(DocumentInput(name="sessionToken", id="tok"),),
        body=Sequence(
            nodes=(
                Step(
                    key="s1",
                    service=FIELD.uri,
                    inputs={"given": Constant("5"), "token": Wire("tok"), "more": Wire("gone")},
                    outputs={"result": "w1"},
                ),
            )
        ),
    )
    execution = Execution(id=RUN, plan=plan_of(document, TERMS), inputs={})

    step = decide(execution, StartAsked(), NOON).execution.steps[FIRST]

    assert step.inputs == {"given": "5"}
    assert step.filled == {"token": "sessionToken"}


def test_an_empty_workflow_is_done_at_once() -> None:
    execution = Execution(id=RUN, plan=plan_of(Document(uri="http://t/W"), {}), inputs={})

    assert decide(execution, StartAsked(), NOON).execution.state is ExecutionState.SUCCEEDED


def test_the_tables_know_every_state_and_leave_no_way_out_of_the_final_ones() -> None:
    assert set(NEXT) == set(ExecutionState)
    assert set(NEXT_OF_STEP) == set(StepState)
    assert {ExecutionState.SUCCEEDED, ExecutionState.FAILED, ExecutionState.ABORTED} == OVER
    assert {StepState.SUCCEEDED, StepState.FAILED, StepState.ABORTED} == STEP_OVER


def test_a_journal_that_leaves_a_final_state_is_refused() -> None:
    over = after(StartAsked(), StepBroke(FIRST, "x", "y")).execution

    with pytest.raises(ImpossibleMove):
        fold(over, [Ended(at=NOON, state=ExecutionState.SUCCEEDED, outputs={}, failure=None)])
    with pytest.raises(ImpossibleMove):
        fold(over, [Succeeded(at=NOON, step=FIRST, outputs={}, note="", folder="")])


def test_a_place_names_the_iterations_around_it() -> None:
    assert str(Place("s2")) == "s2"
    assert str(Place("s2/s1", (0, 12))) == "s2/s1[0,12]"
