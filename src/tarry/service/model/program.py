"""A program and how it is offered: the content of a program file.

A program file is data, never code: it says which command to run, what goes in, what comes out and
what to show meanwhile. `program_file.read` makes these values from its text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from tarry.contract.kinds import Kind
from tarry.contract.lists import write_list
from tarry.contract.ports import STORED, Port, PortType
from tarry.service.model.box import Box
from tarry.service.model.command import Argument
from tarry.service.model.limits import FAIL, NO_LIMITS, AfterRestart, Limits
from tarry.service.model.plot import PlotSource

UNSET = "UNSET"
"""What a text says as long as its value is not known, as the tutorial has it."""


@dataclass(frozen=True, slots=True)
class TextFile:
    """The value is the content of a file in the run's working folder."""

    path: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """The value is a file: it goes to the storage, and its URI is what the caller gets."""

    path: str


@dataclass(frozen=True, slots=True)
class StoredFolder:
    """The value is a folder: all files in it go to the storage, and its URI is what callers get."""

    path: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """The value is the first group of the last line of the log that the expression is found in."""

    expression: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class JsonField:
    """The value is a field of a JSON file; `field` may go deeper with dots, or into lists."""

    path: str
    field: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExitCode:
    """The value is the program's exit code, which then decides nothing by itself."""


@dataclass(frozen=True, slots=True)
class Told:
    """The value is not ours to find: an application's page tells it to the workflow manager."""


Source = TextFile | StoredFile | StoredFolder | LogLine | JsonField | ExitCode | Told


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """A port together with where its value comes from.

    Attributes:
        unset: what callers read there as long as the run is not over.
    """

    port: Port
    source: Source
    unset: str


@dataclass(frozen=True, slots=True)
class ProgressFile:
    """A file that holds a whole number from 0 to 100."""

    path: str


@dataclass(frozen=True, slots=True)
class ProgressLog:
    """Lines of the log with the groups `percent`, `step` and `total`, or `time` and `end_time`."""

    expression: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class ProgressLines:
    """Lines of JSON that the program writes to a descriptor which it is given."""


Progress = ProgressFile | ProgressLog | ProgressLines


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusPage:
    """What the status page shows besides progress and time.

    Attributes:
        pictures: files in the working folder, each shown whenever it is there.
        log_lines: how many of the last lines of the log.
        listed: a file in the working folder that lists further pictures, with their titles.
        plot: numbers in the log that are drawn over each other.
        own: the page that is shown in place of ours while the program runs and when it succeeded.
    """

    pictures: tuple[str, ...] = ()
    listed: str = ""
    log_lines: int = 12
    plot: PlotSource | None = None
    own: "OwnPage | None" = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnPage:
    """A page of the author's own. One of the two is set.

    Attributes:
        template: a file beside the program file, which is filled in.
        html: a file that the program writes into its working folder.
    """

    template: str = ""
    html: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One thing that the program can be asked to do.

    Attributes:
        environment: what is added to the environment of the service, with placeholders.
        repeatable: calling it twice does no harm, so a caller in doubt may call again.
        time_limit: how long a synchronous call may take.
        grace: how long an aborted program may take to end by itself.
        shell: the command is a line of shell, which finds the inputs in its environment.
        box: what the program is kept in; `None` if it is not.
        dialog: what an application shows its user; its command may then be empty.
    """

    name: str
    kind: Kind
    command: tuple[Argument, ...]
    title: str = ""
    description: str = ""
    environment: Mapping[str, Argument] = field(default_factory=dict)
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Output, ...] = ()
    progress: Progress | None = None
    page: StatusPage = StatusPage()
    dialog: OwnPage | None = None
    repeatable: bool = False
    time_limit: timedelta = timedelta(seconds=25)
    grace: timedelta = timedelta(seconds=5)
    shell: bool = False
    limits: Limits = NO_LIMITS
    after_restart: AfterRestart = FAIL
    box: Box | None = None

    @property
    def shown_title(self) -> str:
        """What people read as the name of this operation."""
        return self.title or self.name

    @property
    def reports(self) -> bool:
        """Whether it is an application whose outputs the service tells the workflow manager."""
        sources = [output.source for output in self.outputs]
        return self.kind is Kind.APPLICATION and any(not isinstance(s, Told) for s in sources)

    @property
    def exit_code_is_output(self) -> bool:
        """Whether the exit code is a result and not a verdict."""
        return any(isinstance(output.source, ExitCode) for output in self.outputs)

    @property
    def uses_files(self) -> bool:
        """Whether it cannot do without a storage."""
        ports = (*self.inputs, *(output.port for output in self.outputs))
        return any(port.type in STORED for port in ports)

    def unset(self) -> dict[str, str]:
        """Give the dummies that stand for the outputs until the run is over."""
        return {output.port.name: output.unset for output in self.outputs}


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramFile:
    """A service with its operations.

    Attributes:
        path: where the service is found below the context root, without a slash at its ends.
        keep_for: how long the folder of a run that is over is kept.
        text: the program file itself, so that a run can be settled by what it was started with.
        here: the folder that the program file lies in.
    """

    name: str
    path: str
    namespace: str
    title: str = ""
    description: str = ""
    operations: tuple[Operation, ...] = ()
    keep_for: timedelta = timedelta(days=30)
    text: str = field(default="", repr=False)
    here: str = ""

    def operation(self, name: str) -> Operation | None:
        """Find an operation by its name."""
        return next((found for found in self.operations if found.name == name), None)


def default_unset(port: Port) -> str:
    """Choose a dummy that clients can read as a value of the port's type."""
    if port.many:
        return write_list(())
    match port.type:
        case PortType.INTEGER | PortType.DECIMAL:
            low, high = port.minimum, port.maximum
            if low is not None and low > 0:
                return str(low)
            return str(high) if high is not None and high < 0 else str(Decimal(0))
        case PortType.BOOLEAN:
            return "false"
        case PortType.DATE_TIME:
            return "1970-01-01T00:00:00Z"
        case PortType.CHOICE:
            return port.choices[0] if port.choices else UNSET
        case PortType.STRING | PortType.TEXT | PortType.FILE | PortType.FOLDER | PortType.SECRET:
            return UNSET
