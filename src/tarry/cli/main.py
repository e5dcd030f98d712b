"""The command `tarry`.

Importing the modules of the commands costs little: what a command needs it imports when it runs, so
that the base install works without the extra and `tarry --help` answers at once.
"""

import click

from tarry.cli.account import login, logout, password
from tarry.cli.admin import admin
from tarry.cli.again import again, resume
from tarry.cli.call import call
from tarry.cli.check import check
from tarry.cli.failures import TarryGroup
from tarry.cli.files import get
from tarry.cli.follow import follow
from tarry.cli.host import demo, platform, try_, up
from tarry.cli.install import install_service
from tarry.cli.new import new
from tarry.cli.run import run
from tarry.cli.runs import abort, decide, runs, show, tell, where
from tarry.cli.schema import schema
from tarry.cli.serve import serve
from tarry.cli.services import register, services
from tarry.cli.tokens import tokens
from tarry.cli.trying import try_service
from tarry.cli.workflows import workflows


@click.group(cls=TarryGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tarry", prog_name="tarry")
def tarry() -> None:
    """Programs worth waiting for.

    Turn a program, unchanged, into an asynchronous web service (serve, call, follow); run a
    platform on this machine (up, demo); run and watch workflows on any platform (login, run, runs).
    """


for command in (
    *(new, try_, serve, call, follow, check, schema),
    *(up, demo, platform, install_service),
    *(login, logout, password, tokens, admin, services, register, workflows),
    *(run, runs, show, abort, resume, again, decide, tell, get, where),
):
    tarry.add_command(command)
services.add_command(try_service)


def main() -> None:
    """Run the command line."""
    tarry(prog_name="tarry")
