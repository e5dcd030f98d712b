"""`tarry up`: a platform with one's own programs, each a workflow to run."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tarry.app import running
from tarry.app.announcing import announce, farewell, shown_path, tarry_command
from tarry.app.examples import command_for
from tarry.app.first_user import ensure_first_user
from tarry.app.platform import Platform
from tarry.app.registering import Offered, offered, publish, register
from tarry.app.services import ServiceProcess
from tarry.app.settings import Settings
from tarry.platform.catalogue.model import ServiceEntry
from tarry.platform.catalogue.operations import show_workflow
from tarry.platform.kernel.model import Caller
from tarry.platform.workflows.operations import one_step, workflow_uri
from tarry.platform.workflows.xml import write

USER = "me"
PROJECT = "mine"


async def bring_up(settings: Settings, programs: Sequence[Path], *, share: bool) -> None:
    """Run a platform with programs until a signal ends it.

    Raises:
        TarryError: a program file cannot be read, or the platform cannot start.
    """
    console = Console()

    async def ready(platform: Platform, services: ServiceProcess | None) -> None:
        first = await ensure_first_user(
            platform.accounts, platform.passwords, platform.folder, user=USER, project=PROJECT
        )
        tries: list[str] = []
        if services is not None:
            await services.wait_until_up()
            tries = await offer(platform, services, first.caller)
        announce(console, settings, first, share=share, tries=tries)

    left = await running.run(settings, programs=programs, ready=ready, log_to_files=True)
    again = " ".join([tarry_command(), "up", *(shown_path(program) for program in programs)])
    farewell(console, left, again)


async def offer(platform: Platform, services: ServiceProcess, caller: Caller) -> list[str]:
    """Register what is served, and publish a one-step workflow for each; gives commands to try.

    Raises:
        TarryError: a service does not answer, or does not keep the contract.
    """
    tries: list[str] = []
    for service in offered(services):
        entry = await register(platform, caller, service)
        (name,) = await publish(platform, caller, [_workflow(service, entry)])
        workflow = await show_workflow(platform.catalogue, caller, name)
        tries.append(command_for(name, workflow.inputs, Path(service.program.here)))
    return tries


def _workflow(service: Offered, entry: ServiceEntry) -> bytes:
    """Write the one-step workflow of a service."""
    name = (
        service.program.name
        if service.alone
        else f"{service.program.name}_{service.operation.name}"
    )
    return write(one_step(workflow_uri(name), entry.interface()))
