"""`name=value` on the command line."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from tarry.cli.failures import near
from tarry.contract.lists import write_list
from tarry.contract.ports import STORED, Port, PortType

Command = TypeVar("Command", bound=Callable[..., Any])

VALUES_HELP = (
    "Values are given as name=value; a file as name=@path, a folder as name=@path/, a list as "
    "name=value once for each item. A secret is asked for, or read from a file: name=@path."
)


class Given(dict[str, str]):
    """What stands on a command line, by name; of a list the last value, with all of them beside.

    Attributes:
        every: all values of each name, in their order.
    """

    def __init__(self, words: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__()
        self.every: dict[str, list[str]] = {}
        for name, value in words:
            self[name] = value
            self.every.setdefault(name, []).append(value)


def values_argument(command: Command) -> Command:
    """Add the arguments `name=value …`; the command gets them as a mapping called `values`."""
    decorate = click.argument("values", metavar="[NAME=VALUE]…", nargs=-1, callback=_as_mapping)
    return decorate(command)


def _as_mapping(ctx: click.Context, param: click.Parameter, words: Sequence[str]) -> Given:
    del ctx, param
    return as_mapping(words)


def as_mapping(words: Iterable[str]) -> Given:
    """Split each word at its first `=`."""
    return Given(_split(word) for word in words)


def _split(word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals or not name.strip():
        raise click.UsageError(f"{word!r} is not of the form name=value")
    return name.strip(), value


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


def lexical(given: Given, ports: Sequence[Port]) -> dict[str, str]:
    """Check the names, and give the values in their lexical form.

    A name that is given several times is a list, or an error: never a silent choice.
    """
    hold_names(given, ports)
    found: dict[str, str] = {}
    for port in ports:
        values = given.every.get(port.name)
        if values is None:
            continue
        if len(values) > 1 and not port.many:
            raise click.UsageError(f"{port.name} is given twice, and it is no list")
        if port.type is PortType.SECRET:
            values = [_secret(port, value) for value in values]
        found[port.name] = write_list(values) if port.many else values[0]
    return found


def _secret(port: Port, value: str) -> str:
    if not value.startswith("@"):
        raise click.UsageError(
            f"{port.name} is a secret, which everybody on this machine could read here: leave it "
            f"out to be asked for it, or write {port.name}=@FILE"
        )
    try:
        return Path(value[1:]).expanduser().read_text("utf-8").removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{port.name}: {value[1:]} cannot be read: {error}") from error


def ask_secrets(given: Mapping[str, str], ports: Sequence[Port]) -> dict[str, str]:
    """Ask for the secrets that have to be given and were not, if there is somebody to ask."""
    wanted = [
        port
        for port in ports
        if port.type is PortType.SECRET and port.must_be_given and port.name not in given
    ]
    if not wanted or not sys.stdin.isatty():
        return {}
    return {
        port.name: click.prompt(port.title or port.name, hide_input=True, err=True)
        for port in wanted
    }


def files_to_upload(given: Given, ports: Sequence[Port]) -> dict[str, list[Path | str]]:
    """Tell which values are local files and folders: paths, and beside them storage URIs.

    They are checked before anything is sent: each must be there and of the right kind.
    """
    found: dict[str, list[Path | str]] = {}
    for port in ports:
        values = given.every.get(port.name, [])
        if port.type in STORED and values:
            found[port.name] = [_place(port, value) for value in values]
    return {
        name: places
        for name, places in found.items()
        if any(isinstance(place, Path) for place in places)
    }


def _place(port: Port, value: str) -> Path | str:
    is_folder = port.type is PortType.FOLDER
    if not value.startswith("@"):
        if "://" not in value:
            raise click.UsageError(
                f"{port.name} is a {port.type}: write {port.name}=@{value} to upload it, or give "
                f"the storage URI of a {port.type} that the platform has already"
            )
        return value
    path = Path(value[1:]).expanduser()
    if not (path.is_dir() if is_folder else path.is_file()):
        raise click.UsageError(f"{port.name}: there is no {port.type} {path}")
    if port.accept and not path.name.lower().endswith(tuple(e.lower() for e in port.accept)):
        raise click.UsageError(
            f"{port.name}: {path.name} is not of a kind that is taken: {', '.join(port.accept)}"
        )
    return path
