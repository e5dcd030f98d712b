"""`tarry follow`: start an asynchronous service and watch it until it completes."""

import asyncio
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Self

import click

from tarry.cli.arguments import Given, values_argument
from tarry.cli.call import TIMEOUT_SECONDS, fill_in, open_client, operation_named
from tarry.cli.failures import INTERRUPTED, Failure
from tarry.cli.output import json_option, print_json, print_values
from tarry.contract.kinds import (
    ABORT_OPERATION,
    EXTRA_PARAMETERS,
    SERVICE_ID,
    SESSION_TOKEN,
    STATUS,
    STATUS_OPERATION,
)
from tarry.contract.progress import progress_of
from tarry.contract.status import Completed, Page

if TYPE_CHECKING:
    from tarry.soap.asynchronous import Progressed
    from tarry.soap.client import SoapClient
    from tarry.soap.wsdl import RemoteService

FIRST_PAUSE = timedelta(milliseconds=200)
LONGEST_PAUSE = timedelta(seconds=2)


@click.command()
@click.argument("wsdl")
@click.argument("operation")
@values_argument
@json_option
def follow(wsdl: str, operation: str, values: Given, as_json: bool) -> None:
    """Start OPERATION of the asynchronous service at WSDL, show its progress, print its outputs.

    Values are given as name=value. Ctrl-C offers to abort the run. The exit code is 1 if it fails.
    """
    followed = _Followed(wsdl=wsdl, operation=operation, values=values, quiet=as_json)
    with asyncio.Runner() as runner:
        try:
            runner.run(followed.start())
            while True:
                try:
                    outputs = runner.run(followed.wait())
                    break
                except KeyboardInterrupt:
                    if _wants_abort():
                        runner.run(followed.abort())
                    else:
                        click.echo(followed.how_to_come_back(), err=True)
                        sys.exit(INTERRUPTED)
        finally:
            runner.run(followed.close())
    if as_json:
        print_json(outputs)
    else:
        print_values(outputs, followed.lists())


def _wants_abort() -> bool:
    if not sys.stdin.isatty():
        return False
    try:
        return click.confirm("\nAbort the run?", default=False, err=True)
    except click.Abort:
        return False


@dataclass(kw_only=True)
class _Followed:
    wsdl: str
    operation: str
    values: Given
    quiet: bool
    client: "SoapClient" = field(init=False)
    service: "RemoteService" = field(init=False)
    arguments: dict[str, str] = field(init=False)
    newest: "Progressed" = field(init=False)

    async def start(self) -> None:
        from tarry.soap.asynchronous import start

        self.client = open_client(TIMEOUT_SECONDS)
        if not self.quiet:
            click.echo(f"wsdl URL is {self.wsdl}")
        self.service = await self.client.read_wsdl(self.wsdl)
        called = operation_named(self.service, self.operation)
        if STATUS_OPERATION not in self.service.operations or SERVICE_ID not in {
            element.name for element in called.inputs
        }:
            raise Failure(
                f"{self.operation} is not asynchronous: it takes no {SERVICE_ID}, or the service "
                f"has no {STATUS_OPERATION}.",
                hint=f"Call it: tarry call {self.wsdl} {self.operation} …",
            )
        self.arguments = fill_in(called, self.values, quiet=self.quiet)
        filled = (SERVICE_ID, SESSION_TOKEN, EXTRA_PARAMETERS)
        own = {name: value for name, value in self.arguments.items() if name not in filled}
        self.newest = await start(
            self.client,
            self.service,
            self.operation,
            own,
            service_id=self.arguments[SERVICE_ID],
            session_token=self.arguments.get(SESSION_TOKEN, ""),
            extra_parameters=self.arguments.get(EXTRA_PARAMETERS),
        )

    async def wait(self) -> dict[str, str]:
        """Poll until the service says COMPLETED; a fault ends it."""
        from tarry.soap.asynchronous import poll

        pause = FIRST_PAUSE
        with _Bar(self.operation, quiet=self.quiet) as bar:
            while True:
                match self.newest.status:
                    case Completed():
                        bar.show(100)
                        break
                    case Page(content):
                        bar.show(progress_of(content))
                    case _:
                        pass
                await asyncio.sleep(pause.total_seconds())
                pause = min(pause * 1.5, LONGEST_PAUSE)
                self.newest = await poll(
                    self.client,
                    self.service,
                    service_id=self.arguments[SERVICE_ID],
                    session_token=self.arguments.get(SESSION_TOKEN, ""),
                    page_tag=self.newest.page_tag,
                )
        return {name: text for name, text in self.newest.outputs.items() if name != STATUS}

    def lists(self) -> set[str]:
        """Name the outputs that come as JSON: lists, and records of foreign services."""
        outputs = operation_named(self.service, self.operation).outputs
        return {each.name for each in outputs if each.repeated or each.record is not None}

    async def abort(self) -> None:
        from tarry.soap.asynchronous import abort

        if ABORT_OPERATION not in self.service.operations:
            raise Failure("This service offers no way to abort: the run goes on.")
        ended = await abort(
            self.client,
            self.service,
            service_id=self.arguments[SERVICE_ID],
            session_token=self.arguments.get(SESSION_TOKEN, ""),
            timeout=timedelta(seconds=30),
        )
        raise Failure("Aborted." if ended else "The service could not (yet) end the run.")

    async def close(self) -> None:
        if hasattr(self, "client"):
            await self.client.close()

    def how_to_come_back(self) -> str:
        """Say how to ask for the status of a run that goes on."""
        return (
            f"The run goes on. Ask for it: tarry call '{self.wsdl}' {STATUS_OPERATION} "
            f"{SERVICE_ID}={self.arguments[SERVICE_ID]}"
        )


class _Bar:
    """A progress bar on standard error: moving in a terminal, a line per tenth elsewhere."""

    def __init__(self, title: str, *, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(stderr=True, quiet=quiet)
        self._lines = not console.is_terminal and not quiet
        self._tenth = -1
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[shown]}"),
        )
        self._bar = Progress(
            *columns, TimeElapsedColumn(), console=console, disable=self._lines or quiet
        )
        self._task = self._bar.add_task(title, total=None, shown="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, percent: float | None) -> None:
        if percent is None:
            return
        self._bar.update(self._task, total=100, completed=percent, shown=f"{percent:.0f} %")
        if self._lines and int(percent // 10) > self._tenth:
            self._tenth = int(percent // 10)
            click.echo(f"{percent:.0f} %", err=True)
