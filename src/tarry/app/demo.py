"""The demo: a platform with a user, services and workflows, ready to be tried."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from tarry.app import running
from tarry.app.announcing import announce, farewell, tarry_command
from tarry.app.examples import command_for, examples_folder
from tarry.app.first_user import ensure_first_user
from tarry.app.platform import Platform
from tarry.app.registering import offered, publish, register
from tarry.app.services import ServiceProcess, search_path
from tarry.app.settings import Settings
from tarry.platform.catalogue.operations import show_workflow

USER = "demo"
PROJECT = "demo"
TRIED_FOR_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """A workflow that the demo shows, and the program files that serve it.

    Attributes:
        needs: a program that must be there; empty for none.
        package: what brings that program.
    """

    workflow: str
    programs: tuple[str, ...]
    needs: str = ""
    package: str = ""


EXHIBITS = (
    Exhibit(workflow="Demo_Waiter.xml", programs=("waiter/waiter.toml",)),
    Exhibit(workflow="Demo_Dialog.xml", programs=("waiter/waiter.toml", "dialog/dialog.toml")),
    Exhibit(workflow="Demo_Calculator.xml", programs=("calculator/calculator.toml",)),
    Exhibit(
        workflow="Demo_Mesh.xml",
        programs=("mesher/mesher.toml", "mesh_quality/mesh_quality.toml"),
        needs="gmsh",
        package="gmsh",
    ),
)


async def run_demo(settings: Settings, *, share: bool) -> None:
    """Run the demo until a signal ends it."""
    console = Console()
    folder = examples_folder()
    shown = [exhibit for exhibit in EXHIBITS if _can_run(exhibit)]
    notes = [
        f"{Path(exhibit.workflow).stem} is left out: {exhibit.needs} does not run here. Install "
        f"the package {exhibit.package} (Debian and Ubuntu: sudo apt install {exhibit.package})."
        for exhibit in EXHIBITS
        if exhibit not in shown
    ]

    async def ready(platform: Platform, services: ServiceProcess | None) -> None:
        first = await ensure_first_user(
            platform.accounts, platform.passwords, platform.folder, user=USER, project=PROJECT
        )
        if services is not None:
            await services.wait_until_up()
            for service in offered(services):
                await register(platform, first.caller, service)
        documents = [folder / "workflows" / exhibit.workflow for exhibit in shown]
        names = await publish(platform, first.caller, [file.read_bytes() for file in documents])
        entries = [await show_workflow(platform.catalogue, first.caller, name) for name in names]
        tries = [command_for(entry.name, entry.inputs, folder) for entry in entries]
        announce(console, settings, first, share=share, tries=tries, notes=notes)

    console.print("Starting Tarry …")
    programs = dict.fromkeys(program for exhibit in shown for program in exhibit.programs)
    left = await running.run(
        settings,
        programs=[folder / program for program in programs],
        ready=ready,
        log_to_files=True,
    )
    by_make = "MAKELEVEL" in os.environ
    farewell(console, left, "make demo" if by_make else f"{tarry_command()} demo")


def _can_run(exhibit: Exhibit) -> bool:
    """Whether what it needs starts; a program from PyPI may lack the system's libraries."""
    if not exhibit.needs:
        return True
    command = shutil.which(exhibit.needs, path=search_path(os.environ))
    if command is None:
        return False
    try:
        done = subprocess.run(
            [command, "--version"], capture_output=True, timeout=TRIED_FOR_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
