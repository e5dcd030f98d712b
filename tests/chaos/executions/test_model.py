"""Random documents, random mishaps, crashes and people, held against what the documents mean.

Whatever happens in whatever order: every run ends, as its document says or with a reason that can
be accounted for; no program is begun twice that must not be; and nothing changes after the end.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.fakes.crash_story import killed
from tests.fakes.crashes import CrashingTransactions, Moment
from tests.fakes.documents import INNER, valid_documents
from tests.fakes.executions import ADA, NOON
from tests.fakes.interpreter import EndlessLoop, Interpreter
from tests.fakes.manager import House
from tests.fakes.number_services import NumberServices, computed, published, with_settings
from tests.fakes.virtual_time import VirtualLoop, clock_of_loop

from tarry.contract.errors import TarryError
from tarry.contract.kinds import Kind
from tarry.platform.executions import operations
from tarry.platform.executions.model import Choice, ExecutionState, RunView, StepState
from tarry.platform.executions.model.calls import Trouble
from tarry.platform.executions.model.states import OVER, STEP_OVER
from tarry.platform.executions.model.views import StepView
from tarry.platform.kernel.model import ExecutionId, StepRunId
from tarry.platform.workflows.model import Document

Result = TypeVar("Result")
NUMBERS = st.lists(st.integers(-3, 9).map(str), min_size=2, max_size=2)
ANY = st.integers(0, 99)
MOST_RUNS = 4


@st.composite
def whole_documents(draw: st.DrawFn) -> tuple[Document, ...]:
    """A document with constructs, settings and, now and then, another one that it uses."""
    if draw(st.integers(0, 3)):
        return (draw(with_settings(draw(valid_documents()))),)
    inner = draw(valid_documents(uri=INNER, depth=1))
    outer = draw(valid_documents(nested=inner, depth=1))
    return draw(with_settings(outer)), draw(with_settings(inner))


@dataclass(frozen=True)
class Known:
    """What may not change any more once a run is over."""

    state: ExecutionState
    failure: str
    outputs: tuple[tuple[str, str], ...]
    steps: tuple[tuple[StepRunId, StepState, tuple[tuple[str, str], ...]], ...]

    @classmethod
    def of(cls, run: RunView) -> "Known":
        steps = tuple((it.id, it.state, tuple(it.outputs.items())) for it in run.steps)
        failure = run.failure.message if run.failure else ""
        return cls(run.state, failure, tuple(run.outputs.items()), steps)


class Platform(RuleBasedStateMachine):
    """One database, one manager at a time that may die, services, and people."""

    @initialize(documents=whole_documents())
    def found(self, documents: tuple[Document, ...]) -> None:
        workflow = published(*documents)
        self.document = workflow.document
        self.services = NumberServices()
        self.runner = asyncio.Runner(loop_factory=VirtualLoop)
        self.house = House(workflow, services=self.services, clock=clock_of_loop(NOON))
        self.journal = CrashingTransactions(self.house.store)
        self.house.journal = self.journal
        self.runs: list[ExecutionId] = []
        self.aborted: set[ExecutionId] = set()
        self.decided: set[tuple[ExecutionId, int]] = set()
        self.ended: dict[ExecutionId, Known] = {}
        self.working: asyncio.Task[None] | None = None
        self.do(self._come_back())

    def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(work)

    async def _come_back(self) -> None:
        """Let another manager take over if the one before is dead."""
        if self.working is not None:
            if not self.working.done():
                return
            await killed(self.working)
        self.working = asyncio.create_task(self.house.new_manager().run())

    def show(self, run: ExecutionId) -> RunView:
        return self.do(self.house.show(run))

    def pick(self, number: int) -> RunView:
        return self.show(self.runs[number % len(self.runs)])

    # What people do.

    @precondition(lambda self: len(self.runs) < MOST_RUNS)
    @rule(numbers=NUMBERS)
    def start(self, numbers: list[str]) -> None:
        given = {one.name: numbers[at] for at, one in enumerate(self.document.inputs)}
        started = operations.start(self.house.room, ADA, self.document.name, given)
        self.runs.append(self.do(started))

    @precondition(lambda self: self.runs)
    @rule(which=ANY)
    def abort(self, which: int) -> None:
        run = self.pick(which)
        if run.state not in OVER:
            self.aborted.add(run.id)
            self.do(operations.abort(self.house.room, ADA, run.id))

    @precondition(lambda self: 0 < len(self.runs) < MOST_RUNS)
    @rule(which=ANY, numbers=NUMBERS, change=st.booleans(), whole=st.booleans())
    def go_on(self, which: int, numbers: list[str], change: bool, whole: bool) -> None:
        run = self.pick(which)
        verb = operations.rerun if whole else operations.resume
        if not whole and run.state not in {ExecutionState.FAILED, ExecutionState.ABORTED}:
            return
        given = {one.name: numbers[at] for at, one in enumerate(self.document.inputs)}
        begun = verb(self.house.room, ADA, run.id, given if change else {})
        self.runs.append(self.do(begun))

    @precondition(lambda self: self.runs)
    @rule(which=ANY, choice=st.sampled_from(Choice))
    def decide(self, which: int, choice: Choice) -> None:
        self._decide(self.pick(which), choice)

    def _decide(self, run: RunView, choice: Choice) -> None:
        newest = {step.key: step for step in run.steps}
        for step in newest.values():
            if run.state is ExecutionState.UNDECIDED and step.state is StepState.UNKNOWN:
                self.decided.add((run.id, step.number))
                room = self.house.room
                self.do(operations.decide(room, ADA, run.id, step.number, choice))

    @precondition(lambda self: self.runs)
    @rule(which=ANY)
    def answer(self, which: int) -> None:
        self._answer(self.pick(which))

    def _answer(self, run: RunView) -> None:
        for step in run.steps:
            if step.waits and run.state not in OVER:
                self.do(self._report(step))

    async def _report(self, step: StepView) -> None:
        room = self.house.room
        try:
            ports = await operations.awaited(room, step.id, caller=ADA, run=None)
        except TarryError:
            return  # it is over already, or replaced
        if ports is not None:
            outputs = computed(step.service, step.inputs)
            await operations.report(room, step.id, ports, outputs, caller=ADA)

    # What services do.

    @rule(trouble=st.sampled_from(Trouble), arrives=st.booleans(), often=st.integers(1, 3))
    def stumble_at_the_start(self, trouble: Trouble, arrives: bool, often: int) -> None:
        self.services.starts.extend([(trouble, arrives)] * often)

    @rule(trouble=st.sampled_from(Trouble), often=st.sampled_from([1, 2, 9, 40]))
    def stumble_at_polls(self, trouble: Trouble, often: int) -> None:
        self.services.polls.extend([trouble] * often)

    @rule()
    def bring_nothing(self) -> None:
        self.services.incomplete += 1

    @rule(
        lasts=st.sampled_from([0.1, 4.0, 40.0, 2000.0]),
        lies=st.sampled_from([0.0, 3.0]),
        aborts=st.sampled_from([True, False, None, *Trouble]),
    )
    def behave(self, lasts: float, lies: float, aborts: bool | Trouble | None) -> None:
        self.services.lasts, self.services.lies, self.services.aborts = lasts, lies, aborts

    @precondition(lambda self: self.runs)
    @rule(which=ANY)
    def push(self, which: int) -> None:
        for step in self.pick(which).steps:
            self.do(operations.push(self.house.room, f"push {step.id}"))

    # What becomes of managers, and time.

    @rule(seconds=st.sampled_from([0.005, 0.05, 0.5, 3.0, 20.0, 400.0, 5000.0]))
    def wait(self, seconds: float) -> None:
        self.do(asyncio.sleep(seconds))

    @rule(writes=st.integers(1, 12), moment=st.sampled_from(get_args(Moment)))
    def let_it_die_at_a_write(self, writes: int, moment: Moment) -> None:
        self.journal._at, self.journal._moment = self.journal.writes + writes, moment

    @rule(seconds=st.sampled_from([0.0, 10.0]))
    def kill(self, seconds: float) -> None:
        async def die() -> None:
            assert self.working is not None
            await killed(self.working)
            await asyncio.sleep(seconds)

        self.do(die())
        self.do(self._come_back())

    @rule()
    def stop_in_order(self) -> None:
        async def stop() -> None:
            assert self.working is not None
            stopping = asyncio.create_task(self.house.manager.stop())
            await asyncio.wait({self.working}, timeout=60)
            stopping.cancel()
            await asyncio.wait({stopping})
            assert self.working.done()

        self.do(stop())
        self.do(self._come_back())

    # What has to be true.

    @invariant()
    def nothing_changes_after_the_end(self) -> None:
        if not hasattr(self, "runs"):
            return
        self.do(self._come_back())
        for run in map(self.show, self.runs):
            if run.state in OVER:
                known = self.ended.setdefault(run.id, Known.of(run))
                assert Known.of(run) == known

    def teardown(self) -> None:
        if not hasattr(self, "runner"):
            return
        try:
            self._finish()
            for run in map(self.show, self.runs):
                self.check(run)
        finally:
            if self.working is not None:
                self.do(killed(self.working))
            self.runner.close()

    def _finish(self) -> None:
        """Let nothing more go wrong, and wait: every run ends, if people answer."""
        self.services.heal()
        self.journal._at = None
        self.do(self._come_back())
        for _ in range(300):
            views = [self.show(run) for run in self.runs]
            if all(run.state in OVER for run in views):
                break
            for run in views:
                self._decide(run, Choice.AGAIN)
                self._answer(run)
            self.do(asyncio.sleep(700))
        self.do(asyncio.sleep(60))
        self.nothing_changes_after_the_end()
        assert set(self.ended) == set(self.runs), "a run has not ended"
        store = self.house.store.store
        assert store.settled >= set(self.runs)
        assert not store.inbox

    def check(self, run: RunView) -> None:
        for step in run.steps:
            self.check_step(run, step)
        match run.state:
            case ExecutionState.SUCCEEDED:
                assert run.outputs == self.meaning(run)
            case ExecutionState.ABORTED:
                assert run.id in self.aborted
            case _:
                self.check_failure(run)

    def meaning(self, run: RunView) -> object:
        """Give what the document means, when these steps were passed over."""
        passed = {step.key for step in run.steps if step.passed_over}
        try:
            return Interpreter(computed, failing=passed).run(self.document, run.inputs)
        except EndlessLoop:
            return "endless-loop"

    def check_failure(self, run: RunView) -> None:
        assert run.failure is not None
        if run.failure.step is None:
            assert run.failure.code == "endless-loop"
            assert self.meaning(run) == "endless-loop"
            return
        step = next(it for it in run.steps if it.id == run.failure.step)
        assert step.state is StepState.FAILED
        assert step.failure is not None
        assert step.failure.code == run.failure.code

    def check_step(self, run: RunView, step: StepView) -> None:
        attempts = [it for it in run.steps if it.key == step.key]
        newest = attempts[-1].id == step.id
        assert step.state in STEP_OVER or (not newest and step.state is StepState.UNKNOWN)
        if step.taken_from is not None:
            self.check_taken_over(step)
            return
        terms = self.services.terms.get(step.id)
        if terms is not None and (terms.at_most_once or not terms.repeatable):
            assert self.services.begun[step.id] <= 1, "a call was repeated that must not be"
        if step.state is StepState.SUCCEEDED:
            assert step.outputs == computed(step.service, step.inputs)
            assert step.kind is Kind.APPLICATION or self.services.begun[step.id]
        if step.state is StepState.FAILED:
            assert self.may_fail(run, step), f"nothing was wrong: {step.failure}"
        if not newest and terms is not None and not terms.repeatable:
            assert self.is_surely_over(run, step), "another attempt, and this one may go on"

    def check_taken_over(self, step: StepView) -> None:
        assert step.taken_from is not None
        origin = self.show(ExecutionId(step.taken_from.partition("_")[0]))
        source = next(it for it in origin.steps if it.id == step.taken_from)
        assert (source.key, source.service) == (step.key, step.service)
        assert (source.inputs, source.outputs) == (step.inputs, step.outputs)
        assert step.outputs == computed(step.service, step.inputs)

    def may_fail(self, run: RunView, step: StepView) -> bool:
        assert step.failure is not None
        program = self.services.programs.get(step.id)
        match step.failure.code:
            case "protocol-error":
                return program is not None and not program.outputs
            case "given-up":
                return (run.id, step.number) in self.decided
            case "time-out":
                return step.ended_at is not None and (
                    (step.ended_at - step.started_at).total_seconds() >= 50
                )
            case _:
                return bool(self.services.told[step.id])

    def is_surely_over(self, run: RunView, step: StepView) -> bool:
        """Tell whether nothing of an attempt can go on once there is another."""
        if step.state is StepState.UNKNOWN:
            return (run.id, step.number) in self.decided
        program = self.services.programs.get(step.id)
        refused = {Trouble.FAULT, Trouble.REFUSED} & set(self.services.told[step.id])
        if program is None or program.aborted or refused or not program.outputs:
            return True
        # An application is only a page: nothing goes on when nobody waits for its answer.
        return step.kind is Kind.APPLICATION


def _play(examples: int, steps: int, *, seeded: bool) -> None:
    run_state_machine_as_test(
        Platform,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=seeded,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.timeout(300)
def test_whatever_happens_every_run_ends_right() -> None:
    _play(60, 20, seeded=True)


@pytest.mark.soak
def test_whatever_happens_for_a_long_time_every_run_ends_right() -> None:
    _play(5000, 50, seeded=False)
