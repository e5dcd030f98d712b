"""`name=value` on the command line."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from tarry.cli.failures import near
from tarry.contract.ports import Port, PortType

Command = TypeVar("Command", bound=Callable[..., Any])

VALUES_HELP = "Values are given as name=value; a file as name=@path."


def values_argument(command: Command) -> Command:
    """Add the arguments `name=value …`; the command gets them as a mapping called `values`."""
    decorate = click.argument("values", metavar="[NAME=VALUE]…", nargs=-1, callback=_as_mapping)
    return decorate(command)


def _as_mapping(ctx: click.Context, param: click.Parameter, words: Sequence[str]) -> dict[str, str]:
    del ctx, param
    return as_mapping(words)


def as_mapping(words: Iterable[str]) -> dict[str, str]:
    """Split each word at its first `=`; a name given twice is an error, not a silent choice."""
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        name = name.strip()
        if not equals or not name:
            raise click.UsageError(f"{word!r} is not of the form name=value")
        if name in found:
            raise click.UsageError(f"{name} is given twice")
        found[name] = value
    return found


def hold_names(given: Iterable[str], ports: Sequence[Port]) -> None:
    """Refuse names that no port has, and name the one that was probably meant."""
    known = [port.name for port in ports]
    for name in given:
        if name not in known:
            meant = near(name, known)
            rest = (
                f"Did you mean {meant!r}?" if meant else f"There are: {', '.join(known) or 'none'}"
            )
            raise click.UsageError(f"There is no input {name!r}. {rest}")


def files_to_upload(values: dict[str, str], ports: Sequence[Port]) -> dict[str, Path]:
    """Tell which values are local files, and check that they are there and of the right kind."""
    files: dict[str, Path] = {}
    for port in ports:
        value = values.get(port.name)
        if value is None or port.type is not PortType.FILE:
            continue
        if not value.startswith("@"):
            if "://" not in value:
                raise click.UsageError(
                    f"{port.name} is a file: write {port.name}=@{value} to upload it, or give "
                    "the storage URI of a file that the platform has already"
                )
            continue
        path = Path(value[1:]).expanduser()
        if not path.is_file():
            raise click.UsageError(f"{port.name}: there is no file {path}")
        if port.accept and not path.name.lower().endswith(tuple(e.lower() for e in port.accept)):
            raise click.UsageError(
                f"{port.name}: {path.name} is not of a kind that is taken: {', '.join(port.accept)}"
            )
        files[port.name] = path
    return files
