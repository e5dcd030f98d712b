"""How the command line says that something went wrong, and what to do about it.

Exit codes: 0 all right · 1 it failed · 2 the command was written wrongly · 130 Ctrl-C.
"""

import difflib
import sys
from collections.abc import Iterable
from typing import Any

import click

from tarry.contract.errors import TarryError

FAILED = 1
INTERRUPTED = 130

PLATFORM_MODULES = frozenset(
    {"alembic", "argon2", "fastapi", "psycopg", "pydantic", "python_multipart", "sqlalchemy"}
    | {"sse_starlette", "starlette"}
)
"""Modules that only the extra `platform` brings, its own requirements included."""


def near(name: str, known: Iterable[str]) -> str | None:
    """Find the known name that somebody probably meant, if there is one."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    close = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


def no_such(what: str, name: str, known: Iterable[str]) -> click.ClickException:
    """Say that a name does not exist, and which one may have been meant."""
    names = list(known)
    meant = near(name, names)
    if meant:
        return click.ClickException(f"There is no {what} {name!r}. Did you mean {meant!r}?")
    if not names:
        return click.ClickException(f"There is no {what} {name!r}; in fact there is none at all.")
    return click.ClickException(f"There is no {what} {name!r}. There are: {', '.join(names)}")


class TarryGroup(click.Group):
    """A group whose commands fail with a sentence instead of a trace."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for a mistyped one, name the near one."""
        name = args[0] if args else ""
        if args and not name.startswith("-") and self.get_command(ctx, name) is None:
            meant = near(name, self.list_commands(ctx))
            hint = f" Did you mean '{meant}'?" if meant else " 'tarry --help' lists the commands."
            ctx.fail(f"There is no command '{name}'.{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command and put its errors into words."""
        try:
            return super().invoke(ctx)
        except TarryError as error:
            raise Failure(_words(error), hint=_hint(error)) from error
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] not in PLATFORM_MODULES:
                raise
            raise Failure(
                f"This command needs the extra 'platform' (module {error.name} is missing)",
                hint="pip install 'tarry[platform]'",
            ) from error
        except KeyboardInterrupt:
            click.echo(err=True)
            sys.exit(INTERRUPTED)


class Failure(click.ClickException):
    """A failure in words, with what to do about it on a line of its own."""

    exit_code = FAILED

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def show(self, file: Any = None) -> None:
        """Print it to standard error."""
        click.echo(f"{click.style('Error:', fg='red')} {self.message}", file=file, err=True)
        if self.hint:
            click.echo(f"  {self.hint}", file=file, err=True)


HINTS = {
    "not-logged-in": "Log in with 'tarry login', or set TARRY_USER and TARRY_PASSWORD.",
    "address-refused": "The platform's operator can allow it: TARRY_ALLOWED_ADDRESSES.",
}
"""What to do about errors whose own words cannot know that a person at a terminal reads them."""


def _words(error: TarryError) -> str:
    """Give an error's words; of the many problems of a workflow each has a line of its own."""
    words, listed = str(error), getattr(error, "problems", ())
    if len(listed) <= 1:
        return words
    joined = "; ".join(map(str, listed))
    return "\n  ".join([words.removesuffix(joined).rstrip(), *map(str, listed)])


def _hint(error: TarryError) -> str:
    if error.code == "address-refused" and "operator" not in str(error):
        return ""  # nobody can allow it
    return HINTS.get(error.code, "")
