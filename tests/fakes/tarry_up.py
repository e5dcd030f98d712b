"""`tarry up` as a process of its own, on a program whose starts can be counted."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.estate import (
    PATIENCE,
    ROOT,
    TALLY,
    Ledger,
    Process,
    free_tcp_port,
    read_ledger,
    until,
)

from tarry.client.answers import Run
from tarry.client.platform import Platform

USER = "me"


class TarryUp:
    """A user's folder, and the platform that is brought up in it again and again."""

    def __init__(
        self,
        folder: Path,
        *,
        data: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._environment = dict(environment or {})
        self.programs = folder / "programs"
        self.data = data or folder / "data"
        self._folder = folder
        shutil.copytree(TALLY, self.programs)
        self.program = self.programs / "tally.toml"
        self.tcp_port = free_tcp_port()
        self.url = f"http://127.0.0.1:{self.tcp_port}"
        self.token = ""
        self._starts = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._client: Platform | None = None

    # ── the process ─────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """Have it started, in a session of its own as in a terminal of its own."""
        self._starts += 1
        with self._out.open("wb") as stream:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tarry", "up", str(self.program)],
                env={
                    **_environment(),
                    **self._environment,
                    "TARRY_DATA": str(self.data),
                    "TARRY_PORT": str(self.tcp_port),
                },
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def bring_up(self) -> None:
        """Start it and wait until it is ready."""
        self.start()
        until(lambda: "Tarry is ready" in self.said or self.ended, "the platform to be ready")
        assert not self.ended, self.said

    @property
    def _out(self) -> Path:
        return self._folder / f"up-{self._starts}.out"

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The platform's process."""
        assert self._process is not None
        return self._process

    @property
    def said(self) -> str:
        """What it has printed since its last start."""
        return self._out.read_text(errors="replace")

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self.process.poll() is not None

    def services(self) -> Process:
        """The process of its services."""
        return Process(until(lambda: child_of(self.process.pid), "the services' process"))

    def interrupt(self, number: int = signal.SIGINT) -> None:
        """Send a signal to the whole group, as a terminal does."""
        os.killpg(self.process.pid, number)

    def exit_code(self, limit: float = PATIENCE) -> int:
        """Wait until it has ended."""
        return self.process.wait(limit)

    def close(self) -> None:
        """End what lives, and let go of the programs that are held back."""
        if self._process is not None and not self.ended:
            services = child_of(self.process.pid)
            handle = Process(services) if services else None
            self.process.kill()
            self.process.wait()
            if handle is not None:
                handle.kill()
        for hold in self.programs.glob("hold-*"):
            hold.unlink()
        if self._client is not None:
            self._client.close()

    # ── what a user does ────────────────────────────────────────────────────────────────────────

    @property
    def client(self) -> Platform:
        """The platform, with the user logged in."""
        if self._client is None:
            password = (self.data / f"password-{USER}").read_text().strip()
            client = Platform(self.url)
            self.token = client.log_in(USER, password).token
            self._client = client
        return self._client

    def publish_twice(self) -> None:
        """Bring in the workflow that uses the program two times."""
        document = (self.programs / "Twice.xml").read_bytes()
        self.client.publish(self.client.import_workflow(document).name)

    def hold(self, tag: str) -> Path:
        """Hold back the program of a tag; it goes on when the file is gone."""
        hold = self.programs / f"hold-{tag}"
        hold.touch()
        return hold

    def ledger(self) -> Ledger:
        """Read what the programs have written."""
        return read_ledger(self.programs / "ledger")

    def end_of(self, run: str) -> Run:
        """Wait until a run is over."""
        until(lambda: self.client.run(run).is_over, f"the end of run {run}")
        return self.client.run(run)


def child_of(pid: int) -> int:
    """The number of a process's only child; 0 if it has none."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0
    return int(children[0]) if children else 0


def _environment() -> Mapping[str, str]:
    return {name: it for name, it in os.environ.items() if not name.startswith("TARRY_")}


@contextmanager
def tarry_up(
    folder: Path, *, data: Path | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[TarryUp]:
    """A user's folder; whatever was started in it ends with the block."""
    made = TarryUp(folder, data=data, environment=environment)
    try:
        yield made
    finally:
        made.close()
