"""`tarry try`: the author's loop. Save the program file, and what was changed is served."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tarry.app import running
from tarry.app.announcing import announce, farewell, shown_path, tarry_command
from tarry.app.first_user import FirstUser, ensure_first_user
from tarry.app.listening import choose_tcp_port
from tarry.app.platform import Platform
from tarry.app.services import ServiceProcess
from tarry.app.settings import DEFAULT_TCP_PORT, Settings
from tarry.app.up import PROJECT, USER, offer
from tarry.contract.errors import TarryError

LOOK_EVERY = timedelta(seconds=0.5)
TCP_PORTS = range(8180, 8280)
FOLDER = "tarry-try"
WATCHED = (".toml", ".py", ".html", ".j2")
"""Endings of the files beside the program file whose change is served at once; and `env`."""


def settings_for(settings: Settings, program: Path) -> Settings:
    """Keep a trial apart from the platform that people use: another folder, another TCP port."""
    tcp_port = settings.tcp_port
    if tcp_port == DEFAULT_TCP_PORT:
        tcp_port = choose_tcp_port("127.0.0.1", TCP_PORTS)
    data = settings.data.parent / FOLDER / program.stem
    return replace(settings, data=data, tcp_port=tcp_port)


async def try_out(settings: Settings, program: Path) -> None:
    """Run a platform with one program file, and serve it anew whenever it is saved.

    Raises:
        TarryError: the program file cannot be read, or the platform cannot start.
    """
    console = Console()

    async def ready(platform: Platform, services: ServiceProcess | None) -> None:
        first = await ensure_first_user(
            platform.accounts, platform.passwords, platform.folder, user=USER, project=PROJECT
        )
        if services is None:
            return
        await services.wait_until_up()
        tries = await offer(platform, services, first.caller)
        announce(console, settings, first, share=False, tries=tries)
        console.print(Text(f"Save {shown_path(program)}, and it is served as it is then."))
        await _follow(program, lambda: _serve_anew(console, platform, services, first))

    left = await running.run(settings, programs=(program,), ready=ready, log_to_files=True)
    farewell(console, left, f"{tarry_command()} try {shown_path(program)}")


async def _follow(program: Path, on_change: Callable[[], Awaitable[None]]) -> None:
    """Look at the files beside a program file, and tell of each change."""
    seen = fingerprint(program)
    while True:
        await asyncio.sleep(LOOK_EVERY.total_seconds())
        found = fingerprint(program)
        if found == seen:
            continue
        seen = found
        await on_change()


def fingerprint(program: Path) -> tuple[tuple[str, int, int], ...]:
    """Give what differs when one of the files beside a program file was saved."""
    found = []
    for file in sorted(program.parent.iterdir()):
        if file.name != "env" and file.suffix not in WATCHED:
            continue
        try:
            status = file.stat()
        except FileNotFoundError:
            continue  # an editor that writes a new file in its place
        found.append((file.name, status.st_mtime_ns, status.st_size))
    return tuple(found)


async def _serve_anew(
    console: Console, platform: Platform, services: ServiceProcess, first: FirstUser
) -> None:
    try:
        services.programs()  # what is wrong is said before anything is stopped
        await services.renew()
        await offer(platform, services, first.caller)
    except TarryError as error:
        console.print(Text(str(error), style="red"))
        console.print("The service goes on as it was; save again when it is mended.")
    else:
        console.print(Text("Saved, and served as it is now.", style="green"))
