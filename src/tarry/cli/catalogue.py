"""Services and workflows of a platform."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tarry.cli.output import json_option, print_json, print_table
from tarry.contract.kinds import Kind

if TYPE_CHECKING:
    from tarry.client import Workflow
    from tarry.contract.ports import Port

KINDS = [Kind.ASYNCHRONOUS.value, Kind.SYNCHRONOUS.value]


@click.command()
@click.argument("wsdl")
@click.argument("operation")
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    help="How it is called; by default the WSDL tells.",
)
@click.option("--title", help="What people read.")
@click.option("--uri", help="Its name in workflow documents; by default one is made.")
@click.option(
    "--repeatable/--not-repeatable",
    default=None,
    help="Whether starting it twice does no harm (by default as the WSDL says, else not).",
)
@json_option
def register(  # noqa: PLR0917 - click gives them by name
    wsdl: str,
    operation: str,
    kind: str | None,
    title: str | None,
    uri: str | None,
    repeatable: bool | None,
    as_json: bool,
) -> None:
    """Register OPERATION of the service whose WSDL is at the address WSDL.

    The platform reads the WSDL, checks the contract and keeps the ports and their types.
    """
    from tarry.cli.connection import connected

    with connected() as platform:
        service = platform.register_service(
            wsdl, operation, kind=kind, title=title, repeatable=repeatable, uri=uri
        )
    if as_json:
        print_json(service.raw)
        return
    click.echo(f"Registered {service.name} ({service.kind}), version {service.version}")
    click.echo(f"  URI {service.uri}")
    _print_ports("inputs", service.inputs)
    _print_ports("outputs", service.outputs)


@click.command()
@json_option
def services(as_json: bool) -> None:
    """List the registered services."""
    from tarry.cli.connection import connected

    with connected() as platform:
        found = platform.services()
    if as_json:
        print_json([service.raw for service in found])
        return
    print_table(
        ("NAME", "KIND", "TITLE"),
        [(service.name, service.kind, service.title) for service in found],
        empty="No service is registered. Register one: tarry register WSDL OPERATION",
    )


@click.group()
def workflows() -> None:
    """Import, list, show and publish workflows."""


@workflows.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--publish", is_flag=True, help="Publish it at once.")
@json_option
def import_(file: Path, publish: bool, as_json: bool) -> None:
    """Bring the workflow document FILE (XML) into the catalogue."""
    from tarry.cli.connection import connected

    with connected() as platform:
        workflow = platform.import_workflow(file.read_bytes())
        if publish:
            workflow = platform.publish(workflow.name)
    if as_json:
        print_json(workflow.raw)
    elif publish:
        click.echo(f"Imported and published {workflow.name}, version {workflow.version}.")
    else:
        click.echo(
            f"Imported {workflow.name}, version {workflow.version}. "
            f"Publish it: tarry workflows publish {workflow.name}"
        )


@workflows.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the workflows."""
    from tarry.cli.connection import connected

    with connected() as platform:
        found = platform.workflows()
    if as_json:
        print_json([workflow.raw for workflow in found])
        return
    print_table(
        ("NAME", "PUBLISHED", "INPUTS", "TITLE"),
        [
            (
                workflow.name,
                _published(workflow),
                ", ".join(port.name for port in workflow.inputs),
                workflow.title,
            )
            for workflow in found
        ],
        empty="There is no workflow. Import one: tarry workflows import FILE",
    )


@workflows.command()
@click.argument("name")
@click.option("--xml", is_flag=True, help="Print the document itself.")
@json_option
def show(name: str, xml: bool, as_json: bool) -> None:
    """Show the workflow NAME: what it takes and gives."""
    from tarry.cli.connection import connected
    from tarry.cli.names import workflow_named

    with connected() as platform:
        workflow = workflow_named(platform, name)
        document = platform.document(workflow.name) if xml else b""
    if xml:
        click.echo(document, nl=not document.endswith(b"\n"))
    elif as_json:
        print_json(workflow.raw)
    else:
        click.echo(f"{workflow.name}  {workflow.title}".rstrip())
        if workflow.description:
            click.echo(f"  {workflow.description}")
        click.echo(f"  URI {workflow.uri}")
        click.echo(f"  version {workflow.version}, published: {_published(workflow)}")
        _print_ports("inputs", workflow.inputs)
        _print_ports("outputs", workflow.outputs)


@workflows.command()
@click.argument("name")
@json_option
def publish(name: str, as_json: bool) -> None:
    """Make the newest version of the workflow NAME the one that is run."""
    from tarry.cli.connection import connected
    from tarry.cli.names import workflow_named

    with connected() as platform:
        workflow = platform.publish(workflow_named(platform, name).name)
    if as_json:
        print_json(workflow.raw)
    else:
        click.echo(f"Published {workflow.name}, {_published(workflow)}.")


def _published(workflow: "Workflow") -> str:
    version = workflow.published_version
    return "no" if version is None else f"version {version}"


def _print_ports(what: str, ports: "tuple[Port, ...]") -> None:
    click.echo(f"  {what}:" if ports else f"  {what}: none")
    for port in ports:
        unit = f" {port.unit}" if port.unit else ""
        bounds = (
            f" from {port.minimum} to {port.maximum}{unit}"
            if port.minimum is not None and port.maximum is not None
            else unit
        )
        default = f" = {port.default}" if port.default is not None else ""
        choices = f" ({', '.join(port.choices)})" if port.choices else ""
        title = f"  {port.title}" if port.title and port.title != port.name else ""
        click.echo(f"    {port.name}: {port.type.value}{choices}{bounds}{default}{title}")
