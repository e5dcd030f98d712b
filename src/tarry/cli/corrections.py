"""What the command line says of the ports of foreign services: `part.type=file`."""

from collections.abc import Iterable, Mapping

import click

FIELDS = ("type", "title", "description", "unit", "default", "accept")
_SIDES = ("inputs", "outputs")


def read_corrections(
    written: Iterable[str], ports: Mapping[str, Iterable[str]]
) -> dict[str, dict[str, str | list[str]]]:
    """Read corrections as they are typed.

    Args:
        written: `PORT.FIELD=VALUE`, with `inputs/` or `outputs/` before a port that both have;
            `PORT=` takes back what was said of a port.
        ports: the names of the inputs and of the outputs.

    Raises:
        click.UsageError: one cannot be understood.
    """
    found: dict[str, dict[str, str | list[str]]] = {}
    for text in written:
        left, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(f"{text!r}: write PORT.FIELD=VALUE, such as part.type=file")
        port, dot, field = left.rpartition(".")
        if not dot and not value:
            found[_place(left, ports)] = {}
            continue
        if field not in FIELDS or not port:
            known = ", ".join(FIELDS)
            raise click.UsageError(f"{text!r}: what is said of a port is one of: {known}")
        said = found.setdefault(_place(port, ports), {})
        said[field] = value.split(",") if field == "accept" else value
    return found


def _place(port: str, ports: Mapping[str, Iterable[str]]) -> str:
    if port.partition("/")[0] in _SIDES:
        return port
    sides = [side for side in _SIDES if port in ports.get(side, ())]
    if len(sides) == 1:
        return f"{sides[0]}/{port}"
    if sides:
        raise click.UsageError(f"{port} is an input and an output: write inputs/{port} or so")
    known = ", ".join(name for side in _SIDES for name in ports.get(side, ()))
    raise click.UsageError(f"There is no port {port}. There are: {known or 'none'}")
