"""The states of executions and of step runs, and what may follow what."""

from collections.abc import Mapping
from enum import StrEnum


class ExecutionState(StrEnum):
    """Where one run of a workflow stands."""

    WAITING = "waiting"  # in the inbox: the manager has not begun it
    RUNNING = "running"
    UNDECIDED = "undecided"  # the outcome of a step is unknown: a person must decide
    FAILING = "failing"  # a step has failed; the services of the others are being stopped
    ABORTING = "aborting"  # somebody asked for it; services are being stopped
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ABORTED = "aborted"


class StepState(StrEnum):
    """Where one attempt at a step stands."""

    STARTING = "starting"  # the intent is written; the start call may or may not have been made
    RUNNING = "running"  # the service has answered the start call
    UNKNOWN = "unknown"  # nobody knows whether the start call arrived
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ABORTED = "aborted"


NEXT: Mapping[ExecutionState, frozenset[ExecutionState]] = {
    ExecutionState.WAITING: frozenset({ExecutionState.RUNNING, ExecutionState.ABORTED}),
    ExecutionState.RUNNING: frozenset(
        {
            ExecutionState.UNDECIDED,
            ExecutionState.FAILING,
            ExecutionState.ABORTING,
            ExecutionState.SUCCEEDED,
            ExecutionState.FAILED,
        }
    ),
    ExecutionState.UNDECIDED: frozenset(
        {
            ExecutionState.RUNNING,
            ExecutionState.FAILING,
            ExecutionState.ABORTING,
            ExecutionState.FAILED,
        }
    ),
    # Who asks for an abort now is late: it is ending already, and why is known.
    ExecutionState.FAILING: frozenset({ExecutionState.FAILED}),
    ExecutionState.ABORTING: frozenset({ExecutionState.ABORTED}),
    ExecutionState.SUCCEEDED: frozenset(),
    ExecutionState.FAILED: frozenset(),
    ExecutionState.ABORTED: frozenset(),
}

NEXT_OF_STEP: Mapping[StepState, frozenset[StepState]] = {
    StepState.STARTING: frozenset(StepState) - {StepState.STARTING},
    StepState.RUNNING: frozenset({StepState.SUCCEEDED, StepState.FAILED, StepState.ABORTED}),
    # A person gives up, or aborts the run; or it was an application, and it has reported. If they
    # choose to start again, a new step run takes its place and this one stays what it is: unknown.
    StepState.UNKNOWN: frozenset({StepState.SUCCEEDED, StepState.FAILED, StepState.ABORTED}),
    StepState.SUCCEEDED: frozenset(),
    StepState.FAILED: frozenset(),
    StepState.ABORTED: frozenset(),
}

OVER = frozenset(state for state, following in NEXT.items() if not following)
"""The final states of an execution; nothing of it changes any more."""

STOPPING = frozenset({ExecutionState.FAILING, ExecutionState.ABORTING})
"""Nothing new begins, and what is open is being stopped."""

STEP_OVER = frozenset(state for state, following in NEXT_OF_STEP.items() if not following)
"""The final states of a step run."""
