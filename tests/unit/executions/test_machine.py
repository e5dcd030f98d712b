"""Random things happen to a run; whatever they are, some things hold."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.fakes.executions import NOON, chain, service

from tarry.contract.kinds import Kind
from tarry.platform.executions.model import Execution, ExecutionState, StepState
from tarry.platform.executions.model.commands import Command, Recover, Start
from tarry.platform.executions.model.decide import decide
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
    StepReported,
    StepStopped,
    StepTold,
    StepWithheld,
)
from tarry.platform.executions.model.evolve import fold
from tarry.platform.executions.model.following import recover
from tarry.platform.executions.model.plan import plan_of
from tarry.platform.executions.model.records import Intended, Record, Renewed
from tarry.platform.executions.model.states import OVER
from tarry.platform.executions.model.terms import Patience
from tarry.platform.executions.operations.plans import terms_of
from tarry.platform.kernel.model import ExecutionId, StepRunId

RUN = ExecutionId("0" * 32)
SERVICES = (
    service("Tarry", at_most_once=True),
    service("Sync", kind=Kind.SYNCHRONOUS),
    service("Field"),
    service("Ask", kind=Kind.APPLICATION),
)
LIVE = {StepState.STARTING, StepState.RUNNING}
numbers = st.integers(1, 6)


def step(number: int) -> StepRunId:
    return StepRunId(f"{RUN}_{number}")


class AnythingHappens(RuleBasedStateMachine):
    """Events of every kind, about every step run, at any time; and deaths of the manager."""

    def __init__(self) -> None:
        super().__init__()
        document = chain("W", *SERVICES).document
        services = {used.uri: terms_of(used, Patience()) for used in SERVICES}
        self.first = Execution(id=RUN, plan=plan_of(document, services), inputs={"question": "q"})
        self.now = self.first
        self.journal: list[Record] = []
        self.started: list[StepRunId] = []
        self.held = False
        self.minutes = 0

    def happen(self, event: Event) -> None:
        self.minutes += 1
        before = self.now
        decision = decide(before, event, NOON + timedelta(minutes=self.minutes), hold=self.held)
        if before.state in OVER:
            assert decision.execution == before
            assert not decision.records
        self.now = decision.execution
        self.journal += decision.records
        self.carry_out(decision.commands)

    def carry_out(self, commands: tuple[Command, ...]) -> None:
        allowed = [it.step for it in self.journal if isinstance(it, Intended | Renewed)]
        for command in commands:
            if isinstance(command, Start):
                self.started.append(command.step)
                # Each start call has an intent of its own in the journal, written before it.
                assert self.started.count(command.step) <= allowed.count(command.step)

    @initialize()
    def begin(self) -> None:
        self.happen(StartAsked())

    @rule(number=numbers, known=st.booleans())
    def accepted(self, number: int, known: bool) -> None:
        self.happen(StepAccepted(step(number), {"result": "UNSET"} if known else None, "/f"))

    @rule(number=numbers, outputs=st.sampled_from([{}, {"result": "1"}]))
    def completed(self, number: int, outputs: dict[str, str]) -> None:
        self.happen(StepCompleted(step(number), outputs))

    @rule(number=numbers)
    def broke(self, number: int) -> None:
        self.happen(StepBroke(step(number), "service-fault", "no"))

    @rule(number=numbers)
    def doubted(self, number: int) -> None:
        self.happen(StepDoubted(step(number), "?"))

    @rule(number=numbers)
    def stopped(self, number: int) -> None:
        self.happen(StepStopped(step(number), "gone"))

    @rule(number=numbers)
    def reported(self, number: int) -> None:
        self.happen(StepReported(step(number), {"result": "1"}))

    @rule(number=numbers)
    def told(self, number: int) -> None:
        self.happen(StepTold(step(number), "louder", "ada", from_page=False, answer="OK"))

    # While the manager stops, it reads no letters.
    @precondition(lambda self: not self.held)
    @rule(number=numbers, choice=st.sampled_from(Choice))
    def decided(self, number: int, choice: Choice) -> None:
        self.happen(ChoiceMade(number, choice, "ada"))

    @rule()
    def start_letter_comes_again(self) -> None:
        self.happen(StartAsked())

    @precondition(lambda self: not self.held and self.minutes > 4)
    @rule()
    def abort(self) -> None:
        self.happen(AbortAsked("ada"))

    @rule()
    def manager_dies(self) -> None:
        """What is in memory is gone; the journal gives the same again."""
        again = fold(self.first, self.journal)
        assert again == self.now
        self.held = False
        for command in recover(again):
            assert not isinstance(command, Start)
            if isinstance(command, Recover):
                assert command.step in self.started
        self.happen(Resumed())

    @rule(number=numbers)
    def manager_stops(self, number: int) -> None:
        self.held = True
        self.happen(StepWithheld(step(number)))

    @invariant()
    def at_most_one_step_lives_in_a_sequence(self) -> None:
        assert sum(it.state in LIVE for it in self.now.steps.values()) <= 1

    @invariant()
    def a_run_that_is_over_has_nothing_alive_in_it(self) -> None:
        if self.now.state in OVER:
            assert not list(self.now.open_steps())
            assert self.now.ended_at is not None

    @invariant()
    def a_run_succeeds_only_if_every_step_did(self) -> None:
        if self.now.state is ExecutionState.SUCCEEDED:
            newest = [self.now.steps[it].state for it in self.now.newest.values()]
            assert newest == [StepState.SUCCEEDED] * len(SERVICES)

    @invariant()
    def undecided_means_that_a_step_waits_for_a_person(self) -> None:
        unknown = any(it.state is StepState.UNKNOWN for it in self.now.open_steps())
        if self.now.state is ExecutionState.UNDECIDED:
            assert unknown
        if self.now.state is ExecutionState.RUNNING:
            assert not unknown

    @invariant()
    def step_runs_are_numbered_without_a_gap_and_ids_are_never_used_twice(self) -> None:
        found = [it.number for it in self.now.steps.values()]
        assert found == list(range(1, len(found) + 1))
        assert list(self.now.steps) == [step(number) for number in found]


AnythingHappens.TestCase.settings = settings(max_examples=100, stateful_step_count=40)
TestAnythingHappens = AnythingHappens.TestCase
