"""Writes docs/reference/command-line.md from the commands themselves.

python tools/command_line.py            with `--print` it is only shown
"""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from tarry.cli.main import tarry

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "command-line.md"
HEAD = """# The commands

What `tarry COMMAND --help` says, on one page (written by `tools/command_line.py`). An option comes
before a variable of the environment; [settings](settings.md) lists those.

Exit codes: 0 all right · 1 it failed · 2 the command was written wrongly · 130 Ctrl-C.
"""


def page() -> str:
    """Give the whole page."""
    found = [(f"tarry {name}", command) for name, command in _commands(tarry)]
    links = " ·\n".join(
        f"[{name.removeprefix('tarry ')}](#{name.replace(' ', '-')})" for name, _ in found
    )
    return "\n".join([HEAD, links, "", *(_section(name, command) for name, command in found)])


def _commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if command.hidden:
            continue
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def _section(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name, terminal_width=120, max_content_width=120)
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    lines = [f"## {name}", "", "```", usage, "```", "", _words(command), ""]
    records = [
        record
        for parameter in command.params
        if isinstance(parameter, click.Option)
        and (record := parameter.get_help_record(context)) is not None
    ]
    if records:
        lines += ["| option | meaning |", "| --- | --- |"]
        lines += [f"| `{_cell(option)}` | {_cell(meaning)} |" for option, meaning in records]
        lines += [""]
    return "\n".join(lines)


def _words(command: click.Command) -> str:
    """Give the help of a command, each paragraph on one line."""
    text = inspect.cleandoc(command.help or "")
    paragraphs = [part for part in text.split("\n\n") if part.strip() != "\b"]
    return "\n\n".join(
        "```\n" + part.removeprefix("\b\n") + "\n```"
        if part.startswith("\b\n")
        else " ".join(part.split())
        for part in paragraphs
    )


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    if sys.argv[1:] == ["--print"]:
        sys.stdout.write(page())
    else:
        PAGE.write_text(page(), encoding="utf-8")
