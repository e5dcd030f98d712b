"""`tarry platform`: the platform alone, with the services that are registered with it."""

from rich.console import Console

from tarry.app import running
from tarry.app.announcing import announce, farewell, tarry_command
from tarry.app.first_user import ensure_first_user
from tarry.app.platform import Platform
from tarry.app.services import ServiceProcess
from tarry.app.settings import Settings
from tarry.app.up import PROJECT, USER

TRIES = ("register WSDL OPERATION", "workflows import FILE.xml --publish")


async def run_alone(settings: Settings) -> None:
    """Run a platform until a signal ends it; one that nobody can log in to gets a user."""
    console = Console()

    async def ready(platform: Platform, _: ServiceProcess | None) -> None:
        users = await platform.accounts.read(lambda store: store.users())
        if users and USER not in {user.name for user in users}:
            return  # it was made by `tarry demo`, say: there are people who can log in
        first = await ensure_first_user(
            platform.accounts, platform.passwords, platform.folder, user=USER, project=PROJECT
        )
        announce(console, settings, first, share=False, tries=TRIES)

    left = await running.run(settings, ready=ready)
    farewell(console, left, f"{tarry_command()} platform")
