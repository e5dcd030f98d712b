"""The platform and the command line as a user meets them: processes, a terminal's worth of text."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.app import Place
    from tests.e2e.theatre import Stage

TARRY = (sys.executable, "-m", "tarry")
ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
UNTIL = 30
CALCULATOR = "calculator/calculator.toml"
WAITER = str(ROOT / "examples" / "waiter" / "waiter.toml")
READY = r"Tarry is ready(?s:.*)Ctrl-C"


def free_tcp_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: object, what: str, limit: float = PATIENCE) -> None:
    """Wait until a condition holds; say what was waited for if it never does."""
    end = time.monotonic() + limit
    while not condition():  # type: ignore[operator]
        if time.monotonic() > end:
            pytest.fail(f"waited {limit:g} s for: {what}")
        time.sleep(0.05)


@dataclass
class Home:
    """A user's home: folders and variables of their own."""

    folder: Path
    tcp_port: int
    more: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TARRY_")}
        kept.pop("JOURNAL_STREAM", None)  # with it, no password is printed
        return {
            **kept,
            "TARRY_DATA": str(self.folder / "data"),
            "TARRY_PORT": str(self.tcp_port),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_DATA_HOME": str(self.folder / "share"),
            "COLUMNS": "200",
            **self.more,
        }

    @property
    def url(self) -> str:
        return f"http://localhost:{self.tcp_port}"

    def tarry(
        self, *arguments: str, expect: int | None = 0, more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end and hold its exit code to what is expected."""
        done = subprocess.run(
            [*TARRY, *arguments],
            env={**self.environment(), **(more or {})},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=90,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if expect is not None:
            assert done.returncode == expect, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done

    def start(self, *arguments: str) -> "Running":
        """Start a command that goes on."""
        return Running(self, arguments)


class Running:
    """A command that goes on, and what it has printed so far."""

    def __init__(self, home: Home, arguments: tuple[str, ...]) -> None:
        self.home = home
        self._out = home.folder / f"{arguments[0]}-{time.monotonic_ns()}.out"
        with self._out.open("wb") as stream:
            self.process = subprocess.Popen(
                [*TARRY, *arguments],
                env=home.environment(),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def text(self) -> str:
        return self._out.read_text(encoding="utf-8", errors="replace")

    def wait_for_text(self, pattern: str, limit: float = PATIENCE) -> re.Match[str]:
        """Wait until it has printed something; fail at once if it ends before."""
        end = time.monotonic() + limit
        while True:
            found = re.search(pattern, self.text)
            if found:
                return found
            if self.process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"never printed {pattern!r}:\n{self.text}\n{self.home_logs()}")
            time.sleep(0.05)

    def home_logs(self) -> str:
        logs = sorted((self.home.folder / "data").glob("*.log"))
        return "\n".join(f"== {log.name}\n{log.read_text()[-4000:]}" for log in logs)

    def interrupt(self, limit: float = 15) -> int:
        """Press Ctrl-C and wait until it has ended; gives the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(limit)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Place"]:
    """A platform with the waiter and the calculator, for all who build workflows of them.

    Each test names its own workflows, and leaves those of others alone.
    """
    from tests.e2e.app import place

    programs = (ROOT / "examples" / one for one in ("waiter/waiter.toml", CALCULATOR))
    with place(tmp_path_factory.mktemp("workshop"), *map(str, programs)) as up:
        yield up


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Stage"]:
    """A platform with programs that tests move, for all who look at runs in a browser.

    Each test gives its puppets names of their own.
    """
    from tests.e2e.theatre import Stage

    built = Stage.build_with_all(tmp_path_factory.mktemp("stage"))
    yield built
    built.running.close()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(folder=tmp_path, tcp_port=free_tcp_port())


@pytest.fixture
def started(home: Home) -> Iterator[list[Running]]:
    """Commands that a test started; they are ended after it."""
    running: list[Running] = []
    yield running
    for one in running:
        one.close()


def log_in(home: Home, running: Running) -> str:
    password = running.wait_for_text(r"password: (\S+)")[1]
    home.tarry("login", "--user", "me", more={"TARRY_PASSWORD": password})
    return password


def started_processes(home: Home) -> list[int]:
    """The processes of waiters that were started in this home."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            own = f"{home.folder}/data/services/runs/".encode()
            if b"waiter.py" in command and own in command and b"sh\0" not in command[:20]:
                found.append(int(entry.name))
    return found
