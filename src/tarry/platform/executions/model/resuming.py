"""What a run takes over from the one that it resumes.

It goes through its document from the beginning. Where it would begin a step that the earlier run
has finished at the same place, with the same inputs, it takes the outputs over instead. So changed
inputs are felt wherever they lead to other inputs of a step, and through conditions wherever they
lead to another side or another number of rounds; and a step that was carried out anew has all steps
carried out anew that are wired to it, even if it gives the same as before.
"""

from collections.abc import Mapping

from tarry.platform.executions.model.execution import Execution, Place, StepRun
from tarry.platform.executions.model.states import StepState


def finished_in(execution: Execution) -> Mapping[Place, StepRun]:
    """Give the step runs that have succeeded, by place; what was passed over has not."""
    found: dict[Place, StepRun] = {}
    for run in execution.steps.values():
        if run.state is StepState.SUCCEEDED:
            found[run.place] = run
    return found
