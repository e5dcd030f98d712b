"""Ports: what goes in, and the rules that values are held against."""

import re

from tarry.contract.errors import TarryError
from tarry.contract.kinds import FILLED_IN, STATUS
from tarry.contract.ports import NUMBERS, Port, PortType, check
from tarry.contract.units import is_unit
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
    many = table.truth("many")
    port = Port(
        name=name,
        type=PortType(text),
        many=many,
        title=table.text("title", ""),
        description=table.text("description", ""),
        default=table.lexical_list("default") if many else table.lexical("default"),
        required=table.truth("required", default=True),
        minimum=table.number("minimum"),
        maximum=table.number("maximum"),
        step=table.number("step"),
        unit=table.text("unit", ""),
        choices=table.texts("choices"),
        pattern=table.expression("pattern").pattern if table.has("pattern") else "",
        accept=table.texts("accept"),
        advanced=table.truth("advanced"),
    )
    _check_kind(port, table)
    _check_rules(port, table)
    return port


def _check_kind(port: Port, table: Table) -> None:
    """Refuse keys that mean nothing for the type."""
    for key in ("minimum", "maximum", "step", "unit"):
        if table.has(key) and port.type not in NUMBERS:
            table.fail(key, "is for numbers only")
    if (port.type is PortType.CHOICE) != bool(port.choices):
        table.fail(
            "choices" if port.choices else "type",
            "a port of type choice has 'choices', a list of texts, and no other port has them",
        )
    if table.has("accept") and port.type is not PortType.FILE:
        table.fail("accept", "is for files only")
    if port.type is PortType.SECRET:
        if port.many:
            table.fail("many", "a secret is one value; have a port for each")
        if port.default is not None:
            table.fail("default", "a secret has none: everybody could read it here")


def _check_rules(port: Port, table: Table) -> None:
    if port.minimum is not None and port.maximum is not None and port.minimum > port.maximum:
        table.fail("minimum", "is above the maximum")
    if port.step is not None and port.step <= 0:
        table.fail("step", "must be above 0")
    if port.unit and not is_unit(port.unit):
        table.fail("unit", f"{port.unit!r} is no unit that is known, such as 'mm' or 'N/mm^2'")
    for ending in port.accept:
        if not re.fullmatch(r"\.[A-Za-z0-9._-]+", ending):
            table.fail("accept", f"holds {ending!r}, which is no ending such as '.step'")
    if port.default is not None:
        try:
            check([port], {port.name: port.default})
        except TarryError as error:
            table.fail("default", f"does not fit the port itself: {error}")
