"""Journals as the first version wrote them, word for word, still mean what they meant."""

from datetime import timedelta
from typing import Any

from tests.fakes.executions import NOON, chain, service

from tarry.platform.executions.model import Execution, ExecutionState, StepState
from tarry.platform.executions.model.commands import Abort, Watch
from tarry.platform.executions.model.decide import decide
from tarry.platform.executions.model.events import Resumed, StepCompleted
from tarry.platform.executions.model.evolve import fold
from tarry.platform.executions.model.following import recover
from tarry.platform.executions.model.journal import read_record
from tarry.platform.executions.model.plan import plan_of
from tarry.platform.executions.model.records import FORMAT
from tarry.platform.executions.model.terms import Patience
from tarry.platform.executions.operations.plans import terms_of
from tarry.platform.kernel.model import ExecutionId, StepRunId

RUN = ExecutionId("0123456789abcdef0123456789abcdef")
FIRST, SECOND = f"{RUN}_1", f"{RUN}_2"
SERVICES = (service("Tarry", at_most_once=True), service("Field"))
INTENDED = {
    "step": FIRST,
    "number": 1,
    "place": {"path": "s1", "iterations": []},
    "attempt": 1,
    "inputs": {"given": "q"},
    "filled": {"token": "sessionToken"},
    "secrets": {},
}
UNDER_WAY: list[tuple[str, dict[str, Any]]] = [
    ("begun", {}),
    ("intended", INTENDED),
    ("accepted", {"step": FIRST, "outputs": {"result": "UNSET"}, "folder": "/runs/1"}),
]
IN_DOUBT: list[tuple[str, dict[str, Any]]] = [
    ("begun", {}),
    ("intended", INTENDED),
    ("doubted", {"step": FIRST, "failure": {"code": "x", "message": "?", "step": FIRST}}),
    ("decided", {"step": FIRST, "choice": "again", "by": "ada"}),
    ("intended", {**INTENDED, "step": SECOND, "number": 2, "attempt": 2}),
]


def read(journal: list[tuple[str, dict[str, Any]]]) -> Execution:
    """Rebuild an execution from what the journal's rows hold."""
    plan = plan_of(
        chain("W", *SERVICES).document,
        {used.uri: terms_of(used, Patience()) for used in SERVICES},
    )
    first = Execution(id=RUN, plan=plan, inputs={"question": "q"})
    return fold(
        first,
        [
            read_record(kind, NOON + timedelta(seconds=second), data)
            for second, (kind, data) in enumerate(journal)
        ],
    )


def test_a_run_under_way_is_taken_up_where_it_stands_and_goes_on() -> None:
    run = read(UNDER_WAY)

    assert run.state is ExecutionState.RUNNING
    assert recover(run) == (Watch(StepRunId(FIRST)),)
    assert decide(run, Resumed(), NOON).records == ()
    later = decide(run, StepCompleted(StepRunId(FIRST), {"result": "1"}), NOON).execution
    assert later.steps[StepRunId(SECOND)].inputs == {"given": "1"}


def test_a_second_attempt_takes_the_place_of_the_first() -> None:
    run = read(IN_DOUBT)

    assert run.state is ExecutionState.RUNNING
    assert [step.id for step in run.open_steps()] == [SECOND]
    assert run.steps[StepRunId(FIRST)].state is StepState.UNKNOWN


def test_a_run_that_has_failed_is_over() -> None:
    failure = {"code": "service-fault", "message": "no", "step": FIRST}
    run = read(
        [
            *UNDER_WAY,
            ("failed", {"step": FIRST, "failure": failure}),
            ("ended", {"state": "failed", "outputs": {}, "failure": failure}),
        ]
    )

    assert run.state is ExecutionState.FAILED
    assert run.failure is not None
    assert run.failure.code == "service-fault"
    assert not run.open


def test_an_abort_that_was_asked_for_is_carried_through() -> None:
    run = read([*UNDER_WAY, ("abort-requested", {"by": "ada"})])

    assert recover(run) == (Abort(StepRunId(FIRST)),)
    ended = fold(
        run,
        [
            read_record("stopped", NOON, {"step": FIRST, "note": "gone"}),
            read_record("ended", NOON, {"state": "aborted", "outputs": {}, "failure": None}),
        ],
    )
    assert ended.state is ExecutionState.ABORTED


def test_the_format_is_still_that_of_the_first_version() -> None:
    assert FORMAT == 1
