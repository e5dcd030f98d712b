"""Results: download a file, or print a value."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tarry.cli.failures import Failure, no_such
from tarry.cli.names import SHORT
from tarry.cli.output import json_option, print_json
from tarry.cli.runs import RUN_HELP

if TYPE_CHECKING:
    from tarry.client import Platform


@click.command(epilog=RUN_HELP)
@click.argument("run")
@click.argument("output")
@click.option(
    "--to", "-o", type=click.Path(path_type=Path), help="File or folder to write; by default here."
)
@json_option
def get(run: str, output: str, to: Path | None, as_json: bool) -> None:
    """Get the OUTPUT of the run RUN: files and folders are downloaded, other values printed."""
    from tarry.cli.connection import connected
    from tarry.cli.names import run_named
    from tarry.contract.ports import STORED, Port, items

    with connected() as platform:
        found = run_named(platform, run)
        value = found.outputs.get(output)
        if value is None:
            known = [port.name for port in found.output_ports] or list(found.outputs)
            if output in known:
                raise Failure(
                    f"Run {found.id[:SHORT]} has no {output} (it is {found.state})",
                    hint=f"'tarry show {found.id[:SHORT]}' tells more.",
                )
            raise no_such("output", output, known)
        ports = {port.name: port for port in found.output_ports}
        port = ports.get(output, Port(name=output))
        if port.type not in STORED and not value.startswith("local://"):
            _give_value(output, value, to, as_json)
            return
        places = [(uri, _download(platform, uri, to or Path())) for uri in items(port, value)]
    for uri, place in places:
        if as_json:
            print_json({"output": output, "uri": uri, "file": str(place)})
        else:
            click.echo(f"{place} ({_size(_bytes_of(place))})")


def _download(platform: "Platform", uri: str, to: Path) -> Path:
    return platform.download_folder(uri, to) if uri.endswith("/") else platform.download(uri, to)


def _bytes_of(place: Path) -> int:
    files = place.rglob("*") if place.is_dir() else [place]
    return sum(file.stat().st_size for file in files if file.is_file())


def _give_value(output: str, value: str, to: Path | None, as_json: bool) -> None:
    if to is not None:
        (to / f"{output}.txt" if to.is_dir() else to).write_text(value, encoding="utf-8")
    elif as_json:
        print_json({"output": output, "value": value})
    else:
        click.echo(value)


def _size(size: int) -> str:
    amount, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
