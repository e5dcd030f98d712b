"""Drives the state machine of executions by hand: no clock, no store, no service."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from tests.fakes.executions import NOON, service

from tarry.contract.ports import Port, PortType
from tarry.platform.executions.model import Execution, ExecutionState, Place, StepRun
from tarry.platform.executions.model.commands import Abort, Command, Start, Wake
from tarry.platform.executions.model.decide import Decision, decide
from tarry.platform.executions.model.events import (
    AbortAsked,
    Event,
    Resumed,
    RetryDue,
    StartAsked,
    StepBroke,
    StepCompleted,
    StepStopped,
)
from tarry.platform.executions.model.evolve import fold
from tarry.platform.executions.model.plan import plan_of
from tarry.platform.executions.model.records import Record
from tarry.platform.executions.model.resuming import finished_in
from tarry.platform.executions.model.terms import Patience, Terms
from tarry.platform.executions.operations.plans import terms_of
from tarry.platform.kernel.model import ExecutionId, StepRunId
from tarry.platform.workflows.model import (
    Document,
    DocumentInput,
    DocumentOutput,
    Node,
    Sequence,
    Source,
    Step,
    Wire,
    keyed,
)

RUN = ExecutionId("0" * 32)
WHOLE = Port(name="result", type=PortType.INTEGER)
MANY = Port(name="result", many=True)


def terms(
    name: str, *inputs: Port, outputs: tuple[Port, ...] = (), repeatable: bool = False
) -> Terms:
    """Make a service that a document of a test uses as `http://tests/<name>.owl#<name>`."""
    made = service(name, outputs=outputs or (Port(name="result"),), repeatable=repeatable)
    required = frozenset(port.name for port in inputs if port.required)
    return replace(terms_of(made, Patience()), required=required)


TEXT = terms("Text")
NUMBER = terms("Number", outputs=(WHOLE,))
LIST = terms("List", outputs=(MANY,))
NEEDS = terms("Needs", Port(name="given"))
AGAIN = terms("Again", repeatable=True)
SERVICES = {used.uri: used for used in (TEXT, NUMBER, LIST, NEEDS, AGAIN)}


def step(wire: str, *given: str | Source, used: Terms = TEXT, **settings: object) -> Step:
    """Make a step that defines an id and takes values by id."""
    sources = [Wire(it) if isinstance(it, str) else it for it in given]
    names = ["given", *(f"given{number}" for number in range(2, 9))]
    return Step(
        key="",
        service=used.uri,
        inputs=dict(zip(names, sources, strict=False)),
        outputs={"result": wire} if wire else {},
        **settings,  # type: ignore[arg-type]
    )


def row(*nodes: Node) -> Sequence:
    """Make a sequence."""
    return Sequence(nodes=nodes)


class Drive:
    """One execution, and what was done for it."""

    def __init__(
        self,
        *nodes: Node,
        outputs: tuple[str, ...] = (),
        inputs: Mapping[str, str] | None = None,
        ports: tuple[Port, ...] = (),
        services: Mapping[str, Terms] = SERVICES,
        earlier: "Drive | None" = None,
    ) -> None:
        given = dict(inputs or {})
        document = Document(
            uri="http://tests/W.owl#W",
            inputs=tuple(DocumentInput(name=name, id=name) for name in given),
            outputs=tuple(DocumentOutput(name=name, id=name) for name in outputs),
            body=keyed(row(*nodes)),
        )
        name = RUN if earlier is None else ExecutionId("1" * 32)
        found = {} if earlier is None else finished_in(earlier.now)
        plan = plan_of(document, services, ports)
        self.first = Execution(id=name, plan=plan, inputs=given, earlier=found)
        self.now: Execution = self.first
        self.journal: list[Record] = []
        self.commands: list[Command] = []
        self.started: list[str] = []
        self.clock = NOON
        self.checked = True

    def begin(self) -> "Drive":
        """Take it out of the inbox."""
        self.happen(StartAsked())
        return self

    def happen(self, event: Event, *, hold: bool = False) -> Decision:
        """Let something happen; the journal always says the same as the memory."""
        self.clock += timedelta(seconds=1)
        decision = decide(self.now, event, self.clock, hold=hold)
        self.now = decision.execution
        self.journal += decision.records
        self.commands += decision.commands
        self.started += [
            str(self.now.steps[it.step].place) for it in decision.commands if isinstance(it, Start)
        ]
        if self.checked:
            assert fold(self.first, self.journal) == self.now
        return decision

    def revive(self) -> Decision:
        """Let the manager die and come back."""
        self.now = fold(self.first, self.journal)
        return self.happen(Resumed())

    def stands(self, state: ExecutionState) -> bool:
        """Tell whether it is in a state."""
        return self.now.state is state

    def open(self) -> list[str]:
        """Give the places of the step runs that are under way."""
        return sorted(str(run.place) for run in self.now.open_steps())

    def at(self, key: str, *iterations: int) -> StepRun:
        found = self.now.at(Place(key, iterations))
        assert found is not None, f"{key}{iterations} was not begun"
        return found

    def finish(self, key: str, *iterations: int, result: str | None = None) -> Decision:
        """Complete the step run at a place; its result names the place if nothing else is said."""
        run = self.at(key, *iterations)
        given = result if result is not None else f"<{run.place}>"
        return self.happen(StepCompleted(run.id, {"result": given}))

    def lose(self, key: str, *iterations: int, code: str = "service-fault") -> Decision:
        """Let the step run at a place fail."""
        return self.happen(StepBroke(self.at(key, *iterations).id, code, "no luck"))

    def stop(self, key: str, *iterations: int) -> Decision:
        """Let the abort of the step run at a place come to its end."""
        return self.happen(StepStopped(self.at(key, *iterations).id, "stopped"))

    def abort(self) -> Decision:
        return self.happen(AbortAsked("ada"))

    def due(self) -> list[tuple[StepRunId, datetime]]:
        """Give what is to be tried again, and when."""
        return [(it.step, it.due) for it in self.commands if isinstance(it, Wake)]

    def retry(self, key: str, *iterations: int) -> Decision:
        return self.happen(RetryDue(self.at(key, *iterations).id))

    def stopping(self) -> list[str]:
        """Give the places of the step runs that services were asked to stop."""
        asked = [it.step for it in self.commands if isinstance(it, Abort)]
        return sorted(str(self.now.steps[it].place) for it in asked)

    def play(
        self, answer: Callable[[StepRun], str | None] = lambda run: f"<{run.place}>"
    ) -> "Drive":
        """Go on to the end; each step run gives what `answer` says, or fails if that is nothing."""
        while self.now.open:
            run = next(self.now.open_steps())
            result = answer(run)
            if self.now.state in {ExecutionState.FAILING, ExecutionState.ABORTING}:
                self.happen(StepStopped(run.id, "stopped"))
            elif result is None:
                self.happen(StepBroke(run.id, "service-fault", "no luck"))
            else:
                self.happen(StepCompleted(run.id, {"result": result}))
        return self

    @property
    def failure(self) -> str:
        assert self.now.failure is not None
        return f"{self.now.failure.code}: {self.now.failure.message}"
