"""What the page of a run brings to the front."""

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.platform.executions.model.states import STEP_OVER, ExecutionState, StepState
from tarry.platform.executions.model.views import MessageView, RunView, StepView
from tarry.platform.kernel.model import StepRunId


def shown_step(run: RunView, chosen: int | None = None) -> StepView | None:
    """Tell whose status page is shown: the chosen step's, else the one where something happens.

    Without a page there is nothing to show.
    """
    with_page = [step for step in run.steps if step.page_tag]
    for step in with_page:
        if step.number == chosen:
            return step
    going_on = [step for step in with_page if step.state not in STEP_OVER]
    # Whom somebody answers must not be replaced by what goes on beside; and what was answered must
    # not look as if it were asked again.
    asking = [step for step in going_on if step.waits]
    shown = [step for step in with_page if step.kind is not Kind.APPLICATION]
    candidates = asking or going_on or shown
    return candidates[-1] if candidates else None


def listening(run: RunView) -> tuple[StepView, ...]:
    """Give the steps that can be told something now."""
    if run.state not in {ExecutionState.RUNNING, ExecutionState.UNDECIDED}:
        return ()
    return tuple(step for step in run.steps if step.hears and step.state is StepState.RUNNING)


def undecided(run: RunView) -> tuple[StepView, ...]:
    """Give the steps that wait for a person's decision."""
    newest = {step.key: step.number for step in run.steps}
    return tuple(
        step
        for step in run.steps
        if step.state is StepState.UNKNOWN and newest[step.key] == step.number
    )


def said_to(run: RunView) -> dict[StepRunId, list[MessageView]]:
    """Give what was said to each step, in its order."""
    found: dict[StepRunId, list[MessageView]] = {}
    for message in run.messages:
        found.setdefault(message.step, []).append(message)
    return found


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
        case ExecutionState.FAILING | ExecutionState.FAILED | ExecutionState.ABORTED:
            return f"✗ {name}"
        case ExecutionState.UNDECIDED:
            return f"❓ {name}"
        case ExecutionState.RUNNING if run.waits:
            return f"❓ {name}"
        case ExecutionState.RUNNING if (step := current_step(run)) and step.progress is not None:
            return f"{step.progress:.0f} % · {name}"
        case _:
            return name
