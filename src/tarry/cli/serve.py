"""`tarry serve`: program files become services."""

from pathlib import Path

import click

PROGRAM = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("files", metavar="PROGRAM.toml…", nargs=-1, required=True, type=PROGRAM)
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
@click.option("--public-url", metavar="URL", help="Address that the WSDLs name, behind a proxy.")
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
    public_url: str | None,
    stop_on_eof: bool,
) -> None:
    """Serve the programs that PROGRAM.toml… describe as SOAP web services.

    What no option says is taken from the environment, then from a file 'env' beside the program
    file. Session tokens are checked with the authentication manager that --auth or --platform
    names; --no-auth checks none, and serves this machine only. With none of the three, calls fault.

    Ctrl-C stops the service; programs that run go on, and are found again at the next start.
    """
