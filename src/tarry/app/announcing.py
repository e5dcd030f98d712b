"""What `tarry demo` and `tarry up` say on the terminal."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tarry.app.first_user import FirstUser, password_file
from tarry.app.listening import address_for_colleagues
from tarry.app.settings import Settings


def tarry_command() -> str:
    """Give what a user types to call this very program: its path, if the name does not find it."""
    here = Path(sys.executable).parent / "tarry"
    found = shutil.which("tarry")
    if found and Path(found).resolve() == here.resolve():
        return "tarry"
    return shown_path(here)


def shown_path(path: Path) -> str:
    """Give a path as a user here would write it."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def announce(
    console: Console,
    settings: Settings,
    first: FirstUser,
    *,
    share: bool,
    tries: Sequence[str],
    notes: Sequence[str] = (),
) -> None:
    """Print address, user, password, and what to try first."""
    user = first.caller.user_name
    console.print()
    console.print(Text.assemble("Tarry is ready: ", (settings.url, "bold cyan")))
    if share:
        url = f"http://{address_for_colleagues()}:{settings.tcp_port}"
        console.print(Text.assemble("  for colleagues: ", (url, "bold cyan")))
    console.print(Text.assemble("  user:     ", (user, "bold")))
    if first.password and "JOURNAL_STREAM" in os.environ:
        console.print(f"  password: in {settings.data / password_file(user)}")  # not in a journal
    elif first.password:
        console.print(Text.assemble("  password: ", (first.password, "bold")))
    else:
        console.print("  password: the one you chose")
    for note in notes:
        console.print(Text(f"  {note}", style="yellow"))
    console.print()
    console.print("Try first, in another terminal or in the browser:")
    command = tarry_command()
    at = "" if settings.tcp_port == 8080 else f" {settings.url}"
    for line in (f"login{at} --user {user}", *tries):
        console.print(Text.assemble("  ", (f"{command} {line}", "green")), soft_wrap=True)
    console.print()
    console.print(f"Data: {settings.data}")
    console.print("Ctrl-C stops platform and services. Programs that run go on.")


def farewell(console: Console, running: int, tries_again: str) -> None:
    """Say what goes on without us."""
    console.print()
    if running:
        runs = "1 run goes on" if running == 1 else f"{running} runs go on"
        console.print(
            f"Stopped. {runs}: their programs are not ended, and are found again by "
            f"the next '{tries_again}'."
        )
    else:
        console.print(f"Stopped. Start again with '{tries_again}'.")
