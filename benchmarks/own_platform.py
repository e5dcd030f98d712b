"""A platform of one's own for a benchmark: `tarry up` in a folder that goes away."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.processes import free_tcp_port
from tarry.app.settings import Settings, load
from tarry.client.answers import Run
from tarry.client.errors import Unreachable
from tarry.client.platform import Platform

START_LIMIT_SECONDS = 60.0
RUN_LIMIT_SECONDS = 120.0
USER = "me"
READY = "Tarry is ready"
HERE = Path(__file__).parent
STAMP = HERE / "programs" / "stamp.toml"
WAITER = HERE.parent / "examples" / "waiter" / "waiter.toml"


@dataclass(frozen=True, kw_only=True)
class Running:
    """A platform that runs.

    Attributes:
        token: a session token of its user.
        data: its data folder.
        process_id: of the platform itself; its services are children of it.
    """

    client: Platform
    token: str
    url: str
    data: Path
    process_id: int

    def wsdl(self, operation: str) -> str:
        """The WSDL address of a service that it brought up, by its operation's name."""
        return next(s.wsdl for s in self.client.services() if s.operation == operation)

    def publish(self, document: bytes) -> str:
        """Import and publish a workflow; gives its name."""
        name = self.client.import_workflow(document).name
        self.client.publish(name)
        return name

    def run(self, workflow: str, **inputs: str) -> Run:
        """Run a workflow to its end.

        Raises:
            RuntimeError: it failed, or did not end within two minutes.
        """
        started = self.client.start_run(workflow, inputs)
        until = time.monotonic() + RUN_LIMIT_SECONDS
        while time.monotonic() < until:
            run = self.client.run(started.id)
            if run.is_over:
                if run.state != "succeeded":
                    raise RuntimeError(f"{workflow} {run.state}: {run.failure}")
                return run
            time.sleep(0.1)  # seldom, so that the asking is not felt
        raise RuntimeError(f"{workflow} did not end within {RUN_LIMIT_SECONDS} s")


@contextmanager
def platform(programs: Sequence[Path] = (STAMP, WAITER)) -> Iterator[Running]:
    """Bring a platform up with some programs, for the length of the block."""
    with TemporaryDirectory(prefix="tarry-bench-") as name:
        command = [sys.executable, "-m", "tarry", "up", *map(str, programs)]
        with platform_in(Path(name), command, free_tcp_port()) as own:
            yield own


@contextmanager
def platform_in(folder: Path, command: Sequence[str], tcp_port: int) -> Iterator[Running]:
    """Run a command that brings a platform up, for the length of the block, in a folder.

    Its data stay there. Who kills it within the block may bring it up again.
    """
    data, log = folder / "data", folder / "up.log"
    environment = {**os.environ, "TARRY_DATA": str(data), "TARRY_PORT": str(tcp_port)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
        )
    try:
        yield _log_in(process, f"http://127.0.0.1:{tcp_port}", data, log)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def settings_from_environment() -> Settings:
    """Give the settings that `platform_in` has put into the environment of a command."""
    return load(os.environ)


def _log_in(process: subprocess.Popen[bytes], url: str, data: Path, log: Path) -> Running:
    until = time.monotonic() + START_LIMIT_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if READY in log.read_text(errors="replace"):
            client = Platform(url)
            password = (data / f"password-{USER}").read_text().strip()
            try:
                session = client.log_in(USER, password)
            except Unreachable:
                continue
            return Running(
                client=client, token=session.token, url=url, data=data, process_id=process.pid
            )
        time.sleep(0.1)
    raise RuntimeError(f"no platform: {log.read_text(errors='replace')[-3000:]}")
