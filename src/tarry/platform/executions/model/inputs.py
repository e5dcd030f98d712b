"""What a step starts with, and what a run ends with."""

from dataclasses import dataclass, field

from tarry.contract.kinds import SERVICE_ID, SESSION_TOKEN
from tarry.contract.ports import MASK
from tarry.platform.executions.model.execution import Execution, Place
from tarry.platform.executions.model.origins import Alias, FromInput
from tarry.platform.executions.model.values import value_of, view_at_end, view_of
from tarry.platform.workflows.model import Source, Step, Wire

_NEVER_WIRED = frozenset({SERVICE_ID, SESSION_TOKEN})


@dataclass(slots=True)
class StepInputs:
    """What a step starts with.

    Attributes:
        values: of inputs by name; secrets are covered.
        filled: which inputs the manager has to fill in, and with what.
        secrets: which inputs get which secret of the workflow's inputs.
        missing: required inputs that have no value.
        fresh: one of the values comes from a step that this run has carried out itself.
    """

    values: dict[str, str] = field(default_factory=dict)
    filled: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    fresh: bool = False


def inputs_of(execution: Execution, step: Step, place: Place) -> StepInputs:
    """Give what a step starts with.

    An optional input whose wire has no value is left out, so that the service's own default counts.
    """
    found = StepInputs()
    terms = execution.plan.terms_of(step)
    view = view_of(execution, place)
    for port, source in step.inputs.items():
        if port in _NEVER_WIRED:
            continue
        value = value_of(execution, source, view)
        found.fresh = found.fresh or value.fresh
        if value.known:
            found.filled[port] = value.known
        elif value.text is None:
            continue
        elif port not in terms.secrets:
            found.values[port] = value.text
        elif (name := _given(execution, source)) is not None:
            # no other source can be: a valid document gives secrets of its own inputs only
            found.values[port] = MASK
            found.secrets[port] = name
    there = found.values.keys() | found.filled.keys() | step.filled.keys()
    found.missing = sorted(terms.required - there)
    return found


def _given(execution: Execution, source: Source) -> str | None:
    """Name the input of the workflow that a source is."""
    for _ in range(len(execution.plan.origins)):
        origin = execution.plan.origins.get(source.id) if isinstance(source, Wire) else None
        if isinstance(origin, FromInput):
            return origin.name
        if not isinstance(origin, Alias):
            break
        source = origin.source
    return None


def outputs_of(execution: Execution) -> dict[str, str]:
    """Give the outputs of a run whose document is done."""
    view = view_at_end(execution)
    found: dict[str, str] = {}
    for output in execution.plan.document.outputs:
        value = value_of(execution, Wire(output.id), view).text
        if value is not None:  # what only the manager knows is no output
            found[output.name] = value
    return found
