"""`tarry check`: hold a service to the contract, one's own or anybody's."""

import asyncio
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tarry.cli.arguments import values_argument
from tarry.cli.call import open_client, operation_named
from tarry.cli.failures import FAILED, Failure
from tarry.cli.output import json_option, print_json
from tarry.contract.kinds import COMPANIONS, FILLED_IN, SERVICE_ID, STATUS
from tarry.contract.ports import PortType

if TYPE_CHECKING:
    from tarry.soap.conformance import Finding
    from tarry.soap.plan import RemoteOperation
    from tarry.soap.wsdl import RemoteService

CALL_SECONDS = 60.0
SHOWN = {
    "kept": ("✓", "green"),
    "broken": ("✗", "red"),
    "doubtful": ("!", "yellow"),
    "skipped": ("-", "bright_black"),
}
"""Sign and colour of each verdict; its word stands beside them where it is not plain success."""


@click.command()
@click.argument("service", metavar="FILE|WSDL")
@values_argument
@click.option("--operation", help="Only this operation.")
@click.option("--token", default="none", help="Session token that the service takes.")
@click.option(
    "--limit",
    type=click.FloatRange(1),
    default=300.0,
    show_default=True,
    help="Seconds that one run may take.",
)
@json_option
def check(  # noqa: PLR0917 - click gives them by name
    service: str,
    values: dict[str, str],
    operation: str | None,
    token: str,
    limit: float,
    as_json: bool,
) -> None:
    """Test a service against the contract, and say what is wrong.

    Give a program file (it is served for the length of the test) or the address of a WSDL, and
    name=value for inputs that have no default; small values make a quick test. An asynchronous
    operation is started about ten times: runs side by side, the same id twice, unknown and strange
    ids, bad values, abort. A synchronous one is called once, and with values and elements that it
    should refuse; at the address of a WSDL only if --operation names it, as nobody knows what
    somebody else's does. The exit code is 1 if a rule is broken.
    """
    found = asyncio.run(
        _check(service, values, operation, token, timedelta(seconds=limit), quiet=as_json)
    )
    broken = [finding for finding in found if finding.verdict == "broken"]
    if as_json:
        print_json(
            [
                {"rule": finding.rule, "verdict": finding.verdict.value, "seen": finding.seen}
                for finding in found
            ]
        )
    else:
        kept = sum(finding.verdict == "kept" for finding in found)
        click.echo(f"\n{kept} of {len(found)} rules kept, {len(broken)} broken.")
    if broken:
        sys.exit(FAILED)


async def _check(
    target: str,
    values: dict[str, str],
    only: str | None,
    token: str,
    limit: timedelta,
    *,
    quiet: bool,
) -> list["Finding"]:
    from tarry.soap.conformance import Trial, can_be_run, check_behaviour, check_description
    from tarry.soap.conformance_of_calls import check_calls

    found: list[Finding] = []

    def note(finding: "Finding") -> None:
        found.append(finding)
        if not quiet:
            _show(finding)

    async with _addresses(target) as wsdls, open_client(CALL_SECONDS) as client:
        for wsdl in wsdls:
            described = await client.read_wsdl(wsdl)
            for operation in _chosen(described, only, ours="://" not in target):
                if not quiet:
                    click.echo(f"{operation.name} at {wsdl}")
                started = _is_start(operation)
                described_well = check_description(described, operation) if started else []
                for finding in described_well:
                    note(finding)
                if not can_be_run(described_well):
                    continue
                trial = Trial(
                    client=client,
                    service=described,
                    operation=operation,
                    inputs=_inputs(operation, values, needed=started),
                    session_token=token,
                    new_id=lambda: f"check-{secrets.token_hex(8)}_1",
                    limit=limit,
                )
                async for finding in check_behaviour(trial) if started else check_calls(trial):
                    note(finding)
    if not found:
        raise Failure(
            "There is no asynchronous operation to check.",
            hint="A start operation takes serviceID and answers with status_base64. "
            "Name a synchronous one with --operation.",
        )
    return found


def _chosen(service: "RemoteService", only: str | None, *, ours: bool) -> list["RemoteOperation"]:
    if only is not None:
        return [operation_named(service, only)]
    return [
        operation
        for operation in service.operations.values()
        if operation.name not in COMPANIONS and (ours or _is_start(operation))
    ]


def _is_start(operation: "RemoteOperation") -> bool:
    return SERVICE_ID in {element.name for element in operation.inputs} or STATUS in {
        element.name for element in operation.outputs
    }


def _inputs(
    operation: "RemoteOperation", values: dict[str, str], *, needed: bool
) -> dict[str, str]:
    own = [element.port for element in operation.inputs if element.name not in FILLED_IN]
    names = {port.name for port in own}
    inputs = {name: value for name, value in values.items() if name in names}
    for port in own:
        if needed and port.must_be_given and port.name not in inputs:
            needs = "a storage URI: " if port.type is PortType.FILE else ""
            raise Failure(
                f"{operation.name} needs a value for {port.name}.",
                hint=f"Give {needs}{port.name}=…",
            )
    return inputs


@asynccontextmanager
async def _addresses(target: str) -> AsyncIterator[list[str]]:
    """Give the WSDLs to check; a program file is served meanwhile."""
    if "://" in target:
        yield [target]
        return
    with _served(Path(target)) as wsdls:
        yield wsdls


@contextmanager
def _served(file: Path) -> Iterator[list[str]]:
    if not file.is_file():
        raise Failure(f"{file} is neither a file nor the address of a WSDL.")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        tcp_port = str(probe.getsockname()[1])
    with tempfile.TemporaryDirectory(prefix="tarry-check-") as data:
        command = [sys.executable, "-m", "tarry", "serve", str(file), "--no-auth"]
        command += ["--host", "127.0.0.1", "--port", tcp_port, "--data", data, "--stop-on-eof"]
        log = Path(data) / "check.log"
        with log.open("wb") as errors:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
            )
        try:
            yield _announced(process, file, log)
        finally:
            process.terminate()
            process.communicate()


def _announced(process: subprocess.Popen[bytes], file: Path, log: Path) -> list[str]:
    """Read the addresses that the service prints once it listens."""
    from tarry.service.api.settings import read_settings
    from tarry.service.model.interface import doors

    served = read_settings((file,), no_auth=True).programs
    expected = sum(len(doors(one.program)) for one in served)
    assert process.stdout is not None  # noqa: S101 - it was asked for
    wsdls: list[str] = []
    for line in process.stdout:
        if (text := line.decode().strip()).endswith("?wsdl"):
            wsdls.append(text)
        if len(wsdls) == expected:
            return wsdls
    raise Failure(
        f"{file} could not be served.", hint=log.read_text(errors="replace").strip()[-2_000:]
    )


def _show(finding: "Finding") -> None:
    sign, colour = SHOWN[finding.verdict.value]
    seen = f": {finding.seen}" if finding.seen else ""
    click.echo(f"  {click.style(sign, fg=colour)} {finding.rule}{seen}")
