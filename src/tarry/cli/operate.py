"""What operators do on the machine itself, on the data folder and the database."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tarry.cli.host import settings_of_this_machine, settings_options
from tarry.cli.output import json_option, print_json

if TYPE_CHECKING:
    from tarry.app.settings import Settings

FOLDER = click.Path(file_okay=False, path_type=Path)
COLOURS = {"ok": "green", "note": "yellow", "wrong": "red"}


@click.command()
@click.argument("target", metavar="FOLDER", type=FOLDER)
@settings_options
@json_option
def backup(
    target: Path, settings_file: Path | None, data: Path | None, port: int | None, as_json: bool
) -> None:
    """Write a back-up into FOLDER, which must not exist yet. The platform may go on meanwhile.

    Database, files, and the secrets of the platform; not what services keep for themselves.
    """
    from tarry.app.backup import back_up

    made = back_up(_settings(settings_file, data, port), target)
    if as_json:
        print_json(_told(target, made.made_at, made.database, made.revision, len(made.files)))
        return
    click.echo(f"Backed up {len(made.files)} files ({made.database}, revision {made.revision}).")
    click.echo("It holds the platform's secret: keep it where only you can read it.")


@click.command()
@click.argument("source", metavar="FOLDER", type=FOLDER)
@click.option("--verify", "only_verify", is_flag=True, help="Only check the back-up.")
@settings_options
@json_option
def restore(  # noqa: PLR0917 - click gives them by name
    source: Path,
    only_verify: bool,
    settings_file: Path | None,
    data: Path | None,
    port: int | None,
    as_json: bool,
) -> None:
    """Bring the back-up in FOLDER to the data folder (and database) of the settings.

    Both have to be empty. The back-up is checked first, and what has arrived afterwards.
    """
    from tarry.app.backup import restore as bring_back
    from tarry.app.backup import verify

    settings = _settings(settings_file, data, port)
    found = verify(source) if only_verify else bring_back(source, settings)
    if as_json:
        print_json(_told(source, found.made_at, found.database, found.revision, len(found.files)))
        return
    what = "is whole" if only_verify else f"was brought to {settings.data}"
    click.echo(f"The back-up of {found.made_at} {what}: {len(found.files)} files.")


@click.command()
@settings_options
@json_option
def migrate(settings_file: Path | None, data: Path | None, port: int | None, as_json: bool) -> None:
    """Bring the database up to date for this version. A start of the platform does it as well."""
    from tarry.app.migrating import migrate_platform

    before, now = migrate_platform(_settings(settings_file, data, port))
    if as_json:
        print_json({"before": before, "now": now})
    elif before == now:
        click.echo(f"The database is up to date (revision {now}).")
    else:
        click.echo(f"The database is at revision {now} now; it was at {before or 'none'}.")


@click.command()
@settings_options
@json_option
def doctor(settings_file: Path | None, data: Path | None, port: int | None, as_json: bool) -> None:
    """Check this machine's platform, line by line. Exit code 1 if something is wrong."""
    import asyncio

    from tarry.app.doctor import examine

    findings = asyncio.run(examine(_settings(settings_file, data, port)))
    if as_json:
        print_json([{"check": it.check, "verdict": it.verdict, "text": it.text} for it in findings])
    else:
        width = max(len(it.check) for it in findings)
        for it in findings:
            verdict = click.style(it.verdict.ljust(5), fg=COLOURS[it.verdict])
            click.echo(f"{verdict}  {it.check.ljust(width)}  {it.text}")
    if any(it.verdict == "wrong" for it in findings):
        sys.exit(1)


@click.command()
@click.argument("user")
@settings_options
@json_option
def rescue(
    user: str, settings_file: Path | None, data: Path | None, port: int | None, as_json: bool
) -> None:
    """Make USER an administrator with another password, and print it.

    For who runs the machine, when nobody can log in as an administrator any more.
    """
    import asyncio

    from tarry.app.rescue import rescue as make_administrator

    password = asyncio.run(make_administrator(_settings(settings_file, data, port), user))
    if as_json:
        print_json({"user": user, "password": password})
        return
    click.echo(f"{user} is an administrator and can log in with this password:", err=True)
    click.echo(password)


def _settings(settings_file: Path | None, data: Path | None, port: int | None) -> "Settings":
    return settings_of_this_machine(settings_file, tcp_port=port, data=data)


def _told(
    place: Path, made_at: str, database: str, revision: str, files: int
) -> dict[str, str | int]:
    return {
        "backup": str(place),
        "made_at": made_at,
        "database": database,
        "revision": revision,
        "files": files,
    }
