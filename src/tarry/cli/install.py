"""`tarry install-service`: come back after a reboot."""

import os
from pathlib import Path

import click

from tarry.cli.failures import Failure
from tarry.cli.host import PROGRAM, settings_options


@click.command()
@click.argument("programs", metavar="[PROGRAM.toml]…", nargs=-1, type=PROGRAM)
@click.option("--demo", "with_demo", is_flag=True, help="Start the demo.")
@click.option("--share", is_flag=True, help="Serve other machines too (demo and programs).")
@click.option("--system", is_flag=True, help="For the whole system (needs root), not one user.")
@click.option("--print", "only_print", is_flag=True, help="Print the unit; write nothing.")
@settings_options
def install_service(  # noqa: PLR0917 - click gives them by name
    programs: tuple[Path, ...],
    with_demo: bool,
    share: bool,
    system: bool,
    only_print: bool,
    port: int | None,
    data: Path | None,
    settings_file: Path | None,
) -> None:
    """Write a systemd unit, so that the platform comes back after a reboot.

    With PROGRAM.toml… it does what 'tarry up' does, with --demo what 'tarry demo' does, else what
    'tarry platform' does. Settings from the environment (TARRY_…) are taken over, secrets are not.
    """
    from tarry.app import systemd

    if programs and with_demo:
        raise click.UsageError("Give either programs or --demo.")
    if share and not (programs or with_demo):
        raise click.UsageError("--share goes with programs or --demo.")
    arguments = ["up", *map(str, programs)] if programs else ["demo" if with_demo else "platform"]
    arguments += ["--share"] if share else []
    arguments += ["--port", str(port)] if port else []
    arguments += ["--data", str(data.absolute())] if data else []
    arguments += ["--settings", str(settings_file.absolute())] if settings_file else []
    text = systemd.unit(
        arguments,
        user=systemd.owner() if system else None,
        environment=os.environ,
        folder=Path.home(),
    )
    left_out = [name for name, value in os.environ.items() if systemd.is_left_out(name, value)]
    if left_out:
        click.echo(
            f"Not written into the unit, as every user can read it: {', '.join(left_out)}. "
            "Put it into a settings file of mode 0600 and name that with --settings.",
            err=True,
        )
    if only_print:
        click.echo(text, nl=False)
    else:
        _install(text, for_system=system)


def _install(text: str, *, for_system: bool) -> None:
    from tarry.app import systemd

    place = systemd.place(for_system=for_system, environment=os.environ)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(
            f"{place} cannot be written: {error.strerror}",
            hint="It takes root: sudo tarry install-service --system …" if for_system else "",
        ) from error
    click.echo(f"Wrote {place}. Start it now and at every boot:")
    for step in systemd.next_steps(for_system=for_system, login=systemd.owner()):
        click.echo(f"  {step}")
