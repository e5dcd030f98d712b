"""Another engine that runs chains of steps, and keeps each one in a database: Prefect.

It lives in an environment of its own; `make bench` installs it, TARRY_BENCH_PREFECT names its
python. Its server runs as people run it on one machine, with SQLite. Its steps run in the process
of the flow, where Tarry's are calls to a service.
"""

import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.processes import free_tcp_port, running

START_LIMIT_SECONDS = 180.0
FLOW = """
import sys, time
from prefect import flow, task
@task
def increment(n):
    return n + 1
@flow
def chain(steps):
    n = 0
    for _ in range(steps):
        n = increment(n)
    return n
for line in sys.stdin:
    steps = int(line)
    began = time.perf_counter()
    assert chain(steps) == steps
    print("took", time.perf_counter() - began, flush=True)
"""


def python() -> Path:
    """Where the interpreter of its environment is, if it was installed."""
    return Path(os.environ.get("TARRY_BENCH_PREFECT", ".tools/prefect/bin/python"))


class Flow:
    """A process that runs chains when it is told to."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run_us(self, steps: int) -> float:
        """Run a chain; gives how long it took, in µs.

        Raises:
            RuntimeError: it did not come to its end.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{steps}\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("took "):
                return float(line.split()[1]) * 1e6
        raise RuntimeError("Prefect's process has ended")


@contextmanager
def prefect() -> Iterator[Flow]:
    """Run its server, and a process with a flow, for the length of the block."""
    with TemporaryDirectory(prefix="tarry-peer-") as name:
        tcp_port = free_tcp_port()
        url = f"http://127.0.0.1:{tcp_port}/api"
        environment = {
            "PREFECT_HOME": name,
            "PREFECT_API_URL": url,
            "PREFECT_LOGGING_LEVEL": "ERROR",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        }
        serve = [str(python()), "-m", "prefect", "server", "start", "--no-ui"]
        with running(
            [*serve, "--host", "127.0.0.1", "--port", str(tcp_port)],
            tcp_port=tcp_port,
            environment=environment,
            log=Path(name) / "server.log",
            limit=START_LIMIT_SECONDS,
        ):
            _until_healthy(url)
            with _flow(environment, Path(name)) as flow:
                yield flow


def _until_healthy(url: str) -> None:
    until = time.monotonic() + START_LIMIT_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=10) as answer:
                answer.read()
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


@contextmanager
def _flow(environment: dict[str, str], folder: Path) -> Iterator[Flow]:
    process = subprocess.Popen(
        [str(python()), "-c", FLOW],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
        cwd=folder,
        text=True,
        start_new_session=True,
    )
    try:
        yield Flow(process)
    finally:
        process.kill()
        process.wait()
