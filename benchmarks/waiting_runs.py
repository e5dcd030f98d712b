"""Thousands of runs that wait: a platform, a service that counts who asks, and bare aiohttp."""

import json
import os
import signal
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import waiting_service
from benchmarks.own_platform import Running, platform_in
from benchmarks.processes import free_tcp_port, running
from benchmarks.workflow_documents import chain
from tarry.client.platform import Platform

POLL_SECONDS = 6.0
PUSHED_SECONDS = 60.0
CALLERS = 8


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What the service has counted for a while.

    Attributes:
        gaps: seconds between two polls of the same run, by percentile.
        seen: how many runs were asked for; `last_seen` is when the last of them first was.
    """

    polls: int
    seen: int
    last_seen: float
    gaps: dict[int, float]


@dataclass(frozen=True, kw_only=True)
class Counter:
    """A waiting service that runs."""

    tcp_port: int

    def mark(self) -> None:
        """Count anew."""
        self._call("/mark")

    def counted(self) -> Counted:
        """Give what was counted since the mark."""
        found = json.loads(self._call("/figures"))
        gaps = {int(percent): seconds for percent, seconds in found["gaps"].items()}
        return Counted(
            polls=found["polls"], seen=found["seen"], last_seen=found["last_seen"], gaps=gaps
        )

    def _call(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.tcp_port}{path}", timeout=30) as got:
            found: bytes = got.read()
            return found


@contextmanager
def counter(platform: str = "") -> Iterator[Counter]:
    """Serve runs that wait; with a platform's address the service pushes."""
    tcp_port = free_tcp_port()
    command = [sys.executable, "-m", "benchmarks.waiting_service", str(tcp_port)]
    with running([*command, *([platform] if platform else [])], tcp_port=tcp_port):
        yield Counter(tcp_port=tcp_port)


@contextmanager
def bare_polls(runs: int, pause: float) -> Iterator[tuple[Counter, int]]:
    """Ask as often with nothing but aiohttp; gives who is asked, and the process id of who asks."""
    with counter() as asked:
        command = [sys.executable, "-m", "benchmarks.bare_polls", str(asked.tcp_port)]
        with running([*command, str(runs), str(pause)], tcp_port=asked.tcp_port) as process:
            yield asked, process.pid


@dataclass(kw_only=True)
class Waiters:
    """A platform on which runs wait, and which may be killed and brought up again."""

    folder: Path
    tcp_port: int
    asked: Counter
    commits_file: Path
    workflow: str = ""
    waiting: int = 0
    own: Running = field(init=False)

    @contextmanager
    def up(self) -> Iterator[Running]:
        """Bring the platform up, as often as wanted."""
        command = [sys.executable, "-m", "benchmarks.timed_platform", str(self.commits_file)]
        with platform_in(self.folder, command, self.tcp_port) as own:
            self.own = own
            if not self.workflow:
                self.workflow = self._publish(own)
            yield own

    def _publish(self, own: Running) -> str:
        wsdl = f"http://127.0.0.1:{self.asked.tcp_port}{waiting_service.PATH}?wsdl"
        service = own.client.register_service(wsdl, "wait")
        return own.publish(chain("Waits", service.uri, 1, first="-", wired=("after", "result")))

    def fill(self, runs: int) -> float:
        """Start runs until so many wait; gives how many were started in a second."""
        missing = runs - self.waiting
        began = time.monotonic()
        with ThreadPoolExecutor(CALLERS) as callers:
            list(callers.map(self._start, [missing // CALLERS] * CALLERS))
            self._start(missing % CALLERS)
        self.waiting = runs
        return missing / (time.monotonic() - began)

    def _start(self, number: int) -> None:
        with Platform(self.own.url, self.own.token) as client:
            for _ in range(number):
                client.start_run(self.workflow, {})

    def kill(self) -> None:
        """End the platform at once."""
        os.kill(self.own.process_id, signal.SIGKILL)

    def started_at(self) -> float:
        """Give when the platform last said that it was up, in seconds since 1970."""
        lines = (self.own.data / "platform.log").read_text().splitlines()
        line = next(line for line in reversed(lines) if "platform.started" in line)
        return datetime.fromisoformat(line.split()[0]).timestamp()

    def commits(self, skip: int = 0) -> list[float]:
        """Give how long each commit took so far, in seconds, but the first ones."""
        return [float(line) for line in self.commits_file.read_text().split()[skip:]]


@contextmanager
def waiters(*, pushing: bool = False) -> Iterator[Waiters]:
    """Prepare a platform with nothing to do yet; `up` brings it up."""
    with TemporaryDirectory(prefix="tarry-bench-") as name:
        tcp_port = free_tcp_port()
        with counter(f"http://127.0.0.1:{tcp_port}" if pushing else "") as asked:
            yield Waiters(
                folder=Path(name),
                tcp_port=tcp_port,
                asked=asked,
                commits_file=Path(name) / "commits",
            )
