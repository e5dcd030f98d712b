"""Services of a platform."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tarry.cli.corrections import read_corrections
from tarry.cli.failures import TarryGroup
from tarry.cli.findings import print_breaks, print_changes, print_ports
from tarry.cli.output import json_option, print_json, print_table, when
from tarry.contract.kinds import Kind

if TYPE_CHECKING:
    from tarry.client import Platform, Service

Command = TypeVar("Command", bound=Callable[..., Any])

KINDS = [kind.value for kind in Kind]


def said_options(command: Command) -> Command:
    """Add the options that say something of a service."""
    for option in reversed(
        (
            click.option("--title", help="What people read."),
            click.option("--description", help="What it does."),
            click.option("--category", help="Where people look for it."),
            click.option("--company", help="Who offers it."),
            click.option("--kind", type=click.Choice(KINDS), help="How it is called."),
            click.option("--uri", help="Its name in workflow documents."),
            click.option(
                "--repeatable/--not-repeatable",
                default=None,
                help="Whether starting it twice does no harm (else as the WSDL says, else not).",
            ),
            click.option(
                "--most-runs",
                type=click.IntRange(min=0),
                help="So many runs may go on at once, the others wait (0: any number).",
            ),
            click.option(
                "--correct",
                "corrections",
                multiple=True,
                metavar="PORT.FIELD=VALUE",
                help="What a port really is, such as part.type=file or size.unit=mm (repeat it).",
            ),
        )
    ):
        command = option(command)
    return command


@click.command()
@click.argument("wsdl")
@click.argument("operation")
@said_options
@click.option("--shared", is_flag=True, help="Let every project see it.")
@json_option
def register(
    wsdl: str, operation: str, corrections: tuple[str, ...], as_json: bool, **said: Any
) -> None:
    """Register OPERATION of the service whose WSDL is at the address WSDL.

    The platform reads the WSDL, checks the contract and keeps the ports and their types.
    """
    from tarry.cli.connection import connected

    with connected() as platform:
        if corrections:
            said["corrections"] = _corrections_for(platform, wsdl, operation, corrections)
        service = platform.register_service(wsdl, operation, **said)
    if as_json:
        print_json(service.raw)
        return
    click.echo(f"Registered {service.name} ({service.kind}), version {service.version}")
    _print_facts(service)
    _print_outcome(service, applied=True)


@click.group(cls=TarryGroup, invoke_without_command=True)
@click.option("--search", default="", help="Words that all have to be there.")
@click.option("--category", default="", help="Only these.")
@json_option
@click.pass_context
def services(context: click.Context, search: str, category: str, as_json: bool) -> None:
    """List the registered services; look after them."""
    if context.invoked_subcommand is None:
        _list(search, category, as_json=as_json)


@services.command("list")
@click.option("--search", default="", help="Words that all have to be there.")
@click.option("--category", default="", help="Only these.")
@json_option
def list_(search: str, category: str, as_json: bool) -> None:
    """List the registered services."""
    _list(search, category, as_json=as_json)


@services.command()
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show the service NAME: what it takes and gives, and how it is doing."""
    from tarry.cli.connection import connected
    from tarry.cli.names import service_named

    with connected() as platform:
        service = service_named(platform, name)
    if as_json:
        print_json(service.raw)
        return
    click.echo(f"{service.name}  {service.title}".rstrip())
    if service.description:
        click.echo(f"  {service.description}")
    click.echo(f"  {service.kind}, version {service.version}")
    _print_facts(service)
    if health := service.health:
        seen = f", last seen {when(health.seen_at)}" if health.seen_at else ""
        click.echo(f"  health: {health.state}{seen}")
        for line in (health.reason, *health.changes):
            if line:
                click.echo(f"    {line}")


@services.command()
@click.argument("wsdl")
@json_option
def inspect(wsdl: str, as_json: bool) -> None:
    """Look at the WSDL at the address WSDL: what could be registered of it."""
    from tarry.cli.connection import connected

    with connected() as platform:
        found = platform.inspect(wsdl)
    if as_json:
        print_json(found.raw)
        return
    for one in found.operations:
        known = f", registered as {one.registered}" if one.registered else ""
        click.echo(f"{one.operation} ({one.kind}{known})")
        print_ports("inputs", one.inputs)
        print_ports("outputs", one.outputs)
        for line in one.problems:
            click.secho(f"  problem: {line}", fg="red")
        for line in one.notices:
            click.echo(f"  note: {line}")
    if not found.operations:
        click.echo("Nothing of it can be registered.", err=True)


@services.command()
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Only tell what would change, and what that breaks.")
@click.option("--yes", is_flag=True, help="Don't ask although workflows break.")
@json_option
def update(name: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Read the WSDL of the service NAME again; tell what changed and which workflows that breaks.

    Nothing is changed before that is told; runs that have begun keep the version that they have.
    """
    from tarry.cli.connection import connected
    from tarry.cli.names import service_named

    with connected() as platform:
        service = service_named(platform, name)
        told = platform.refresh_service(service.name, dry_run=True)
        if dry_run or not told.is_new:
            done = told
        else:
            _ask(told, yes=yes, quiet=as_json)
            done = platform.refresh_service(service.name)
    if as_json:
        print_json(done.raw)
    elif not told.is_new:
        click.echo(f"{told.name} is as it was registered, version {told.version}.")
    else:
        applied = not dry_run
        verb = "is now" if applied else "would become"
        click.echo(f"{done.name} {verb} version {done.version}:")
        _print_outcome(done, applied=applied)


@services.command()
@click.argument("name")
@said_options
@click.option("--wsdl", help="The address that it is read from, from now on.")
@click.option("--dry-run", is_flag=True, help="Only tell what would change, and what that breaks.")
@click.option("--force", is_flag=True, help="Change the URI although published workflows use it.")
@json_option
def edit(
    name: str,
    corrections: tuple[str, ...],
    dry_run: bool,
    force: bool,
    as_json: bool,
    **said: Any,
) -> None:
    """Say other things of the service NAME; what is left out stays."""
    from tarry.cli.connection import connected
    from tarry.cli.names import service_named

    with connected() as platform:
        service = service_named(platform, name)
        if corrections:
            said["corrections"] = _corrections_of(service, corrections)
        done = platform.edit_service(service.name, dry_run=dry_run, force=force, **said)
    if as_json:
        print_json(done.raw)
    elif not done.is_new:
        click.echo(f"{done.name} stays as it is, version {done.version}.")
    else:
        verb = "would become" if dry_run else "is now"
        click.echo(f"{done.name} {verb} version {done.version}:")
        _print_outcome(done, applied=not dry_run)


@services.command()
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Only tell what that would break.")
@click.option("--force", is_flag=True, help="Although published workflows use it.")
@json_option
def retire(name: str, dry_run: bool, force: bool, as_json: bool) -> None:
    """Let nobody use the service NAME any more; runs that have begun keep it."""
    from tarry.cli.connection import connected
    from tarry.cli.names import service_named

    with connected() as platform:
        service = service_named(platform, name)
        found = platform.retire_service(service.name, dry_run=dry_run, force=force)
    if as_json:
        print_json({"applied": found.applied, "breaks": [one.workflow for one in found.breaks]})
        return
    if found.applied:
        click.echo(f"Retired {service.name}. Registering it again brings it back.")
    else:
        click.echo(f"{service.name} would be retired.")
    print_breaks(found.breaks, found.breaks_elsewhere, applied=found.applied)


@services.command()
@click.argument("name")
@json_option
def versions(name: str, as_json: bool) -> None:
    """List every version of the service NAME, newest first."""
    from tarry.cli.connection import connected
    from tarry.cli.names import service_named

    with connected() as platform:
        found = platform.service_versions(service_named(platform, name).name)
    if as_json:
        print_json([one.raw for one in found])
        return
    rows = [(str(one.version), one.wsdl, one.title) for one in found]
    print_table(("VERSION", "WSDL", "TITLE"), rows, empty="There is none.")


def _list(search: str, category: str, *, as_json: bool) -> None:
    from tarry.cli.connection import connected

    with connected() as platform:
        found = platform.services(search, category=category)
    if as_json:
        print_json([service.raw for service in found])
        return
    print_table(
        ("NAME", "KIND", "HEALTH", "TITLE"),
        [
            (
                service.name,
                service.kind,
                service.health.state if service.health else "",
                service.title,
            )
            for service in found
        ],
        empty="No service is registered. Register one: tarry register WSDL OPERATION",
    )


def _ask(told: "Service", *, yes: bool, quiet: bool) -> None:
    """Ask before workflows break."""
    if yes or not (told.breaks or told.breaks_elsewhere):
        return
    if not quiet:
        click.echo(f"{told.name} has changed:")
        _print_outcome(told, applied=False)
    click.confirm("Update it all the same?", abort=True, err=True)


def _corrections_for(
    platform: "Platform", wsdl: str, operation: str, written: tuple[str, ...]
) -> dict[str, Any]:
    offered = platform.inspect(wsdl).operations
    found = next((one for one in offered if one.operation == operation), None)
    ports = {
        "inputs": [port.name for port in found.inputs] if found else [],
        "outputs": [port.name for port in found.outputs] if found else [],
    }
    return dict(read_corrections(written, ports))


def _corrections_of(service: "Service", written: tuple[str, ...]) -> dict[str, Any]:
    ports = {
        "inputs": [port.name for port in service.inputs],
        "outputs": [port.name for port in service.outputs],
    }
    return dict(read_corrections(written, ports))


def _print_facts(service: "Service") -> None:
    click.echo(f"  URI {service.uri}")
    click.echo(f"  WSDL {service.wsdl}")
    for what in ("category", "company"):
        if said := getattr(service, what):
            click.echo(f"  {what} {said}")
    print_ports("inputs", service.inputs)
    print_ports("outputs", service.outputs)


def _print_outcome(service: "Service", *, applied: bool) -> None:
    print_changes(service.changes)
    print_breaks(service.breaks, service.breaks_elsewhere, applied=applied)
    for notice in service.notices:
        click.echo(f"  note: {notice}")
