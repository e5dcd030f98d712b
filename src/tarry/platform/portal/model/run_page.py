"""What the page of a run brings to the front."""

from tarry.contract.ports import Port, PortType
from tarry.platform.executions.model.states import STEP_OVER, ExecutionState, StepState
from tarry.platform.executions.model.views import RunView, StepView


def shown_step(run: RunView, chosen: int | None = None) -> StepView | None:
    """Tell whose status page is shown: the chosen step's, else the one where something happens.

    Without a page there is nothing to show.
    """
    with_page = [step for step in run.steps if step.page_tag]
    for step in with_page:
        if step.number == chosen:
            return step
    going_on = [step for step in with_page if step.state not in STEP_OVER]
    candidates = going_on or with_page
    return candidates[-1] if candidates else None


def undecided(run: RunView) -> tuple[StepView, ...]:
    """Give the steps that wait for a person's decision."""
    newest = {step.key: step.number for step in run.steps}
    return tuple(
        step
        for step in run.steps
        if step.state is StepState.UNKNOWN and newest[step.key] == step.number
    )


def current_step(run: RunView) -> StepView | None:
    """Give the newest step that goes on."""
    going_on = [step for step in run.steps if step.state not in STEP_OVER]
    return going_on[-1] if going_on else None


def summary(run: RunView, most: int = 2) -> tuple[tuple[Port, str], ...]:
    """Give the first results that fit on a line."""
    short = [
        (port, run.outputs[port.name])
        for port in run.output_ports
        if not port.many
        and port.type not in {PortType.FILE, PortType.FOLDER, PortType.TEXT, PortType.SECRET}
        and 0 < len(run.outputs.get(port.name, "")) <= 24
    ]
    return tuple(short[:most])


def title_of(run: RunView) -> str:
    """Give the title of the browser's tab: how it stands comes first."""
    name = run.title or run.workflow
    match run.state:
        case ExecutionState.SUCCEEDED:
            return f"✓ {name}"
        case ExecutionState.FAILED | ExecutionState.ABORTED:
            return f"✗ {name}"
        case ExecutionState.UNDECIDED:
            return f"❓ {name}"
        case ExecutionState.RUNNING if (step := current_step(run)) and step.progress is not None:
            return f"{step.progress:.0f} % · {name}"
        case _:
            return name
