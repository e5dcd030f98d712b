"""Outputs: ports together with where their values come from."""

from tarry.contract.errors import TarryError
from tarry.contract.ports import NUMBERS, Port, PortType, parse
from tarry.service.model.program import (
    ExitCode,
    JsonField,
    LogLine,
    Output,
    Source,
    StoredFile,
    TextFile,
    Told,
    default_unset,
)
from tarry.service.model.program_file.ports import read_port
from tarry.service.model.program_file.words import relative
from tarry.service.model.table import Table


def read_outputs(table: Table, *, told: bool = False) -> tuple[Output, ...]:
    """Read the outputs in their order.

    Args:
        table: of the outputs.
        told: they need not say where they come from, as a page may tell them.
    """
    outputs: list[Output] = []
    for name, entry in table.tables():
        source = Told() if told and not entry.has("from") else _source(entry)
        entry.take("unset")
        port = read_port(name, entry)
        if entry.has("default"):
            entry.fail("default", "is for inputs; what outputs say before the end is 'unset'")
        if not isinstance(source, Told) and isinstance(source, StoredFile) != (
            port.type is PortType.FILE
        ):
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
    if port.type in NUMBERS | {PortType.BOOLEAN, PortType.DATE_TIME}:
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
            source = TextFile(relative(table, "text"))
        case "file":
            source = StoredFile(relative(table, "file"))
        case "log":
            expression = table.expression("log")
            if not expression.groups:
                table.fail("log", "needs a group: the part in parentheses is the value")
            source = LogLine(expression)
        case "json":
            inner = table.table("json")
            source = JsonField(relative(inner, "file"), tuple(inner.text("field").split(".")))
            inner.done()
        case _:
            if not table.truth("exit_code"):
                table.fail("exit_code", "must be true")
            source = ExitCode()
    table.done()
    return source
