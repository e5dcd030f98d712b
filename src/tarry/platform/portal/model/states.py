"""The states of runs and steps, in the words of a page."""

from dataclasses import dataclass

from tarry.platform.executions.model.states import ExecutionState, StepState
from tarry.platform.executions.model.views import RunView, StepView


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown.

    Attributes:
        word: what it is called.
        style: one of the looks that the style sheet knows; no state differs by colour alone.
    """

    word: str
    style: str


RUN_LOOKS = {
    ExecutionState.WAITING: Look("Queued", "idle"),
    ExecutionState.RUNNING: Look("Running", "busy"),
    ExecutionState.UNDECIDED: Look("Waiting for you", "ask"),
    ExecutionState.FAILING: Look("Failing", "bad"),
    ExecutionState.ABORTING: Look("Aborting", "busy"),
    ExecutionState.SUCCEEDED: Look("Finished", "good"),
    ExecutionState.FAILED: Look("Failed", "bad"),
    ExecutionState.ABORTED: Look("Aborted", "off"),
}

STEP_LOOKS = {
    StepState.STARTING: Look("Starting", "busy"),
    StepState.RUNNING: Look("Running", "busy"),
    StepState.UNKNOWN: Look("Outcome unknown", "ask"),
    StepState.SUCCEEDED: Look("Finished", "good"),
    StepState.FAILED: Look("Failed", "bad"),
    StepState.ABORTED: Look("Aborted", "off"),
}


def look_of_run(run: RunView) -> Look:
    """Give how a run is shown: that it waits for an answer comes before that it runs."""
    if run.waits and run.state is ExecutionState.RUNNING:
        return RUN_LOOKS[ExecutionState.UNDECIDED]
    return RUN_LOOKS[run.state]


def look_of_step(step: StepView) -> Look:
    """Give how a step is shown."""
    return Look("Waits for an answer", "ask") if step.waits else STEP_LOOKS[step.state]


@dataclass(frozen=True, slots=True)
class Shelf:
    """One part of the list of runs.

    Attributes:
        title: its name for people.
        states: those that belong there; none means all.
        asking: runs that wait for a person belong there, and no others.
    """

    title: str
    states: tuple[ExecutionState, ...] = ()
    asking: bool = False


SHELVES = {
    "all": Shelf("All"),
    "running": Shelf(
        "Running",
        (
            ExecutionState.WAITING,
            ExecutionState.RUNNING,
            ExecutionState.FAILING,
            ExecutionState.ABORTING,
        ),
    ),
    "you": Shelf("Waiting for you", asking=True),
    "finished": Shelf("Finished", (ExecutionState.SUCCEEDED,)),
    "failed": Shelf("Failed", (ExecutionState.FAILED, ExecutionState.ABORTED)),
}
