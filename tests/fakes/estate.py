"""A whole platform on a data folder of its own, to be killed and to come back, part by part.

Platform and services are real processes that a nursery forks; programs are what a service starts.
"""

import json
import os
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, TypeVar

from tests.fakes.crashes import Moment

from tarry.client.answers import Run
from tarry.client.errors import Unreachable
from tarry.client.platform import Platform

ROOT = Path(__file__).parents[2]
TALLY = Path(__file__).parent / "tally"
PATIENCE = 60.0
"""Seconds after which a condition that should hold is taken never to hold."""
USER = "me"

Found = TypeVar("Found")


def until(condition: Callable[[], Found | None], what: str, *, limit: float = PATIENCE) -> Found:
    """Wait until something holds, and give it."""
    give_up = time.monotonic() + limit
    while not (found := condition()):
        assert time.monotonic() < give_up, f"waited {limit:g} s for: {what}"
        time.sleep(0.01)
    return found


def free_tcp_port() -> int:
    """A TCP port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A process that cannot be mistaken for a later one of the same number."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._handle = os.pidfd_open(pid)

    @property
    def alive(self) -> bool:
        """Whether it has not ended yet."""
        return not select.select([self._handle], [], [], 0)[0]

    def signal(self, number: int) -> bool:
        """Send a signal; tells whether it was still there to get it."""
        try:
            signal.pidfd_send_signal(self._handle, number)
        except ProcessLookupError:
            return False
        return True

    def wait(self, limit: float = PATIENCE) -> None:
        """Wait until it has ended."""
        assert select.select([self._handle], [], [], limit)[0], f"process {self.pid} goes on"

    def kill(self) -> None:
        """End it with -9."""
        self.signal(signal.SIGKILL)
        self.wait()

    def __del__(self) -> None:
        with suppress(AttributeError):  # it was never opened
            os.close(self._handle)


class Nursery:
    """Forks platforms and services; what lives of them ends with it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={key: it for key, it in os.environ.items() if not key.startswith("TARRY_")},
        )

    def fork(self, order: Mapping[str, object]) -> Process:
        """Have a process forked."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Process(int(self._process.stdout.readline()))

    def close(self) -> None:
        """End it, and all that it forked."""
        self._process.communicate(timeout=PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(frozen=True)
class Ledger:
    """What the programs have written: the tag of each start and of each end."""

    starts: Counter[str]
    ends: Counter[str]
    folders: Mapping[str, Path] = field(default_factory=dict)


def read_ledger(file: Path) -> Ledger:
    """Read a ledger; before the first program there is none."""
    lines = [line.split() for line in file.read_text().splitlines()] if file.exists() else []
    return Ledger(
        starts=Counter(tag for what, tag, _ in lines if what == "start"),
        ends=Counter(tag for what, tag, _ in lines if what == "end"),
        folders={tag: Path(work).parent for _, tag, work in lines},
    )


class Estate:
    """A platform with a service whose program can be counted, and a workflow that uses it twice."""

    def __init__(self, nursery: Nursery, folder: Path) -> None:
        self.folder = folder
        self._nursery = nursery
        self._programs = folder / "programs"
        shutil.copytree(TALLY, self._programs)
        self.tcp_port, self._services_port = free_tcp_port(), free_tcp_port()
        self.url = f"http://127.0.0.1:{self.tcp_port}"
        self._death = folder / "death"
        self.patience: Mapping[str, float] = {}
        self.platform: Process | None = None
        self.services: Process | None = None
        self._token: str | None = None

    # ── its parts ───────────────────────────────────────────────────────────────────────────────

    def set_up(self) -> None:
        """Start everything, and have the service registered and the workflow published."""
        self.start_platform(first=True)
        self.start_services()
        until((self.data / "has-user").exists, "the first user")
        client = Platform(self.url)
        password = (self.data / f"password-{USER}").read_text().strip()
        self._token = client.log_in(USER, password).token
        wsdl = f"http://127.0.0.1:{self._services_port}/tally/Tally?wsdl"
        until(lambda: _answers(self._services_port), "the service")
        client.register_service(wsdl, "tally")
        client.publish(client.import_workflow((self._programs / "Twice.xml").read_bytes()).name)

    @property
    def data(self) -> Path:
        """The platform's data folder."""
        return self.folder / "data"

    def start_platform(self, *, first: bool = False) -> Process:
        """Start the platform; at its first start it makes a user."""
        platform = self.platform = self._nursery.fork(
            {
                "what": "platform",
                "data": str(self.data),
                "tcp_port": self.tcp_port,
                "log": str(self.folder / "platform.log"),
                "first": first,
                "death": str(self._death),
                "patience": dict(self.patience),
            }
        )
        until(lambda: _answers(self.tcp_port) or not platform.alive, "the platform's door")
        return platform

    def doom(self, at: int, moment: Moment) -> None:
        """Let the platform die at a write of its journal, counted from now on."""
        plan = self._death.with_suffix(".new")
        plan.write_text(f"{at} {moment}")
        plan.rename(self._death)

    def pardon(self) -> bool:
        """Take that back; tells whether there was still time."""
        try:
            self._death.unlink()
        except FileNotFoundError:
            return False
        return True

    def start_services(self) -> Process:
        """Start the process of the services."""
        self.services = self._nursery.fork(
            {
                "what": "services",
                "program": str(self._programs / "tally.toml"),
                "data": str(self.folder / "services"),
                "tcp_port": self._services_port,
                "platform": self.url,
                "log": str(self.folder / "services.log"),
            }
        )
        return self.services

    def close(self) -> None:
        """Kill what lives, and let go of the programs that are held back."""
        for process in (self.platform, self.services):
            if process is not None and process.alive:
                process.kill()
        for hold in self._programs.glob("hold-*"):
            hold.unlink()

    # ── its runs ────────────────────────────────────────────────────────────────────────────────

    def ask(self, question: Callable[[Platform], Found]) -> Found:
        """Ask the platform, again while it is away."""
        give_up = time.monotonic() + PATIENCE
        while True:
            try:
                with Platform(self.url, self._token) as client:
                    return question(client)
            except Unreachable:
                assert time.monotonic() < give_up, f"the platform stays away\n{self.last_words()}"
                until(lambda: _answers(self.tcp_port), "the platform's door")

    def start_run(self, tag: str, seconds: float = 0.0) -> str | None:
        """Start a run; `None` if the platform died on it, so that nobody knows whether it did."""
        inputs = {"tag": tag, "seconds": f"{seconds:.3f}"}
        try:
            with Platform(self.url, self._token) as client:
                return client.start_run("Twice", inputs).id
        except Unreachable:
            return None

    def find_run(self, tag: str) -> str | None:
        """Look for the run of a tag."""
        return self.ask(lambda it: {run.inputs["tag"]: run.id for run in it.runs()}).get(tag)

    def sure_run(self, tag: str, seconds: float = 0.0) -> str:
        """Start a run, as a person would: if in doubt, look whether it is there, else once more."""
        run = self.start_run(tag, seconds)
        while run is None:
            run = self.find_run(tag) or self.start_run(tag, seconds)
        return run

    def run(self, run: str) -> Run:
        """Show a run."""
        return self.ask(lambda it: it.run(run))

    def end_of(self, run: str) -> Run:
        """Wait until a run is over, with all that the manager has to do for it."""
        seen = self.run(run)
        give_up = time.monotonic() + PATIENCE
        while not (seen.is_over and self.is_settled(run)):
            assert time.monotonic() < give_up, f"it does not end: {seen}\n{self.last_words()}"
            time.sleep(0.05)
            seen = self.run(run)
        return seen

    def is_settled(self, run: str | None) -> bool:
        """Whether the manager has nothing more to do with a run: the database alone tells."""
        if run is None:
            return False
        database = sqlite3.connect(f"file:{self.data}/tarry.sqlite3?mode=ro", uri=True)
        with closing(database):
            query = "SELECT settled FROM executions WHERE id = ?"
            return bool(database.execute(query, (run,)).fetchone()[0])

    def hold(self, tag: str) -> Path:
        """Hold back the program of a tag; it goes on when the file is gone."""
        hold = self._programs / f"hold-{tag}"
        hold.touch()
        return hold

    def ledger(self) -> Ledger:
        """Read what the programs have written."""
        return read_ledger(self._programs / "ledger")

    def last_words(self) -> str:
        """What the processes said last."""
        logs = [self.folder / f"{name}.log" for name in ("platform", "services")]
        return "\n".join(f"== {it.name}\n{it.read_text()[-3000:]}" for it in logs if it.exists())


def _answers(tcp_port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", tcp_port), timeout=5).close()
    except OSError:
        return False
    return True
