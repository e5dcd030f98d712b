"""Tarry services for tests: on a real uvicorn in a thread, or as a process that can be killed."""

import asyncio
import base64
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import uvicorn

from tarry.jobs.adapters.local import LocalExecutor
from tarry.service.api.server import Service, build, serve
from tarry.service.api.settings import ServedProgram, ServeSettings, read_served, read_settings
from tarry.service.model import program_file
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.client import Answer, SoapClient
from tarry.soap.errors import SoapFault
from tarry.soap.wsdl import RemoteService

ROOT = Path(__file__).parents[2]
WAITER = ROOT / "examples" / "waiter" / "waiter.toml"
CALCULATOR = ROOT / "examples" / "calculator" / "calculator.toml"
PATIENCE = 60.0
"""Seconds after which a condition that should hold is taken never to hold."""


def shell_service(script: str, rest: str = "", *, kind: str = "asynchronous") -> str:
    """A program file whose operation `run` is a line of shell, its inputs and outputs in `rest`."""
    return f"""
name = "Shell"
path = "shell/Shell"
[operations.run]
kind = "{kind}"
command = ["/bin/sh", "-c", '''{script}''', "program"]
{rest}
"""


def settings_for(
    data: Path, *programs: Path | str, context_root: str = "", **settings: Any
) -> ServeSettings:
    """Settings of a service of program files (paths) or their texts, without authentication."""
    served = tuple(
        ServedProgram(program=program_file.read(program, here=str(data)), context_root=context_root)
        if isinstance(program, str)
        else read_served(program, context_root=context_root)
        for program in programs
    )
    settings.setdefault("no_auth", not {"auth", "platform"} & settings.keys())
    return ServeSettings(programs=served, data=data, tcp_port=0, **settings)


@contextmanager
def running(service: Service) -> Iterator[str]:
    """Serve on a free TCP port in a thread; gives the base URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(service.app, log_config=None, lifespan="on", timeout_graceful_shutdown=2)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()
        assert not thread.is_alive()


@contextmanager
def serving(data: Path, *programs: Path | str, **settings: Any) -> Iterator[str]:
    """Serve program files; gives the base URL."""
    with running(build(settings_for(data, *programs, **settings))) as url:
        yield url


class Caller:
    """Calls one service with Tarry's own SOAP client."""

    def __init__(self, wsdl: str) -> None:
        self.wsdl = wsdl
        self.client = SoapClient(AllowedAddresses.parse(("loopback",)))
        self._service: RemoteService | None = None

    async def __aenter__(self) -> Self:
        self._service = await self.client.read_wsdl(self.wsdl)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()

    async def answer(
        self, operation: str, headers: Mapping[str, str] | None = None, **arguments: str
    ) -> Answer:
        """Call, and give outputs and headers."""
        assert self._service is not None
        return await self.client.call(
            self._service.operations[operation], arguments, headers=headers
        )

    async def call(self, operation: str, **arguments: str) -> dict[str, str]:
        """Call, and give the outputs; the token is filled in."""
        arguments = {"sessionToken": "token", **arguments}
        answer = await self.answer(operation, None, **arguments)
        return {name: str(value) for name, value in answer.outputs.items()}

    async def status(self, service_id: str, token: str = "token") -> dict[str, str]:
        """Ask how a run stands."""
        return await self.call("getServiceStatus", serviceID=service_id, sessionToken=token)

    async def completed(self, service_id: str, token: str = "token") -> dict[str, str]:
        """Poll until a run is over, and give its outputs."""
        give_up = time.monotonic() + PATIENCE
        while True:
            answer = await self.status(service_id, token)
            if answer["status_base64"] == "COMPLETED":
                return answer
            assert time.monotonic() < give_up, "it never completed"
            await asyncio.sleep(0.02)

    async def failed(self, service_id: str, token: str = "token") -> SoapFault:
        """Poll until a run is over without outputs, and give the fault that says so."""
        give_up = time.monotonic() + PATIENCE
        while True:
            try:
                answer = await self.status(service_id, token)
            except SoapFault as fault:
                return fault
            assert answer["status_base64"] != "COMPLETED", "it succeeded"
            assert time.monotonic() < give_up, "it never failed"
            await asyncio.sleep(0.02)

    async def page(self, service_id: str, token: str = "token") -> str:
        """Give the status page of a run that goes on."""
        return page_in(await self.status(service_id, token))


def page_in(answer: Mapping[str, str]) -> str:
    """Give the page in an answer."""
    return base64.b64decode(answer["status_base64"], validate=True).decode()


async def until(condition: Callable[[], object]) -> None:
    """Wait until something holds."""
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up, "it never came true"
        await asyncio.sleep(0.01)


async def end_programs(root: Path) -> None:
    """End all programs of the services whose data lie beneath a folder."""
    executor = LocalExecutor()
    for control in list(root.rglob("control")):
        if control.is_dir():
            await executor.abort(control.parent, grace=timedelta(), limit=timedelta(seconds=20))


class ServiceProcess:
    """A process that serves program files, to be killed and started again on the same TCP port."""

    def __init__(
        self,
        data: Path,
        *programs: Path,
        arguments: tuple[str, ...] = (),
        within: tuple[str, ...] = (),
    ) -> None:
        """Set up; `within` is a command that runs the command after it, such as in a container."""
        self._within = within
        self._data = data
        self._programs = programs
        self._arguments = arguments
        self._process: subprocess.Popen[str] | None = None
        self._port = "0"
        self.addresses: list[str] = []

    def start(self) -> list[str]:
        """Start it, and wait until it answers; gives the addresses of the WSDLs."""
        programs = [str(program) for program in self._programs]
        self._process = subprocess.Popen(
            [
                *self._within,
                sys.executable,
                __file__,
                str(self._data),
                self._port,
                *self._arguments,
                *programs,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("http://"):
                self.addresses = line.split()
                self._port = self.addresses[0].split(":")[2].split("/")[0]
                threading.Thread(target=self._process.stdout.read, daemon=True).start()
                return self.addresses
        raise AssertionError("the service did not start")

    @property
    def pid(self) -> int:
        """The number of the process."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """Kill it with SIGKILL."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._close()

    def stop(self) -> int:
        """Let it end by closing its standard input; gives its exit code."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        code = self._process.wait(PATIENCE)
        self._close()
        return code

    def _close(self) -> None:
        assert self._process is not None
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None and not stream.closed:
                stream.close()


def _main() -> None:
    data, tcp_port, *rest = sys.argv[1:]
    options = dict(word[2:].split("=", 1) for word in rest if word.startswith("--"))
    platform = options.get("platform")
    settings = read_settings(
        [Path(word) for word in rest if not word.startswith("--")],
        tcp_port=int(tcp_port),
        data=Path(data),
        no_auth=platform is None,
        platform=platform,
        manager=options.get("manager"),
        stop_on_eof=True,
        environ={},
    )
    serve(settings, announce=lambda addresses: print(*addresses, flush=True))


if __name__ == "__main__":
    _main()
