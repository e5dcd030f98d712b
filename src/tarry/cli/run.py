"""`tarry run`: start a run, upload its files, watch it, print what came out."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tarry.cli.arguments import (
    VALUES_HELP,
    Given,
    ask_secrets,
    files_to_upload,
    lexical,
    values_argument,
)
from tarry.cli.failures import FAILED, INTERRUPTED, Failure
from tarry.cli.names import SHORT
from tarry.cli.output import json_option, print_json, print_values
from tarry.cli.telling import people_to_tell, tell_options
from tarry.cli.watch import Watch, watch_for
from tarry.contract.lists import write_list
from tarry.contract.ports import STORED, Port, PortType

if TYPE_CHECKING:
    from tarry.client import Platform, Run


@click.command(epilog=VALUES_HELP)
@click.argument("workflow")
@values_argument
@click.option("--draft", is_flag=True, help="Try the version that was saved last.")
@click.option("--detach", "-d", is_flag=True, help="Start it and do not wait for it.")
@tell_options
@json_option
def run(  # noqa: PLR0917 - click gives them by name
    workflow: str,
    values: Given,
    draft: bool,
    detach: bool,
    tell: tuple[str, ...],
    tell_mail: bool,
    as_json: bool,
) -> None:
    """Run WORKFLOW and watch it; print its outputs at the end.

    Ctrl-C asks whether to leave it running, to abort it, or to go on watching. The exit code is 0
    only if the run succeeded (with --detach: if it was started).
    """
    from tarry.cli.connection import connected
    from tarry.cli.names import workflow_named

    with connected() as platform:
        found = workflow_named(platform, workflow)
        if found.published_version is None and not draft:
            hint = (
                f"tarry workflows publish {found.name}, or try it: tarry run {found.name} --draft"
            )
            raise Failure(f"{found.name} is not published.", hint=hint)
        if not draft and found.version != found.published_version:
            found = platform.workflow(found.name, found.published_version)
        inputs = _inputs(platform, values, found.inputs, quiet=as_json)
        started = platform.start_run(
            found.name,
            inputs,
            version=found.version if draft else None,
            tell=people_to_tell(tell, tell_mail),
        )
        see_through(platform, started, detach=detach, as_json=as_json)


def see_through(platform: "Platform", started: "Run", *, detach: bool, as_json: bool) -> None:
    """Watch a run and report its end, or only say that it was started."""
    if detach:
        _say_started(started, as_json)
        return
    ended = _watch(platform, started, quiet=as_json)
    _report(ended, as_json)
    if not ended.succeeded:
        sys.exit(FAILED)


def _inputs(
    platform: "Platform", given: Given, ports: tuple[Port, ...], *, quiet: bool
) -> dict[str, str]:
    """Check names and local files first, and only then ask for secrets and upload anything."""
    return changed_inputs(platform, given, ports, quiet=quiet, complete=True)


def changed_inputs(
    platform: "Platform",
    given: Given,
    ports: tuple[Port, ...],
    *,
    quiet: bool,
    complete: bool = False,
) -> dict[str, str]:
    """Read inputs as `_inputs` does; only if `complete` all that must be given have to be there."""
    inputs = lexical(given, ports)
    uploads = files_to_upload(given, ports)
    inputs |= ask_secrets(inputs, ports)
    missing = [port.name for port in ports if port.must_be_given and port.name not in inputs]
    if missing and complete:
        raise click.UsageError(
            f"{', '.join(missing)}: a value is required. "
            f"Write for example {_example(next(p for p in ports if p.name == missing[0]))}"
        )
    many = {port.name for port in ports if port.many}
    for name, places in uploads.items():
        uris = [_uploaded(platform, place, quiet=quiet) for place in places]
        inputs[name] = write_list(uris) if name in many else uris[0]
    return inputs


def _uploaded(platform: "Platform", place: Path | str, *, quiet: bool) -> str:
    if isinstance(place, str):
        return place
    if not quiet:
        click.echo(f"Uploading {place.name} …", err=True)
    return platform.upload_folder(place) if place.is_dir() else platform.upload(place).uri


def _example(port: Port) -> str:
    match port.type:
        case PortType.FOLDER:
            return f"{port.name}=@FOLDER/"
        case PortType.SECRET:
            return f"{port.name}=@FILE"
        case PortType.FILE:
            return f"{port.name}=@FILE{port.accept[0] if port.accept else ''}"
        case PortType.INTEGER | PortType.DECIMAL:
            return f"{port.name}={port.minimum if port.minimum is not None else 1}"
        case PortType.CHOICE:
            return f"{port.name}={port.choices[0] if port.choices else '…'}"
        case _:
            return f"{port.name}=…"


def _say_started(started: "Run", as_json: bool) -> None:
    if as_json:
        print_json(started.raw)
    else:
        click.echo(started.id)
        click.echo(f"Started. See it: tarry show {started.id[:SHORT]}", err=True)


def _watch(platform: "Platform", started: "Run", *, quiet: bool) -> "Run":
    """Follow a run until it is over; Ctrl-C asks what to do."""
    newest, after = started, ""
    while True:
        try:
            with watch_for(started, quiet=quiet, url=platform.url) as watch:
                for event in platform.events(
                    started.id, after=after, on_lost=partial(_say_lost, watch)
                ):
                    after = event.id or after
                    newest = event.run or newest
                    watch.tell(event)
            return newest if newest.is_over else platform.run(started.id)
        except KeyboardInterrupt:
            _ask(platform, started)


def _say_lost(watch: Watch, lost: Exception) -> None:
    watch.say(f"{lost} …")


def _ask(platform: "Platform", started: "Run") -> None:
    """Ask what Ctrl-C meant. Without anybody to ask the run is left alone."""
    short = started.id[:SHORT]
    answer = "l"
    if sys.stdin.isatty():
        try:
            answer = click.prompt(
                "\nLeave it running (l), abort it (a), or go on watching (w)?",
                type=click.Choice(["l", "a", "w"]),
                default="l",
                show_choices=False,
                err=True,
            )
        except click.Abort:
            answer = "l"
    match answer:
        case "a":
            platform.abort(started.id)
        case "w":
            return
        case _:
            click.echo(f"Run {short} goes on. See it: tarry show {short}", err=True)
            sys.exit(INTERRUPTED)


def _report(ended: "Run", as_json: bool) -> None:
    if as_json:
        print_json(ended.raw)
        return
    if ended.failure is not None:
        click.echo(f"{click.style(ended.state + ':', fg='red')} {ended.failure.message}", err=True)
    elif not ended.succeeded:
        click.echo(f"Run {ended.id[:SHORT]} is {ended.state}.", err=True)
    if any(port.type in STORED for port in ended.output_ports) and ended.outputs:
        click.echo(f"Download a file: tarry get {ended.id[:SHORT]} NAME", err=True)
    print_values(ended.outputs, {port.name for port in ended.output_ports if port.many})
