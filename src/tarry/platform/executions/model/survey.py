"""Where a run stands in its document: what is done, what may start now, what went wrong.

The document is walked from its body downwards, and what was decided on the way is looked up in the
execution. A further construct (branches, loops, nested workflows) is a further case here; it may
keep what it decided, such as the branch taken, in records of its own.
"""

from dataclasses import dataclass, field
from typing import assert_never

from tarry.contract.kinds import SERVICE_ID, SESSION_TOKEN
from tarry.contract.ports import MASK
from tarry.platform.executions.model.execution import Execution, Place, StepRun
from tarry.platform.executions.model.plan import FromInput, FromManager, FromStep
from tarry.platform.executions.model.states import StepState
from tarry.platform.workflows.model import (
    Branch,
    Constant,
    ForEach,
    Merge,
    Nested,
    Node,
    Parallel,
    Repeat,
    Sequence,
    Source,
    Step,
    Wire,
)


@dataclass(frozen=True, slots=True)
class Survey:
    """Where a piece of the document stands.

    Attributes:
        done: nothing is left to do in it.
        ready: the steps that may start now.
        broken: a step run that failed or was aborted, so that its piece cannot go on.
    """

    done: bool = False
    ready: tuple[tuple[Step, Place], ...] = ()
    broken: StepRun | None = None


_NEVER_WIRED = frozenset({SERVICE_ID, SESSION_TOKEN})
_DONE = Survey(done=True)
_UNDER_WAY = Survey()


def survey(execution: Execution) -> Survey:
    """Tell where a run stands."""
    return _node(execution, execution.plan.document.body, ())


def _node(execution: Execution, node: Node, iterations: tuple[int, ...]) -> Survey:
    match node:
        case Step():
            return _step(execution, node, Place(node.key, iterations))
        case Sequence(nodes=nodes):
            for inner in nodes:
                found = _node(execution, inner, iterations)
                if not found.done:
                    return found
            return _DONE
        case Parallel() | Branch() | Merge() | Repeat() | ForEach() | Nested():
            # The validation refuses what cannot be carried out yet, so that no run gets here.
            raise NotImplementedError(node.key)
        case _:
            assert_never(node)


def _step(execution: Execution, step: Step, place: Place) -> Survey:
    run = execution.at(place)
    if run is None:
        return Survey(ready=((step, place),))
    match run.state:
        case StepState.SUCCEEDED:
            return _DONE
        case StepState.FAILED | StepState.ABORTED:
            return Survey(broken=run)
        case StepState.STARTING | StepState.RUNNING | StepState.UNKNOWN:
            return _UNDER_WAY
        case _:
            assert_never(run.state)


@dataclass(frozen=True, slots=True)
class StepInputs:
    """What a step starts with.

    Attributes:
        values: of inputs by name; secrets are covered.
        filled: which inputs the manager has to fill in, and with what.
        secrets: which inputs get which secret of the workflow's inputs.
    """

    values: dict[str, str] = field(default_factory=dict)
    filled: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)


def inputs_of(execution: Execution, step: Step, place: Place) -> StepInputs:
    """Give what a step starts with.

    An input whose wire has no value (an optional input of the workflow that nobody gave) is left
    out, so that the service's own default counts.
    """
    found = StepInputs()
    hidden = execution.plan.terms_of(step).secrets
    for port, source in step.inputs.items():
        if port in _NEVER_WIRED:
            continue
        value = _value(execution, source, place)
        if isinstance(value, FromManager):
            found.filled[port] = value.name
        elif value is None:
            continue
        elif port not in hidden:
            found.values[port] = value
        elif (name := _given(execution, source)) is not None:
            # no other source can be: a valid document gives secrets of its own inputs only
            found.values[port] = MASK
            found.secrets[port] = name
    return found


def _given(execution: Execution, source: Source) -> str | None:
    """Name the input of the workflow that a source is."""
    if isinstance(source, Wire):
        origin = execution.plan.origins.get(source.id)
        if isinstance(origin, FromInput):
            return origin.name
    return None


def outputs_of(execution: Execution) -> dict[str, str]:
    """Give the outputs of a run whose document is done."""
    found: dict[str, str] = {}
    for output in execution.plan.document.outputs:
        value = _value(execution, Wire(output.id), Place(""))
        if isinstance(value, str):  # what only the manager knows is no output
            found[output.name] = value
    return found


def _value(execution: Execution, source: Source, place: Place) -> str | FromManager | None:
    match source:
        case Constant(text):
            return text
        case Wire(wire):
            origin = execution.plan.origins.get(wire)
        case _:
            assert_never(source)
    match origin:
        case None:
            return None
        case FromManager():
            return origin
        case FromInput(name):
            return execution.inputs.get(name)
        case FromStep(key, port):
            run = execution.at(Place(key, place.iterations))
            return None if run is None else run.outputs.get(port)
        case _:
            assert_never(origin)
