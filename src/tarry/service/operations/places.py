"""Where the values of a run stand in its folder, and the job that follows."""

from collections.abc import Mapping
from pathlib import Path

from tarry.contract.errors import InvalidValue
from tarry.jobs.model import JobSpec
from tarry.service.model.command import (
    HERE,
    INPUTS,
    MAX_ARGUMENT,
    MESSAGES,
    PYTHON,
    WORK,
    Argument,
    Placeholder,
    fill,
    fill_environment,
)
from tarry.service.model.files import INPUTS_FILE, MESSAGES_FILE
from tarry.service.model.limits import Resume
from tarry.service.model.program import Operation, ProgramFile, ProgressLines
from tarry.service.operations.inputs import seen_inputs

_COMFORT = {"PYTHONUNBUFFERED": "1"}
"""So that what a Python program prints reaches its log, and the status page, at once."""

_MESSAGES_VARIABLE = "TARRY_MESSAGES"


def job_spec(
    program: ProgramFile,
    operation: Operation,
    inputs: Mapping[str, str],
    *,
    folder: Path,
    python: str,
    resumes: bool = False,
) -> JobSpec:
    """Say what to run; what carries on after the machine went down, if `resumes`.

    Raises:
        InvalidValue: a value would become something else than a value.
    """
    messages = str(folder / MESSAGES_FILE)
    places = {
        HERE: program.here,
        WORK: str(folder / "work"),
        PYTHON: python,
        MESSAGES: messages,
        INPUTS: str(folder / INPUTS_FILE),
    }
    values = seen_inputs(operation, inputs, folder)
    command = operation.command
    if resumes and isinstance(operation.after_restart, Resume):
        command = operation.after_restart.command
    return JobSpec(
        command=fill(command, operation.inputs, values, places),
        environment={
            **_COMFORT,
            _MESSAGES_VARIABLE: messages,
            **fill_environment(operation.environment, places),
            **(_shell_environment(operation, values, places) if operation.shell else {}),
        },
        reports=isinstance(operation.progress, ProgressLines),
    )


def _shell_environment(
    operation: Operation, values: Mapping[str, str], places: Mapping[str, str]
) -> dict[str, str]:
    # Held to the rules of an argument of its own, which is what a careful script makes of it.
    environment = {f"TARRY_{name.upper()}": places[name] for name in (HERE, WORK, PYTHON)}
    for port in operation.inputs:
        if port.name in values:
            alone = (Argument((Placeholder(port.name),)),)
            name = f"INPUT_{port.name}"
            text = chr(10).join(fill(alone, operation.inputs, values, places))
            if len(f"{name}={text}".encode()) > MAX_ARGUMENT:
                raise InvalidValue(
                    port=port.name, got="the value", rule="is too long for a program"
                )
            environment[name] = text
    return environment
