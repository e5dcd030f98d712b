"""How ports, changes, breaks and problems are printed."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tarry.client import Break, Remark
    from tarry.contract.ports import Port


def print_ports(what: str, ports: "tuple[Port, ...]") -> None:
    """Print the inputs or outputs of something, a line each."""
    click.echo(f"  {what}:" if ports else f"  {what}: none")
    for port in ports:
        unit = f" {port.unit}" if port.unit else ""
        bounds = (
            f" from {port.minimum} to {port.maximum}{unit}"
            if port.minimum is not None and port.maximum is not None
            else unit
        )
        default = f" = {port.default}" if port.default is not None else ""
        choices = f" ({', '.join(port.choices)})" if port.choices else ""
        accept = f" ({', '.join(port.accept)})" if port.accept else ""
        kind = f"list of {port.type.value}" if port.many else port.type.value
        optional = "" if port.required or port.default is not None else ", optional"
        title = f"  {port.title}" if port.title and port.title != port.name else ""
        rules = f"{choices}{accept}{bounds}{default}"
        click.echo(f"    {port.name}: {kind}{rules}{optional}{title}")


def print_changes(changes: "Iterable[Remark]") -> None:
    """Print what is different, a line each."""
    for change in changes:
        click.echo(f"  {change.message}")


def print_breaks(breaks: "Iterable[Break]", elsewhere: int, *, applied: bool) -> None:
    """Print which workflows can no longer run, and why."""
    verb = "breaks" if applied else "would break"
    for one in breaks:
        state = "published" if one.published else "draft"
        click.secho(f"  {verb} {one.workflow}, version {one.version} ({state}):", fg="red")
        print_problems(one.problems, indent=4)
    if elsewhere:
        click.secho(f"  {verb} {elsewhere} published workflows of other projects", fg="red")


def print_problems(problems: "Iterable[Remark]", *, indent: int = 2) -> None:
    """Print remarks with their places, a line each."""
    for problem in problems:
        click.echo(" " * indent + str(problem))


def print_notices(notices: "Iterable[Remark]") -> None:
    """Print what is no problem and yet worth knowing, a line each; it is news and no result."""
    for notice in notices:
        click.echo(f"  {click.style('note:', fg='yellow')} {notice}", err=True)
