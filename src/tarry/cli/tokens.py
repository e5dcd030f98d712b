"""Tokens for programs."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from tarry.cli.output import json_option, print_json, print_table, when

if TYPE_CHECKING:
    from tarry.client.people import ApiToken

SCOPES = ("read", "run", "develop", "admin", "operate")


@click.group()
def tokens() -> None:
    """Make, list and revoke tokens for your programs.

    A token speaks for you, within its scopes, in the project that you are logged in to: set it as
    TARRY_TOKEN, or send it as the header X-Auth-Token.
    """


@tokens.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    help="What it lets through (again for more): read, run, develop, admin, operate. Default: run.",
)
@click.option("--days", type=click.IntRange(min=1), help="Until when it is good; else for ever.")
@json_option
def create(name: str, scopes: Sequence[str], days: int | None, as_json: bool) -> None:
    """Make a token called NAME and print it. It is shown this once."""
    from tarry.cli.connection import connected

    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None
    with connected() as platform:
        made = platform.people.make_token(name, scopes or ("run",), expires_at=expires_at)
    if as_json:
        print_json({**made.raw, "token": made.text})
        return
    until = f"until {when(expires_at)}" if expires_at else "until it is revoked"
    click.echo(f"Token {name} for {made.project}: {', '.join(made.scopes)}, {until}.", err=True)
    click.echo("It is shown this once; keep it as you keep a password:", err=True)
    click.echo(made.text)


@tokens.command("list")
@click.option("--everyone", is_flag=True, help="Those of all whom you manage.")
@json_option
def list_(everyone: bool, as_json: bool) -> None:
    """List your tokens."""
    from tarry.cli.connection import connected

    with connected() as platform:
        found = platform.people.tokens(everyone=everyone)
    if as_json:
        print_json([token.raw for token in found])
        return
    print_table(
        ("NAME", "ID", "USER", "PROJECT", "SCOPES", "EXPIRES", "LAST USED"),
        [_row(token) for token in found],
        empty="There is no token. Make one: tarry tokens create NAME --scope run",
    )


@tokens.command()
@click.argument("token")
@json_option
def revoke(token: str, as_json: bool) -> None:
    """Make TOKEN worthless: its name, or its id if it is somebody else's."""
    from tarry.cli.connection import connected

    with connected() as platform:
        platform.people.revoke_token(token)
    if as_json:
        print_json({"revoked": token})
    else:
        click.echo(f"Token {token} is revoked.")


def _row(token: "ApiToken") -> tuple[str, ...]:
    expires = when(token.expires_at) or "never"
    used = when(token.last_used_at) or "never"
    return (
        token.name,
        token.id,
        token.user,
        token.project,
        ",".join(token.scopes),
        expires,
        used,
    )
