"""The command and the environment of a program."""

import re

from tarry.contract.ports import Port
from tarry.service.model import command as commands
from tarry.service.model.command import Argument
from tarry.service.model.table import Table

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def read_command(table: Table, inputs: tuple[Port, ...]) -> tuple[Argument, ...]:
    """Read the command, and hold it against the inputs that it names."""
    if table.truth("shell"):
        return _read_shell(table)
    if isinstance(table.take("command"), str):
        table.fail(
            "command",
            "must be a list of texts, one an argument; a line of shell needs shell = true",
        )
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


def _read_shell(table: Table) -> tuple[Argument, ...]:
    """Read a line of shell. Nothing is filled in: values come in by the environment only."""
    if not isinstance(table.take("command"), str):
        table.fail("command", "must be a text, as shell = true")
    text = table.text("command")
    if "\0" in text or not text.strip():
        table.fail("command", "must be a line of shell, without zero bytes")
    return tuple(Argument((piece,)) for piece in ("/bin/sh", "-c", text))


def read_environment(table: Table) -> dict[str, Argument]:
    """Read the variables that the program gets besides."""
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
