"""Commands that run a platform on this machine."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tarry.cli.failures import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tarry.app.settings import Settings

PROGRAM = click.Path(exists=True, dir_okay=False, path_type=Path, resolve_path=True)


def settings_options(command: "Callable[..., Any]") -> "Callable[..., Any]":
    """Add the options that every command running a platform has."""
    for option in (
        click.option(
            "--settings",
            "settings_file",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Settings file (TOML; or TARRY_SETTINGS).",
        ),
        click.option(
            "--data",
            type=click.Path(file_okay=False, path_type=Path),
            help="Data folder, on a local disk (or TARRY_DATA).",
        ),
        click.option(
            "--port", type=click.IntRange(1, 65_535), help="TCP port (or TARRY_PORT; 8080)."
        ),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("programs", metavar="PROGRAM.toml…", nargs=-1, required=True, type=PROGRAM)
@click.option("--share", is_flag=True, help="Serve other machines too, and print the address.")
@settings_options
def up(
    programs: tuple[Path, ...],
    share: bool,
    port: int | None,
    data: Path | None,
    settings_file: Path | None,
) -> None:
    """Start a platform with your own programs: served, registered, each a workflow to run.

    Ctrl-C stops platform and services, with exit code 0 (a second one leaves at once, with 130);
    programs that run go on, and are found again.
    """
    from tarry.app.up import bring_up

    _run(bring_up(_settings(port, data, settings_file, share=share), programs, share=share))


@click.command("try")
@click.argument("program", metavar="FILE", type=PROGRAM)
@settings_options
def try_(program: Path, port: int | None, data: Path | None, settings_file: Path | None) -> None:
    """Try a program file while you write it: a form, a run, its page; anew on each save.

    It has a data folder and a TCP port of its own, beside the platform that you use every day.
    """
    from tarry.app.trying import settings_for, try_out

    settings = _settings(port, data, settings_file)
    _run(try_out(settings if data else settings_for(settings, program), program))


@click.command()
@click.option("--share", is_flag=True, help="Serve other machines too, and print the address.")
@settings_options
def demo(share: bool, port: int | None, data: Path | None, settings_file: Path | None) -> None:
    """Start a platform with a demo user, demo services and demo workflows.

    Ctrl-C stops platform and services, with exit code 0 (a second one leaves at once, with 130);
    programs that run go on, and are found again.
    """
    from tarry.app.demo import run_demo

    _run(run_demo(_settings(port, data, settings_file, share=share), share=share))


@click.command()
@click.option("--host", help="Address to listen on (or TARRY_HOST; only this machine).")
@settings_options
def platform(
    host: str | None, port: int | None, data: Path | None, settings_file: Path | None
) -> None:
    """Run the platform alone, with the services that are registered with it.

    At its first start it makes a user and prints the password, until that is changed.
    """
    from tarry.app.alone import run_alone

    _run(run_alone(_settings(port, data, settings_file, host=host)))


def _settings(
    port: int | None,
    data: Path | None,
    settings_file: Path | None,
    *,
    share: bool = False,
    host: str | None = None,
) -> "Settings":
    if share:
        host = "0.0.0.0"  # noqa: S104 - that is what --share says
    return settings_of_this_machine(settings_file, tcp_port=port, data=data, host=host)


def settings_of_this_machine(settings_file: Path | None, **options: object) -> "Settings":
    """Gather the settings, and warn of variables that look like one and are none."""
    from tarry.app.settings import load, mistyped

    for name, meant in mistyped(os.environ).items():
        warning = click.style("Warning:", fg="yellow")
        click.echo(f"{warning} {name} is not read. Did you mean {meant}?", err=True)
    return load(os.environ, file=settings_file, **options)


def _run(platform: "Coroutine[Any, Any, None]") -> None:
    import asyncio

    import uvloop

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(platform)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
