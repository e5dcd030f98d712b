"""The states of runs and steps, in the words of a page."""

from dataclasses import dataclass

from tarry.platform.executions.model.states import ExecutionState, StepState


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


@dataclass(frozen=True, slots=True)
class Shelf:
    """One part of the list of runs: its name for people, and the states that belong there."""

    title: str
    states: tuple[ExecutionState, ...] = ()


SHELVES = {
    "all": Shelf("All"),
    "running": Shelf(
        "Running", (ExecutionState.WAITING, ExecutionState.RUNNING, ExecutionState.ABORTING)
    ),
    "you": Shelf("Waiting for you", (ExecutionState.UNDECIDED,)),
    "finished": Shelf("Finished", (ExecutionState.SUCCEEDED,)),
    "failed": Shelf("Failed", (ExecutionState.FAILED, ExecutionState.ABORTED)),
}
