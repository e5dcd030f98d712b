"""The examples that the demo serves, and how to try them."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import tarry
from tarry.app.announcing import shown_path
from tarry.contract.errors import Sort, TarryError
from tarry.contract.ports import Port, PortType


class NoExamples(TarryError):
    """The examples are neither packaged nor in a clone around us."""

    code = "no-examples"
    sort = Sort.NOT_FOUND
    message = (
        "The examples are not part of this installation ({tried}). Work in a clone of Tarry, or "
        "serve a program of your own: tarry up PROGRAM.toml"
    )


def examples_folder() -> Path:
    """Find the examples: packaged with Tarry, or in the clone that Tarry runs from.

    Raises:
        NoExamples: they are nowhere.
    """
    package = Path(tarry.__file__).parent
    tried = (package / "app" / "examples", package.parents[1] / "examples")
    for folder in tried:
        if (folder / "workflows").is_dir():
            return folder
    raise NoExamples(tried=", ".join(str(folder) for folder in tried))


def command_for(workflow: str, inputs: Sequence[Port], folder: Path) -> str:
    """Write the command that runs a workflow with values that are worth a try."""
    words = ["run", workflow]
    for port in inputs:
        value = _value(port, folder)
        if value is not None:
            words.append(shlex.quote(f"{port.name}={value}"))
    return " ".join(words)


def _value(port: Port, folder: Path) -> str | None:
    needed = port.must_be_given
    match port.type:
        case PortType.FILE:
            fitting = (
                file
                for file in sorted(folder.rglob("*"))
                if file.is_file() and file.name.lower().endswith(port.accept or ("",))
            )
            file = next(fitting, None)
            return f"@{shown_path(file)}" if file else None
        case PortType.INTEGER | PortType.DECIMAL if port.default is None:
            return str(max(port.minimum or 0, min(port.maximum or 20, 20))) if needed else None
        case PortType.INTEGER | PortType.DECIMAL if port.name.lower().startswith("second"):
            return "20"
        case PortType.CHOICE if needed and port.choices:
            return port.choices[0]
        case PortType.BOOLEAN if needed:
            return "true"
        case PortType.STRING | PortType.TEXT | PortType.DATE_TIME | PortType.FOLDER if needed:
            return port.type.value.upper()  # something to be replaced, and not forgotten
        case _:
            return None
