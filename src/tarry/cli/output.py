"""What commands print: values, tables and JSON. Results go to standard output, news do not."""

import json
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

STATES = {
    "succeeded": "green",
    "failed": "red",
    "failing": "red",
    "aborted": "yellow",
    "aborting": "yellow",
    "undecided": "magenta",
    "unknown": "magenta",
    "running": "cyan",
    "starting": "cyan",
    "waiting": "bright_black",
    "changed": "yellow",
    "away": "red",
    "unreadable": "red",
}
"""The colour of each state; its word says the same to those who see no colours."""


def json_option(command: Command) -> Command:
    """Add `--json`, which every command that prints something has."""
    decorate = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
    return decorate(command)


def print_json(data: object) -> None:
    """Print data as JSON."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=_plain))


def print_values(values: Mapping[str, object], lists: Container[str] = ()) -> None:
    """Print values as the tutorial's test client does; what stands after the ` = ` is JSON.

    Args:
        values: by name; texts, or what else JSON knows.
        lists: names of those that are lists in their lexical form, which is JSON already.
    """
    for name, value in values.items():
        if name in lists and isinstance(value, str) and value:
            click.echo(f"{name} = {value}")
        else:
            click.echo(f"{name} = {json.dumps(value, ensure_ascii=False, default=_plain)}")


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str) -> None:
    """Print a table that stays readable in a narrow terminal and in a pipe."""
    kept = [[str(cell) for cell in row] for row in rows]
    if not kept:
        click.echo(empty, err=True)
        return
    widths = [max(len(row[i]) for row in [list(headings), *kept]) for i in range(len(headings))]

    def line(cells: Sequence[str]) -> str:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        return "  ".join(padded).rstrip()

    click.echo(click.style(line(headings), bold=True))
    for row in kept:
        shown = line(row)
        for cell in row:
            if colour := STATES.get(cell):
                shown = shown.replace(cell, click.style(cell, fg=colour), 1)
        click.echo(shown)


def when(instant: datetime | None) -> str:
    """Show an instant in the reader's own time zone."""
    return instant.astimezone().strftime("%Y-%m-%d %H:%M:%S") if instant else ""


def duration(started: datetime | None, ended: datetime | None) -> str:
    """Show how long something took, or has taken so far."""
    if started is None:
        return ""
    seconds = int(((ended or datetime.now(started.tzinfo)) - started).total_seconds())
    minutes, seconds = divmod(max(seconds, 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)
