"""Executions as a pure state machine: events in, commands out."""

from tarry.platform.executions.model.events import Choice
from tarry.platform.executions.model.execution import Execution, Failure, Place, StepRun
from tarry.platform.executions.model.states import (
    NEXT,
    NEXT_OF_STEP,
    OVER,
    STEP_OVER,
    ExecutionState,
    StepState,
)
from tarry.platform.executions.model.views import EventView, RunView, StatusPage, StepView

__all__ = [
    "NEXT",
    "NEXT_OF_STEP",
    "OVER",
    "STEP_OVER",
    "Choice",
    "EventView",
    "Execution",
    "ExecutionState",
    "Failure",
    "Place",
    "RunView",
    "StatusPage",
    "StepRun",
    "StepState",
    "StepView",
]
