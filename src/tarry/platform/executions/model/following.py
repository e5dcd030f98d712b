"""The commands that follow from records, and from where the journal stands after a restart."""

from collections.abc import Iterable
from typing import assert_never

from tarry.contract.kinds import Kind
from tarry.platform.executions.model import records
from tarry.platform.executions.model.commands import (
    Abort,
    Command,
    Dismiss,
    FetchLastPage,
    Recover,
    Settle,
    Start,
    Wake,
    Watch,
)
from tarry.platform.executions.model.execution import Execution
from tarry.platform.executions.model.records import Record
from tarry.platform.executions.model.states import OVER, STOPPING, StepState
from tarry.platform.kernel.model import StepRunId


def recover(execution: Execution) -> tuple[Command, ...]:
    """Tell what has to be done for an execution after a restart of the manager.

    What it would begin then is the answer to `Resumed`.
    """
    if execution.state in OVER:
        newest = (step for step in execution.steps if execution.is_newest(step))
        return (*_last_pages(execution, newest), Settle())
    commands: list[Command] = []
    for step in execution.open_steps():
        if execution.state in STOPPING and not step.held_back:
            commands.append(Abort(step.id))
        elif step.state is StepState.STARTING and not step.held_back:
            commands.append(Recover(step.id))
        elif step.state is StepState.RUNNING:
            commands.append(Watch(step.id))
    pauses = sorted(execution.pauses.items(), key=lambda pause: pause[1])
    return (*commands, *(Wake(step, due) for step, due in pauses))


def commands_of(execution: Execution, written: Iterable[Record]) -> tuple[Command, ...]:
    """Tell what is to be done once records are durable.

    Args:
        execution: after them.
        written: the records.
    """
    commands: list[Command] = []
    for record in written:
        match record:
            case records.Intended() | records.Renewed():
                if not execution.steps[record.step].over:
                    commands.append(Start(record.step))
            case records.RetryPlanned():
                commands.append(Wake(record.step, record.due))
            case records.AbortRequested() | records.Broken():
                commands += [Abort(step.id) for step in execution.open_steps()]
            case records.Succeeded() | records.Failed() | records.Stopped():
                if execution.steps[record.step].kind is Kind.APPLICATION:
                    commands.append(Dismiss(record.step))
                commands += _last_pages(execution, [record.step])
            case records.Ended():
                commands.append(Settle())
            case (
                records.Begun()
                | records.Accepted()
                | records.Withheld()
                | records.Doubted()
                | records.Decided()
                | records.Told()
                | records.PassedOver()
                | records.TakenOver()
                | records.Branched()
                | records.RoundBegun()
                | records.LoopEnded()
                | records.FannedOut()
                | records.FannedIn()
            ):
                pass
            case _:
                assert_never(record)
    return tuple(commands)


def _last_pages(execution: Execution, steps: Iterable[StepRunId]) -> list[Command]:
    runs = [execution.steps[step] for step in steps]
    return [
        FetchLastPage(run.id)
        for run in runs
        if run.over
        and run.taken_from is None
        and run.kind is Kind.ASYNCHRONOUS
        and execution.terms_of(run).at_most_once
    ]
