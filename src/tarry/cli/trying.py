"""`tarry services try`: run a service on its own."""

import click

from tarry.cli.arguments import VALUES_HELP, Given, values_argument
from tarry.cli.output import json_option
from tarry.cli.run import changed_inputs, see_through
from tarry.cli.telling import people_to_tell, tell_options


@click.command("try", epilog=VALUES_HELP)
@click.argument("name")
@values_argument
@click.option("--detach", "-d", is_flag=True, help="Start it and do not wait for it.")
@tell_options
@json_option
def try_service(  # noqa: PLR0917 - click gives them by name
    name: str,
    values: Given,
    detach: bool,
    tell: tuple[str, ...],
    tell_mail: bool,
    as_json: bool,
) -> None:
    """Run the service NAME on its own and watch it; print its outputs at the end.

    The run is kept like any other, and says that it was a trial.
    """
    from tarry.cli.connection import connected
    from tarry.cli.names import service_named

    with connected() as platform:
        found = service_named(platform, name)
        inputs = changed_inputs(platform, values, found.inputs, quiet=as_json, complete=True)
        tell_to = people_to_tell(tell, tell_mail)
        started = platform.try_service(found.name, inputs, tell=tell_to)
        see_through(platform, started, detach=detach, as_json=as_json)
