"""`tarry call`: the test client. It prints what the tutorial's transcripts print."""

import asyncio
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from tarry.cli.arguments import Given, ask_secrets, lexical, values_argument
from tarry.cli.failures import no_such
from tarry.cli.output import json_option, print_json, print_values
from tarry.contract.kinds import (
    COMPANIONS,
    EXTRA_PARAMETERS,
    SERVICE_ID,
    SESSION_TOKEN,
)

if TYPE_CHECKING:
    from tarry.soap.client import SoapClient
    from tarry.soap.plan import RemoteOperation
    from tarry.soap.wsdl import RemoteService

TIMEOUT_SECONDS = 60.0


@click.command()
@click.argument("wsdl")
@click.argument("operation")
@values_argument
@click.option(
    "--timeout",
    type=click.FloatRange(0.1),
    default=TIMEOUT_SECONDS,
    show_default=True,
    help="Seconds to wait for the answer.",
)
@json_option
def call(
    wsdl: str,
    operation: str,
    values: Given,
    timeout: float,
    as_json: bool,
) -> None:
    """Call OPERATION of the service at the address WSDL and print its outputs.

    Values are given as name=value. A start operation gets a serviceID that is made up (and shown)
    unless you give one; give the same to getServiceStatus.
    """
    outputs = asyncio.run(_call(wsdl, operation, values, timeout, quiet=as_json))
    if as_json:
        print_json(outputs)
    else:
        print_values(outputs)


async def _call(
    wsdl: str, operation: str, given: Given, seconds: float, *, quiet: bool
) -> Mapping[str, object]:
    from datetime import timedelta

    from tarry.soap.layout import from_text

    client = open_client(seconds)
    try:
        if not quiet:
            click.echo(f"wsdl URL is {wsdl}")
        service = await client.read_wsdl(wsdl)
        called = operation_named(service, operation)
        arguments = fill_in(called, given, quiet=quiet)
        if not quiet:
            click.echo(f"Calling {operation}:", err=True)
        values = {
            element.name: from_text(element, arguments[element.name])
            for element in called.inputs
            if element.name in arguments
        }
        answer = await client.call(called, values, timeout=timedelta(seconds=seconds))
    finally:
        await client.close()
    return answer.outputs


def open_client(seconds: float) -> "SoapClient":
    """Make a client that calls any address: the user has typed it."""
    from datetime import timedelta

    from tarry.soap.addresses import AllowedAddresses
    from tarry.soap.client import SoapClient

    return SoapClient(AllowedAddresses.parse(("any",)), timeout=timedelta(seconds=seconds))


def operation_named(service: "RemoteService", name: str) -> "RemoteOperation":
    """Find an operation, or say which one was probably meant."""
    found = service.operations.get(name)
    if found is None:
        raise no_such("operation", name, service.operations)
    return found


def fill_in(operation: "RemoteOperation", given: Given, *, quiet: bool) -> dict[str, str]:
    """Give the values in lexical form, with what the workflow manager would fill in."""
    ports = [element.port for element in operation.inputs]
    names = {port.name for port in ports}
    arguments = lexical(given, ports)
    arguments |= ask_secrets(arguments, ports)
    if SERVICE_ID in names and SERVICE_ID not in arguments:
        if operation.name in COMPANIONS:
            raise click.UsageError(
                f"{operation.name} needs the id that the start operation was given: "
                f"write {SERVICE_ID}=…"
            )
        arguments[SERVICE_ID] = f"call-{secrets.token_hex(6)}"
        if not quiet:
            click.echo(f"{SERVICE_ID} is {arguments[SERVICE_ID]} (made up)", err=True)
    if SESSION_TOKEN in names:
        arguments.setdefault(SESSION_TOKEN, "none")
    if EXTRA_PARAMETERS in names:
        arguments.setdefault(EXTRA_PARAMETERS, "")
    return arguments
