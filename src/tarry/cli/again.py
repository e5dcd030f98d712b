"""`tarry resume` and `tarry again`: runs that go on from another one, or repeat it."""

from typing import TYPE_CHECKING

import click

from tarry.cli.arguments import Given, values_argument
from tarry.cli.output import json_option
from tarry.cli.run import changed_inputs, see_through
from tarry.cli.telling import people_to_tell, tell_options

if TYPE_CHECKING:
    from tarry.client import Platform, Run

EPILOG = (
    "RUN is a run's id, the first characters of it, or 'last'. Inputs that are not named are as "
    "they were; secrets are asked for again, as they are not kept."
)


@click.command(epilog=EPILOG)
@click.argument("run")
@values_argument
@click.option("--detach", "-d", is_flag=True, help="Start it and do not wait for it.")
@tell_options
@json_option
def resume(  # noqa: PLR0917 - click gives them by name
    run: str,
    values: Given,
    detach: bool,
    tell: tuple[str, ...],
    tell_mail: bool,
    as_json: bool,
) -> None:
    """Go on where RUN, which failed or was aborted, has ended.

    A new run takes over what the steps of that one have given; where inputs that you change reach a
    step, it runs again.
    """
    from tarry.cli.connection import connected
    from tarry.cli.names import run_named

    with connected() as platform:
        before = run_named(platform, run)
        changes = _changes(platform, before, values, quiet=as_json)
        begun = platform.resume(before.id, changes, tell=people_to_tell(tell, tell_mail))
        see_through(platform, begun, detach=detach, as_json=as_json)


@click.command(epilog=EPILOG)
@click.argument("run")
@values_argument
@click.option("--detach", "-d", is_flag=True, help="Start it and do not wait for it.")
@tell_options
@json_option
def again(  # noqa: PLR0917 - click gives them by name
    run: str,
    values: Given,
    detach: bool,
    tell: tuple[str, ...],
    tell_mail: bool,
    as_json: bool,
) -> None:
    """Do all of RUN again, with the same or with changed inputs."""
    from tarry.cli.connection import connected
    from tarry.cli.names import run_named

    with connected() as platform:
        before = run_named(platform, run)
        changes = _changes(platform, before, values, quiet=as_json)
        begun = platform.rerun(before.id, changes, tell=people_to_tell(tell, tell_mail))
        see_through(platform, begun, detach=detach, as_json=as_json)


def _changes(platform: "Platform", before: "Run", values: Given, *, quiet: bool) -> dict[str, str]:
    return changed_inputs(platform, values, before.input_ports, quiet=quiet)
