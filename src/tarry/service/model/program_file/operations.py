"""An operation: what is run for a call, and with which ports."""

from tarry.contract.kinds import COMPANIONS, Kind
from tarry.service.model.program import Operation, StatusPage
from tarry.service.model.program_file.box import read_box
from tarry.service.model.program_file.command import read_command, read_environment
from tarry.service.model.program_file.dialog import check_dialog, read_dialog
from tarry.service.model.program_file.limits import read_after_restart, read_limits
from tarry.service.model.program_file.outputs import read_outputs
from tarry.service.model.program_file.page import read_page
from tarry.service.model.program_file.ports import read_inputs
from tarry.service.model.program_file.progress import read_progress
from tarry.service.model.program_file.words import NAME
from tarry.service.model.table import Table


def read_operations(table: Table, root: Table) -> tuple[Operation, ...]:
    """Read the operations, at least one."""
    operations: list[Operation] = []
    for name, entry in table.tables():
        if not NAME.fullmatch(name):
            entry.fail(None, "is no name for an operation: letters, digits and _ only")
        if name in COMPANIONS or name.endswith("Response"):
            entry.fail(None, "is a name that the contract keeps for itself")
        operations.append(_operation(name, entry))
    if not operations:
        root.fail(None, "needs at least one operation, a table such as [operations.start]")
    return tuple(operations)


def _operation(name: str, table: Table) -> Operation:
    kind = _kind(table)
    inputs = read_inputs(table.table("inputs"))
    default = Operation(name=name, kind=kind, command=())
    operation = Operation(
        name=name,
        kind=kind,
        title=table.text("title", ""),
        description=table.text("description", ""),
        command=read_command(table, inputs) if _has_command(table, kind) else (),
        environment=read_environment(table.table("environment")),
        inputs=inputs,
        outputs=read_outputs(table.table("outputs"), told=kind is Kind.APPLICATION),
        progress=read_progress(table.table("progress")) if table.has("progress") else None,
        page=StatusPage() if kind is Kind.APPLICATION else read_page(table.table("page")),
        dialog=read_dialog(table) if kind is Kind.APPLICATION else None,
        repeatable=table.truth("repeatable"),
        time_limit=table.duration("time_limit", default.time_limit),
        grace=table.duration("grace", default.grace),
        shell=table.truth("shell"),
        limits=read_limits(table.table("limits"), synchronous=kind is Kind.SYNCHRONOUS),
        after_restart=read_after_restart(table, inputs),
        box=read_box(table),
    )
    if kind is Kind.ASYNCHRONOUS and table.has("time_limit"):
        table.fail("time_limit", "is for synchronous operations only")
    if kind is Kind.APPLICATION:
        check_dialog(operation, table)
    if kind is Kind.SYNCHRONOUS:
        for key in ("progress", "page", "after_restart"):
            if table.has(key):
                table.fail(key, "is for asynchronous operations only")
    if not operation.command:
        for key in ("limits", "after_restart", "box", "shell"):
            if table.has(key):
                table.fail(key, "is for operations with a command only")
    table.done()
    _check_shared_names(operation, table)
    return operation


def _has_command(table: Table, kind: Kind) -> bool:
    """An application whose page is a file beside the program file needs no program."""
    return kind is not Kind.APPLICATION or table.has("command")


def _check_shared_names(operation: Operation, table: Table) -> None:
    """An input and an output of one name must have one type, or wsimport fails."""
    types = {port.name: (port.type, port.many) for port in operation.inputs}
    for output in operation.outputs:
        name, kind = output.port.name, (output.port.type, output.port.many)
        if types.get(name, kind) != kind:
            table.table("outputs").fail(
                name, "has the name of an input and another type; Java clients cannot be made of it"
            )


def _kind(table: Table) -> Kind:
    text = table.text("kind", Kind.ASYNCHRONOUS.value)
    if text not in set(Kind):
        table.fail("kind", f"must be one of {', '.join(Kind)}, not {text!r}")
    return Kind(text)
