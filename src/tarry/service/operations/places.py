"""Where the values of a run stand in its folder, and the job that follows."""

from collections.abc import Mapping
from pathlib import Path

from tarry.contract.ports import PortType
from tarry.jobs.model import JobSpec
from tarry.service.model.command import (
    HERE,
    INPUTS,
    MESSAGES,
    PYTHON,
    WORK,
    fill,
    fill_environment,
)
from tarry.service.model.files import INPUTS_FILE, MESSAGES_FILE, local_name
from tarry.service.model.program import Operation, ProgramFile

_COMFORT = {"PYTHONUNBUFFERED": "1"}
"""So that what a Python program prints reaches its log, and the status page, at once."""

_MESSAGES_VARIABLE = "TARRY_MESSAGES"


def input_files(operation: Operation, inputs: Mapping[str, str], folder: Path) -> dict[str, Path]:
    """Say where the file of each file port is brought to."""
    return {
        port.name: folder / "work" / "inputs" / port.name / local_name(inputs[port.name])
        for port in operation.inputs
        if port.type is PortType.FILE and port.name in inputs
    }


def seen_inputs(operation: Operation, inputs: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Give the inputs as the program sees them: a file is the path of its local copy."""
    files = input_files(operation, inputs, folder)
    return {**inputs, **{name: str(path) for name, path in files.items()}}


def job_spec(
    program: ProgramFile,
    operation: Operation,
    inputs: Mapping[str, str],
    *,
    folder: Path,
    python: str,
) -> JobSpec:
    """Say what to run.

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
    return JobSpec(
        command=fill(operation.command, operation.inputs, values, places),
        environment={
            **_COMFORT,
            _MESSAGES_VARIABLE: messages,
            **fill_environment(operation.environment, places),
        },
    )
