"""What everybody but the manager may write: letters to its inbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from tarry.platform.executions.model.events import (
    AbortAsked,
    Choice,
    ChoiceMade,
    StartAsked,
    StepReported,
    StepTold,
)
from tarry.platform.kernel.model import ExecutionId, StepRunId


@dataclass(frozen=True, slots=True)
class Pushed:
    """The service of a step run says: look now."""

    step: StepRunId


Message = StartAsked | AbortAsked | ChoiceMade | StepReported | StepTold | Pushed


@dataclass(frozen=True, slots=True)
class Letter:
    """A message about an execution.

    Attributes:
        id: its number in the inbox; 0 before it is there.
    """

    execution: ExecutionId
    message: Message
    id: int = 0


def write_message(message: Message) -> tuple[str, dict[str, object]]:
    """Give kind and data of a message, as the inbox keeps them."""
    match message:
        case StartAsked():
            return "start", {}
        case AbortAsked(by):
            return "abort", {"by": by}
        case ChoiceMade(number, choice, by):
            return "choice", {"number": number, "choice": choice.value, "by": by}
        case StepReported(step, outputs):
            return "report", {"step": step, "outputs": dict(outputs)}
        case StepTold(step, text, by, from_page, answer):
            data = {"step": step, "message": text, "by": by, "from_page": from_page}
            return "told", {**data, "answer": answer}
        case Pushed(step):
            return "push", {"step": step}
        case _:
            assert_never(message)


def read_message(kind: str, data: Mapping[str, object]) -> Message | None:
    """Read what `write_message` gave; a kind that we do not know is nothing."""
    match kind:
        case "start":
            return StartAsked()
        case "abort":
            return AbortAsked(str(data["by"]))
        case "choice":
            number, choice = int(str(data["number"])), Choice(str(data["choice"]))
            return ChoiceMade(number, choice, str(data["by"]))
        case "report":
            outputs = {name: str(value) for name, value in _table(data["outputs"]).items()}
            return StepReported(StepRunId(str(data["step"])), outputs)
        case "told":
            answer = data["answer"]
            return StepTold(
                StepRunId(str(data["step"])),
                str(data["message"]),
                by=str(data["by"]),
                from_page=bool(data["from_page"]),
                answer=None if answer is None else str(answer),
            )
        case "push":
            return Pushed(StepRunId(str(data["step"])))
        case _:
            return None


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
