"""From the text of a program file to its meaning; errors name file, line and key."""

import re
import tomllib
from decimal import Decimal

from tarry.contract.errors import TarryError
from tarry.contract.kinds import COMPANIONS, FILLED_IN, STATUS, Kind
from tarry.contract.ports import Port, PortType, check, parse
from tarry.service.errors import ProgramFileInvalid
from tarry.service.model import command as commands
from tarry.service.model.command import Argument
from tarry.service.model.interface import doors
from tarry.service.model.program import (
    ExitCode,
    JsonField,
    LogLine,
    Operation,
    Output,
    ProgramFile,
    Progress,
    ProgressFile,
    ProgressLog,
    Source,
    StatusPage,
    StoredFile,
    TextFile,
    default_unset,
)
from tarry.service.model.table import Table
from tarry.soap.errors import BadInterface

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_SEGMENT = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~-]+", re.ASCII)
_MOST_LOG_LINES = 200
_NUMBERS = frozenset({PortType.INTEGER, PortType.DECIMAL})


def read(text: str, *, file: str = "program file", here: str = "") -> ProgramFile:
    """Read a program file.

    Args:
        text: its content.
        file: how errors call it.
        here: the folder it lies in; what `{here}` stands for.

    Raises:
        ProgramFileInvalid: it names file, line and key, and what would be right.
    """
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line = found.group(1) if found else len(text.splitlines())  # at the end of the document
        where = f"{file}:{line}"
        reason = re.sub(r" \(at .*\)$", "", str(error))
        raise ProgramFileInvalid(where=where, reason=f"is not TOML: {reason}") from error
    root = Table(values, file=file, text=text)
    name = _name(root, "name")
    default = ProgramFile(name=name, path=name, namespace=f"urn:tarry:service:{name}")
    program = ProgramFile(
        name=name,
        path=_service_path(root, default.path),
        namespace=_namespace(root, default.namespace),
        title=root.text("title", name),
        description=root.text("description", ""),
        keep_for=root.duration("keep_for", default.keep_for),
        operations=_operations(root.table("operations"), root),
        text=text,
        here=here,
    )
    root.done()
    try:
        doors(program)
    except BadInterface as error:
        root.fail("operations", str(error))
    return program


def _operations(table: Table, root: Table) -> tuple[Operation, ...]:
    operations: list[Operation] = []
    for name, entry in table.tables():
        if not _NAME.fullmatch(name):
            entry.fail(None, "is no name for an operation: letters, digits and _ only")
        if name in COMPANIONS or name.endswith("Response"):
            entry.fail(None, "is a name that the contract keeps for itself")
        operations.append(_operation(name, entry))
    if not operations:
        root.fail(None, "needs at least one operation, a table such as [operations.start]")
    return tuple(operations)


def _operation(name: str, table: Table) -> Operation:
    kind = _kind(table)
    inputs = _inputs(table.table("inputs"))
    default = Operation(name=name, kind=kind, command=())
    operation = Operation(
        name=name,
        kind=kind,
        title=table.text("title", ""),
        description=table.text("description", ""),
        command=_command(table, inputs),
        environment=_environment(table.table("environment")),
        inputs=inputs,
        outputs=_outputs(table.table("outputs")),
        progress=_progress(table.table("progress")) if table.has("progress") else None,
        page=_page(table.table("page")),
        repeatable=table.truth("repeatable"),
        time_limit=table.duration("time_limit", default.time_limit),
        grace=table.duration("grace", default.grace),
    )
    if kind is Kind.ASYNCHRONOUS and table.has("time_limit"):
        table.fail("time_limit", "is for synchronous operations only")
    if kind is Kind.SYNCHRONOUS:
        for key in ("progress", "page"):
            if table.has(key):
                table.fail(key, "is for asynchronous operations only")
    table.done()
    _check_shared_names(operation, table)
    return operation


def _check_shared_names(operation: Operation, table: Table) -> None:
    """An input and an output of one name must have one type, or wsimport fails."""
    types = {port.name: port.type for port in operation.inputs}
    for output in operation.outputs:
        name = output.port.name
        if types.get(name, output.port.type) is not output.port.type:
            table.table("outputs").fail(
                name, "has the name of an input and another type; Java clients cannot be made of it"
            )


def _kind(table: Table) -> Kind:
    text = table.text("kind", Kind.ASYNCHRONOUS.value)
    if text not in (Kind.ASYNCHRONOUS, Kind.SYNCHRONOUS):
        table.fail("kind", f"must be 'asynchronous' or 'synchronous', not {text!r}")
    return Kind(text)


def _command(table: Table, inputs: tuple[Port, ...]) -> tuple[Argument, ...]:
    texts = table.texts("command")
    try:
        command = tuple(commands.read_argument(text) for text in texts)
    except ValueError as error:
        table.fail("command", str(error))
    if any("\0" in text for text in texts):
        table.fail("command", "holds a zero byte")
    if problem := commands.problems(command, inputs):
        table.fail("command" if texts else None, problem if texts else f"command {problem}")
    return command


def _environment(table: Table) -> dict[str, Argument]:
    environment: dict[str, Argument] = {}
    for name in table.names():
        if not _VARIABLE.fullmatch(name) or name.startswith("TARRY_"):
            table.fail(name, "is no name that a program file may give to a variable")
        text = table.text(name)
        try:
            argument = commands.read_argument(text)
        except ValueError as error:
            table.fail(name, str(error))
        for placeholder in argument.names:
            if placeholder not in {commands.HERE, commands.WORK}:
                table.fail(name, f"may use {{here}} and {{work}} only, not {{{placeholder}}}")
        if "\0" in text:
            table.fail(name, "holds a zero byte")
        environment[name] = argument
    return environment


def _inputs(table: Table) -> tuple[Port, ...]:
    ports: list[Port] = []
    for name, entry in table.tables():
        if name in commands.RESERVED:
            entry.fail(None, f"is a name that placeholders keep for themselves: {{{name}}}")
        ports.append(_port(name, entry))
        entry.done()
    return tuple(ports)


def _port(name: str, table: Table) -> Port:
    if not _NAME.fullmatch(name):
        table.fail(None, "is no name for a port: letters, digits and _ only")
    if name in FILLED_IN or name == STATUS:
        table.fail(None, "is a name that the contract keeps for itself; it is added by Tarry")
    text = table.text("type", PortType.STRING.value)
    if text not in set(PortType):
        table.fail("type", f"must be one of {', '.join(PortType)}, not {text!r}")
    default = table.lexical("default")
    port = Port(
        name=name,
        type=PortType(text),
        title=table.text("title", ""),
        description=table.text("description", ""),
        default=default,
        required=table.truth("required", default=True),
        minimum=table.number("minimum"),
        maximum=table.number("maximum"),
        unit=table.text("unit", ""),
        choices=table.texts("choices"),
        pattern=table.expression("pattern").pattern if table.has("pattern") else "",
        accept=table.texts("accept"),
    )
    _check_port(port, table)
    return port


def _check_port(port: Port, table: Table) -> None:
    for key in ("minimum", "maximum", "unit"):
        if table.has(key) and port.type not in _NUMBERS:
            table.fail(key, "is for numbers only")
    if port.minimum is not None and port.maximum is not None and port.minimum > port.maximum:
        table.fail("minimum", "is above the maximum")
    if (port.type is PortType.CHOICE) != bool(port.choices):
        table.fail(
            "choices" if port.choices else "type",
            "a port of type choice has 'choices', a list of texts, and no other port has them",
        )
    if table.has("accept") and port.type is not PortType.FILE:
        table.fail("accept", "is for files only")
    for ending in port.accept:
        if not re.fullmatch(r"\.[A-Za-z0-9._-]+", ending):
            table.fail("accept", f"holds {ending!r}, which is no ending such as '.step'")
    if port.default is not None:
        try:
            check([port], {port.name: port.default})
        except TarryError as error:
            table.fail("default", f"does not fit the port itself: {error}")


def _outputs(table: Table) -> tuple[Output, ...]:
    outputs: list[Output] = []
    for name, entry in table.tables():
        source = _source(entry)
        entry.take("unset")
        port = _port(name, entry)
        if entry.has("default"):
            entry.fail("default", "is for inputs; what outputs say before the end is 'unset'")
        if isinstance(source, StoredFile) != (port.type is PortType.FILE):
            entry.fail(
                "from", "a port of type file comes from { file = … }, and no other port does"
            )
        outputs.append(Output(port=port, source=source, unset=_unset(entry, port)))
        entry.done()
    return tuple(outputs)


def _unset(entry: Table, port: Port) -> str:
    given = entry.lexical("unset")
    if given is None:
        return default_unset(port)
    if port.type in _NUMBERS | {PortType.BOOLEAN, PortType.DATE_TIME}:
        try:  # the type must hold, as clients read it; a range need not
            parse(Port(name=port.name, type=port.type), given)
        except TarryError as error:
            entry.fail("unset", f"clients could not read it: {error}")
    return given


def _source(entry: Table) -> Source:
    if not entry.has("from"):
        entry.fail(None, 'from is missing: say where the value comes from, as { text = "file" }')
    table = entry.table("from")
    kinds = [key for key in ("text", "file", "log", "json", "exit_code") if table.has(key)]
    if len(kinds) != 1:
        entry.fail("from", "needs exactly one of: text, file, log, json, exit_code")
    source: Source
    match kinds[0]:
        case "text":
            source = TextFile(_relative(table, "text"))
        case "file":
            source = StoredFile(_relative(table, "file"))
        case "log":
            expression = table.expression("log")
            if not expression.groups:
                table.fail("log", "needs a group: the part in parentheses is the value")
            source = LogLine(expression)
        case "json":
            inner = table.table("json")
            source = JsonField(_relative(inner, "file"), tuple(inner.text("field").split(".")))
            inner.done()
        case _:
            if not table.truth("exit_code"):
                table.fail("exit_code", "must be true")
            source = ExitCode()
    table.done()
    return source


def _progress(table: Table) -> Progress:
    if table.has("file") == table.has("log"):
        table.fail(None, "needs either file or log")
    progress: Progress
    if table.has("file"):
        progress = ProgressFile(_relative(table, "file"))
    else:
        expression = table.expression("log")
        groups = set(expression.groupindex)
        if "percent" not in groups and not {"step", "total"} <= groups:
            table.fail("log", "needs the group (?P<percent>…), or (?P<step>…) and (?P<total>…)")
        progress = ProgressLog(expression)
    table.done()
    return progress


def _page(table: Table) -> StatusPage:
    page = StatusPage(
        picture=_relative(table, "picture") if table.has("picture") else "",
        log_lines=table.whole("log_lines", StatusPage().log_lines, low=0, high=_MOST_LOG_LINES),
    )
    table.done()
    return page


def _relative(table: Table, key: str) -> str:
    path = table.text(key)
    parts = path.split("/")
    if not path or "\0" in path or path.startswith(("/", "~")) or {"", ".", ".."} & set(parts):
        table.fail(key, f"must be a file in the run's working folder, not {path!r}")
    return path


def _name(root: Table, key: str) -> str:
    name = root.text(key)
    if not _NAME.fullmatch(name):
        root.fail(key, "must be letters, digits and _, beginning with a letter")
    return name


def _service_path(root: Table, default: str) -> str:
    path = root.text("path", default)
    if not all(_SEGMENT.fullmatch(part) for part in path.split("/")):
        root.fail("path", "must be names between single slashes, such as 'waiter/Waiter'")
    return path


def _namespace(root: Table, default: str) -> str:
    namespace = root.text("namespace", default)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+", namespace):
        root.fail("namespace", "must be a URI, such as 'http://company.example/waiter'")
    return namespace
