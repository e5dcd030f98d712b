"""Who we are: log in, log out, change the password."""

import os
import sys
from typing import Any

import click

from tarry.cli.output import json_option, print_json


@click.command()
@click.argument("url", required=False)
@click.option("--user", "-u", envvar="TARRY_USER", help="User name (or TARRY_USER).")
@click.option("--project", "-p", envvar="TARRY_PROJECT", help="Project (or TARRY_PROJECT).")
@json_option
def login(url: str | None, user: str | None, project: str | None, as_json: bool) -> None:
    """Log in to the platform at URL.

    Without URL: TARRY_URL, else the platform used last, else the one on this machine. The password
    is asked for, or taken from TARRY_PASSWORD. The token is kept so that only you can read it.
    """
    from tarry.cli.connection import Logins, kept, platform_url
    from tarry.client import Platform

    logins = Logins.of(os.environ)
    url = platform_url({"TARRY_URL": url} if url else os.environ, logins)
    known = logins.find(url)
    user = user or str(_ask("User", "TARRY_USER", default=known.user if known else None))
    password = _secret(f"Password of {user} at {url}", "TARRY_PASSWORD")
    with Platform(url) as platform:
        session = platform.log_in(user, password, project)
    logins.keep(kept(url, session))
    if as_json:
        print_json({"url": url, "user": session.user, "project": session.project})
    else:
        click.echo(f"Logged in at {url} as {session.user}, project {session.project}.")


@click.command()
@json_option
def logout(as_json: bool) -> None:
    """Log out: the token becomes worthless, here and everywhere."""
    from tarry.cli.connection import Logins, platform_url
    from tarry.client import Platform, PlatformError

    logins = Logins.of(os.environ)
    url = platform_url(os.environ, logins)
    known = logins.find(url)
    if known is not None:
        with Platform(url, known.token) as platform:
            try:
                platform.log_out()
            except PlatformError as error:
                if error.code != "not-logged-in":  # it was over already
                    raise
        logins.forget(url)
    if as_json:
        print_json({"url": url, "logged_out": known is not None})
    else:
        click.echo(f"Logged out at {url}." if known else f"You were not logged in at {url}.")


@click.command()
@json_option
def password(as_json: bool) -> None:
    """Change your password. Old and new are asked for, never given on the command line."""
    from tarry.cli.connection import connected

    with connected() as platform:
        old = _secret("Old password", "TARRY_PASSWORD")
        new = _secret("New password", "TARRY_NEW_PASSWORD", confirmation_prompt=True)
        platform.change_password(old, new)
    if as_json:
        print_json({"changed": True})
    else:
        click.echo("The password is changed.")


def _secret(what: str, variable: str, **how: Any) -> str:
    """Take a secret from the environment, or ask for it; never from the command line."""
    return os.environ.get(variable) or str(_ask(what, variable, hide_input=True, **how))


def _ask(what: str, variable: str, **how: Any) -> object:
    if not sys.stdin.isatty():
        raise click.UsageError(f"{what}: nobody is there to be asked; set {variable}")
    return click.prompt(what, err=True, **how)
