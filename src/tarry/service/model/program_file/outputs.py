"""Outputs: ports together with where their values come from."""

from tarry.contract.errors import TarryError
from tarry.contract.ports import NUMBERS, Port, PortType, items, parse
from tarry.service.model.program import (
    ExitCode,
    JsonField,
    LogLine,
    Output,
    Source,
    StoredFile,
    StoredFolder,
    TextFile,
    Told,
    default_unset,
)
from tarry.service.model.program_file.ports import read_port
from tarry.service.model.program_file.words import relative
from tarry.service.model.table import Table

SOURCES = ("text", "file", "folder", "log", "json", "exit_code")
"""Where the value of an output may come from."""


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
        if not isinstance(source, Told):
            _check_source(source, port, entry)
        _check_output(port, entry)
        outputs.append(Output(port=port, source=source, unset=_unset(entry, port)))
        entry.done()
    return tuple(outputs)


def _check_source(source: Source, port: Port, entry: Table) -> None:
    for kind, key, wanted in (
        (StoredFile, "file", PortType.FILE),
        (StoredFolder, "folder", PortType.FOLDER),
    ):
        if isinstance(source, kind) != (port.type is wanted):
            reason = f"a port of type {wanted} comes from {{ {key} = … }}, and no other port does"
            entry.fail("from", reason)
    if port.many and isinstance(source, ExitCode | StoredFolder):
        entry.fail("many", "there is one exit code and one such folder")


def _check_output(port: Port, entry: Table) -> None:
    if port.type is PortType.SECRET:
        entry.fail("type", "secret is for inputs only: outputs are shown")
    for key in ("step", "advanced"):
        if entry.has(key):
            entry.fail(key, "is for inputs only")


def _unset(entry: Table, port: Port) -> str:
    given = entry.lexical_list("unset") if port.many else entry.lexical("unset")
    if given is None:
        return default_unset(port)
    if port.type in NUMBERS | {PortType.BOOLEAN, PortType.DATE_TIME}:
        try:  # the type must hold, as clients read it; a range need not
            for item in items(port, given):
                parse(Port(name=port.name, type=port.type), item)
        except TarryError as error:
            entry.fail("unset", f"clients could not read it: {error}")
    return given


def _source(entry: Table) -> Source:
    if not entry.has("from"):
        entry.fail(None, 'from is missing: say where the value comes from, as { text = "file" }')
    table = entry.table("from")
    kinds = [key for key in SOURCES if table.has(key)]
    if len(kinds) != 1:
        entry.fail("from", f"needs exactly one of: {', '.join(SOURCES)}")
    source: Source
    match kinds[0]:
        case "text":
            source = TextFile(relative(table, "text"))
        case "file":
            source = StoredFile(relative(table, "file"))
        case "folder":
            source = StoredFolder(relative(table, "folder"))
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
