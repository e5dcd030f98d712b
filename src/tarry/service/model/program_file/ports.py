"""Ports: what goes in, and the rules that values are held against."""

import re

from tarry.contract.errors import TarryError
from tarry.contract.kinds import FILLED_IN, STATUS
from tarry.contract.ports import NUMBERS, Port, PortType, check
from tarry.service.model import command as commands
from tarry.service.model.program_file.words import NAME
from tarry.service.model.table import Table


def read_inputs(table: Table) -> tuple[Port, ...]:
    """Read the inputs in their order."""
    ports: list[Port] = []
    for name, entry in table.tables():
        if name in commands.RESERVED:
            entry.fail(None, f"is a name that placeholders keep for themselves: {{{name}}}")
        ports.append(read_port(name, entry))
        entry.done()
    return tuple(ports)


def read_port(name: str, table: Table) -> Port:
    """Read what inputs and outputs have in common."""
    if not NAME.fullmatch(name):
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
        if table.has(key) and port.type not in NUMBERS:
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
