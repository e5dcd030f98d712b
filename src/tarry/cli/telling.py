"""Options on who is told about a run."""

from collections.abc import Callable, Sequence
from typing import Any

import click


def tell_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--tell` and `--tell-mail`."""
    hook = click.option(
        "--tell",
        multiple=True,
        metavar="URL",
        help="POST to this address when the run has ended or waits for somebody; several times.",
    )
    mail = click.option("--tell-mail", is_flag=True, help="Send a mail to your own address then.")
    return hook(mail(command))


def people_to_tell(tell: Sequence[str], tell_mail: bool) -> list[str]:
    """Give who is told, as the client wants it."""
    return [*tell, *(["mail"] if tell_mail else [])]
