"""Results: download a file, or print a value."""

from pathlib import Path

import click

from tarry.cli.failures import Failure, no_such
from tarry.cli.names import SHORT
from tarry.cli.output import json_option, print_json
from tarry.cli.runs import RUN_HELP


@click.command(epilog=RUN_HELP)
@click.argument("run")
@click.argument("output")
@click.option(
    "--to", "-o", type=click.Path(path_type=Path), help="File or folder to write; by default here."
)
@json_option
def get(run: str, output: str, to: Path | None, as_json: bool) -> None:
    """Get the OUTPUT of the run RUN: a file is downloaded, any other value is printed."""
    from tarry.cli.connection import connected
    from tarry.cli.names import run_named
    from tarry.contract.ports import PortType

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
        types = {port.name: port.type for port in found.output_ports}
        if types.get(output) is not PortType.FILE and not value.startswith("local://"):
            _give_value(output, value, to, as_json)
            return
        place = platform.download(value, to or Path())
    if as_json:
        print_json({"output": output, "uri": value, "file": str(place)})
    else:
        click.echo(f"{place} ({_size(place.stat().st_size)})")


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
