"""`tarry serve`: program files become services."""

import errno
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tarry.cli.failures import Failure

if TYPE_CHECKING:
    from tarry.service.api.settings import ServeSettings

PROGRAM = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument(
    "files", metavar="PROGRAM.toml|FUNCTIONS.py…", nargs=-1, required=True, type=PROGRAM
)
@click.option("--host", help="Address to listen on (or TARRY_HOST; 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65_535), help="TCP port (or TARRY_SERVE_PORT).")
@click.option("--context-root", help="First part of the services' paths (or CONTEXT_ROOT).")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the runs (or TARRY_SERVE_DATA).",
)
@click.option("--auth", metavar="WSDL", help="WSDL of the authentication manager (or TARRY_AUTH).")
@click.option("--no-auth", is_flag=True, help="Check no session token: local trials only.")
@click.option("--platform", metavar="URL", help="A Tarry platform: its authentication and files.")
@click.option(
    "--manager",
    metavar="WSDL",
    help="Workflow manager that applications report to (or TARRY_MANAGER; the platform's).",
)
@click.option("--public-url", metavar="URL", help="Address that the WSDLs name, behind a proxy.")
@click.option(
    "--log-format",
    type=click.Choice(["pretty", "json"]),
    help="The log for people or for machines (or TARRY_LOG_FORMAT; pretty).",
)
@click.option(
    "--access-log", is_flag=True, help="Log every call, never what is in it (or TARRY_ACCESS_LOG)."
)
@click.option("--stop-on-eof", is_flag=True, hidden=True)
def serve(  # noqa: PLR0917 - click gives them by name
    files: tuple[Path, ...],
    host: str | None,
    port: int | None,
    context_root: str | None,
    data: Path | None,
    auth: str | None,
    no_auth: bool,
    platform: str | None,
    manager: str | None,
    public_url: str | None,
    log_format: str | None,
    access_log: bool,
    stop_on_eof: bool,
) -> None:
    """Serve the programs that PROGRAM.toml… describe as SOAP web services.

    A Python module whose functions are operations is given by its file, too (FUNCTIONS.py).

    What no option says is taken from the environment, then from a file 'env' beside the program
    file. Session tokens are checked with the authentication manager that --auth or --platform
    names; --no-auth checks none, and serves this machine only. With none of the three, calls fault.

    Ctrl-C stops the service; programs that run go on, and are found again at the next start.
    """
    from tarry.app import logs
    from tarry.service.api.server import serve as serve_programs
    from tarry.service.api.settings import read_settings

    settings = read_settings(
        files,
        host=host,
        tcp_port=port,
        context_root=context_root,
        data=data,
        auth=auth,
        no_auth=no_auth,
        platform=platform,
        manager=manager,
        base_url=public_url,
        stop_on_eof=stop_on_eof,
        log_format=log_format,
        access_log=access_log,
    )
    logs.configure(log_format=settings.log_format)

    try:
        serve_programs(settings, announce=partial(_announce, settings))
    except OSError as error:
        if error.errno not in {errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES}:
            raise
        raise Failure(
            f"Cannot listen on {settings.host} port {settings.tcp_port}: {error.strerror}",
            hint="Choose another TCP port with --port.",
        ) from error


def _announce(settings: "ServeSettings", addresses: Sequence[str]) -> None:
    click.echo("Serving, each with its WSDL at:")
    for address in addresses:
        click.echo(f"  {address}")
    if settings.no_auth:
        warning = "NO AUTHENTICATION: session tokens are not checked. For local trials only."
        click.secho(warning, fg="red", bold=True, err=True)
    elif settings.auth_url is None:
        click.secho(
            "Nobody can call these services yet: start them with --auth WSDL (or --platform "
            "URL) to check session tokens, or with --no-auth for a trial on this machine.",
            fg="yellow",
            err=True,
        )
