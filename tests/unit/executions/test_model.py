"""The state machine of executions, on its own."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.executions import NOON, chain, service

from tarry.platform.executions.errors import ImpossibleMove
from tarry.platform.executions.model import (
    NEXT,
    NEXT_OF_STEP,
    OVER,
    STEP_OVER,
    Execution,
    ExecutionState,
    Failure,
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
from tarry.platform.executions.model.journal import KINDS, kind_of, read_record, write_record
from tarry.platform.executions.model.plan import plan_of
from tarry.platform.executions.model.records import (
    AbortRequested,
    Accepted,
    Begun,
    Branched,
    Broken,
    Decided,
    Doubted,
    Ended,
    Failed,
    FannedIn,
    FannedOut,
    Intended,
    LoopEnded,
    PassedOver,
    Record,
    Renewed,
    RetryPlanned,
    RoundBegun,
    Stopped,
    Succeeded,
    TakenOver,
    Told,
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


texts = st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3)
failures = st.builds(Failure, code=st.text(), message=st.text(), step=st.none() | st.just(FIRST))
places = st.builds(Place, st.text(), st.lists(st.integers(0, 99), max_size=3).map(tuple))
ats = st.datetimes().map(lambda at: at.replace(tzinfo=NOON.tzinfo))
STEP = st.just(FIRST)
ids = st.lists(st.text(max_size=5), max_size=3).map(tuple)
records: st.SearchStrategy[Record] = st.one_of(
    st.builds(RetryPlanned, at=ats, step=STEP, due=ats),
    st.builds(PassedOver, at=ats, step=STEP, outputs=texts),
    st.builds(
        TakenOver,
        at=ats,
        step=STEP,
        number=st.integers(1),
        place=places,
        origin=STEP,
        inputs=texts,
        outputs=texts,
        filled=texts,
        secrets=texts,
        folder=st.text(),
        note=st.text(),
    ),
    st.builds(Branched, at=ats, place=places, then=st.booleans()),
    st.builds(RoundBegun, at=ats, place=places, round=st.integers(0), carried=texts, fresh=ids),
    st.builds(LoopEnded, at=ats, place=places, rounds=st.integers(0), carried=texts, fresh=ids),
    st.builds(FannedOut, at=ats, place=places, items=ids, fresh=ids),
    st.builds(FannedIn, at=ats, place=places, gathered=texts, fresh=ids),
    st.builds(Broken, at=ats, failure=failures),
    st.builds(Begun, at=ats),
    st.builds(
        Intended,
        at=ats,
        step=STEP,
        number=st.integers(1),
        place=places,
        attempt=st.integers(1),
        inputs=texts,
        filled=texts,
    ),
    st.builds(Accepted, at=ats, step=STEP, outputs=st.none() | texts, folder=st.text()),
    st.builds(Succeeded, at=ats, step=STEP, outputs=texts, note=st.text(), folder=st.text()),
    st.builds(Failed, at=ats, step=STEP, failure=failures),
    st.builds(Doubted, at=ats, step=STEP, failure=failures),
    st.builds(Withheld, at=ats, step=STEP),
    st.builds(Renewed, at=ats, step=STEP),
    st.builds(Decided, at=ats, step=STEP, choice=st.sampled_from(Choice), by=st.text()),
    st.builds(
        Told,
        at=ats,
        step=STEP,
        message=st.text(),
        by=st.text(),
        from_page=st.booleans(),
        answer=st.none() | st.text(),
    ),
    st.builds(AbortRequested, at=ats, by=st.text()),
    st.builds(Stopped, at=ats, step=STEP, note=st.text()),
    st.builds(
        Ended,
        at=ats,
        state=st.sampled_from(ExecutionState),
        outputs=texts,
        failure=st.none() | failures,
    ),
)


@given(records)
def test_every_record_comes_back_from_its_json_as_it_was(record: Record) -> None:
    data = json.loads(json.dumps(write_record(record)))

    assert read_record(kind_of(record), record.at, data) == record


def test_the_names_of_kinds_are_those_that_journals_have() -> None:
    """A kind that is renamed here makes every journal that was ever written unreadable."""
    assert sorted(KINDS) == [
        "abort-requested",
        "accepted",
        "begun",
        "branched",
        "broken",
        "decided",
        "doubted",
        "ended",
        "failed",
        "fanned-in",
        "fanned-out",
        "intended",
        "loop-ended",
        "passed-over",
        "renewed",
        "retry-planned",
        "round-begun",
        "stopped",
        "succeeded",
        "taken-over",
        "told",
        "withheld",
    ]


def test_a_journal_written_by_the_first_version_is_still_read() -> None:
    data = {
        "step": FIRST,
        "number": 1,
        "place": {"path": "s1", "iterations": []},
        "attempt": 1,
        "inputs": {"given": "q"},
        "filled": {},
    }

    record = read_record("intended", NOON, data)

    assert record == Intended(
        at=NOON,
        step=FIRST,
        number=1,
        place=Place("s1"),
        attempt=1,
        inputs={"given": "q"},
        filled={},
    )
