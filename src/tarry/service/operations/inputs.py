"""Where the inputs of a run stand in its folder, as its program sees them.

<folder>/work/inputs/<port>/<name>          a file, or a folder
<folder>/work/inputs/<port>/<n>/<name>      the n-th of a list of them
<folder>/control/secrets/<port>             a secret, for as long as the run goes on
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tarry.contract.lists import write_list
from tarry.contract.ports import STORED, Port, PortType, items
from tarry.service.model.files import local_name
from tarry.service.model.program import Operation


@dataclass(frozen=True, slots=True)
class InputFile:
    """Something in the storage that a program wants to have here.

    Attributes:
        uri: of a folder if it ends in a slash.
        path: where it is brought to.
    """

    port: str
    uri: str
    path: Path

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder with all that is in it."""
        return self.uri.endswith("/")


def input_files(
    operation: Operation, inputs: Mapping[str, str], folder: Path
) -> tuple[InputFile, ...]:
    """Say what is brought here before the program starts."""
    return tuple(
        file
        for port in operation.inputs
        if port.type in STORED and port.name in inputs
        for file in _copies(port, inputs[port.name], folder / "work" / "inputs" / port.name)
    )


def _copies(port: Port, text: str, place: Path) -> Iterator[InputFile]:
    for number, uri in enumerate(items(port, text), 1):
        beneath = place / str(number) if port.many else place
        yield InputFile(port.name, uri, beneath / local_name(uri.rstrip("/")))


def secret_files(operation: Operation, inputs: Mapping[str, str], folder: Path) -> dict[str, Path]:
    """Say in which file the program finds each secret that was given."""
    return {
        port.name: folder / "control" / "secrets" / port.name
        for port in operation.inputs
        if port.type is PortType.SECRET and port.name in inputs
    }


def seen_inputs(operation: Operation, inputs: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Give the inputs as the program sees them: local paths for files, folders and secrets."""
    seen = dict(inputs)
    copies = input_files(operation, inputs, folder)
    for port in operation.inputs:
        paths = [str(file.path) for file in copies if file.port == port.name]
        if paths:
            seen[port.name] = write_list(paths) if port.many else paths[0]
    return seen | {
        name: str(path) for name, path in secret_files(operation, inputs, folder).items()
    }
