"""How a run stands as a small page of its own, for clients that show what a manager gives them."""

from html import escape

from tarry.platform.executions.model.states import ExecutionState, StepState
from tarry.platform.executions.model.views import RunView, StepView

_RUN_WORDS = {
    ExecutionState.WAITING: "waits for its turn",
    ExecutionState.RUNNING: "is running",
    ExecutionState.UNDECIDED: "waits for somebody to decide about a step whose outcome is unknown",
    ExecutionState.FAILING: "has failed; its other steps are being stopped",
    ExecutionState.ABORTING: "is being aborted",
    ExecutionState.SUCCEEDED: "has succeeded",
    ExecutionState.FAILED: "has failed",
    ExecutionState.ABORTED: "was aborted",
}
_STEP_WORDS = {
    StepState.STARTING: "starting",
    StepState.RUNNING: "running",
    StepState.UNKNOWN: "outcome unknown",
    StepState.SUCCEEDED: "succeeded",
    StepState.FAILED: "failed",
    StepState.ABORTED: "aborted",
}


def summary_page(run: RunView) -> bytes:
    """Show a run with its steps; every text in it is escaped."""
    name = escape(run.title or run.workflow)
    rows = "".join(_row(step) for step in run.steps)
    table = f"<table><tr><th>Step<th>State</tr>{rows}</table>" if rows else ""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{name}</title>"
        "<style>body{font:15px/1.5 system-ui,sans-serif;margin:1.25rem}"
        "th,td{text-align:left;padding:.2rem 1rem .2rem 0;vertical-align:top}</style></head>"
        f"<body><h1>{name}</h1><p>The workflow {_RUN_WORDS[run.state]}.</p>{table}</body></html>"
    ).encode("utf-8", "replace")


def _row(step: StepView) -> str:
    words = "waits for an answer" if step.waits else _STEP_WORDS[step.state]
    if step.progress is not None and step.state is StepState.RUNNING:
        words += f", {step.progress:.0f} %"
    if step.retry_at is not None:
        words += f", tried again at {step.retry_at:%H:%M:%S} UTC"
    elif step.passed_over:
        words += ", passed over"
    elif step.taken_from is not None:
        words += ", taken over from an earlier run"
    note = f"<br>{escape(step.note)}" if step.note else ""
    around = ", ".join(str(number + 1) for number in step.place.iterations)
    name = escape(step.name or step.key) + (f" ({around})" if around else "")
    return f"<tr><td>{name}<td>{words}{note}</tr>"
