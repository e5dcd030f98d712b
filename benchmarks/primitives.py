"""What the machine itself can do: the units in which Tarry's own figures are given."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, middle
from benchmarks.load import load, post
from benchmarks.processes import free_tcp_port, running

BODY = b"x" * 600  # about the size of a getServiceStatus call
ANSWER_BYTES = 4_300
"""About the size of a status answer with the waiter's page."""

BARE = """
import sys, uvicorn
size = int(sys.argv[2])
answer = b"y" * size
start = {"type": "http.response.start", "status": 200,
         "headers": [(b"content-type", b"text/xml"), (b"content-length", b"%d" % size)]}
body = {"type": "http.response.body", "body": answer}
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send(start)
    await send(body)
uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False, lifespan="off",
            loop="uvloop", http="httptools", server_header=False, date_header=False)
"""

NAMES = {
    "fsync": "fsync of 4 kB",
    "file": "a new, empty file",
    "commit": "SQLite commit, FULL",
    "sh": "sh -c true",
    "date": "Popen of date to the time that it prints",
    "post": "keep-alive POST",
}


@contextmanager
def bare_uvicorn(answer_bytes: int = ANSWER_BYTES) -> Iterator[tuple[int, int]]:
    """Run a bare ASGI endpoint under uvicorn; gives its TCP port and process id."""
    tcp_port = free_tcp_port()
    command = [sys.executable, "-c", BARE, str(tcp_port), str(answer_bytes)]
    with running(command, tcp_port=tcp_port) as process:
        yield tcp_port, process.pid


class Machine:
    """Measures the primitives, again and again, beside what is given as multiples of them."""

    def __init__(self, folder: Path, tcp_port: int) -> None:
        """Set up in a folder, with the TCP port of a bare endpoint."""
        self._folder = folder
        self._tcp_port = tcp_port
        self._found: dict[str, list[float]] = {name: [] for name in NAMES}

    def measure(self) -> None:
        """Measure each primitive once more; takes about a second."""
        folder = self._folder
        self._found["fsync"].append(fsync_us(folder))
        self._found["file"].append(file_us(folder))
        self._found["commit"].append(commit_us(folder))
        self._found["sh"].append(shell_us())
        self._found["date"].append(date_us())
        self._found["post"].append(self._post_us())

    def figure(self, name: str) -> Figure:
        """Give what was measured of one primitive so far, in µs."""
        return Figure(name=NAMES[name], unit="µs", values=tuple(self._found[name]))

    def sum(self, **parts: int) -> Figure:
        """Add up multiples of primitives, repetition by repetition: `sum(fsync=2, post=1)`."""
        values = zip(*(self._found[name] for name in parts), strict=True)
        totals = [
            sum(n * value for n, value in zip(parts.values(), row, strict=True)) for row in values
        ]
        return Figure(name="", unit="µs", values=tuple(totals))

    def _post_us(self) -> float:
        going = load(self._tcp_port, post("/", BODY), seconds=0.4, connections=1)
        return asyncio.run(going).percentile(0.5) * 1e6


@contextmanager
def machine() -> Iterator[Machine]:
    """Be ready to measure the primitives."""
    with TemporaryDirectory(prefix="tarry-bench-") as name, bare_uvicorn() as (tcp_port, _):
        yield Machine(Path(name), tcp_port)


def fsync_us(folder: Path) -> float:
    """Append 4 kB to a file and fsync it: median of 50, in µs."""
    samples = []
    with (folder / "fsync").open("wb") as file:
        for _ in range(50):
            started = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            samples.append(time.perf_counter() - started)
    return middle(samples) * 1e6


def file_us(folder: Path) -> float:
    """Make an empty file: median of 50, in µs.

    It says whether the file system is itself: where many files were removed a moment ago, as after
    a run of tests, ext4 takes a millisecond for it instead of some 40 µs.
    """
    samples = []
    for number in range(50):
        started = time.perf_counter()
        os.close(os.open(folder / f"{time.time_ns()}-{number}", os.O_CREAT | os.O_WRONLY))
        samples.append(time.perf_counter() - started)
    return middle(samples) * 1e6


def commit_us(folder: Path) -> float:
    """Commit one row in SQLite, WAL and synchronous=FULL: median of 50, in µs."""
    return middle(_commits(folder, 50)) * 1e6


def commit_p99_ms(folder: Path) -> float:
    """Commit one row in SQLite, WAL and synchronous=FULL: 99th percentile of 400, in ms."""
    return sorted(_commits(folder, 400))[396] * 1e3


def _commits(folder: Path, number: int) -> list[float]:
    connection = sqlite3.connect(folder / "commit.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, text TEXT)")
    samples = []
    for _ in range(number):
        started = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t (text) VALUES (?)", ("x" * 200,))
        connection.execute("COMMIT")
        samples.append(time.perf_counter() - started)
    connection.close()
    return samples


def shell_us() -> float:
    """Run `sh -c true` and wait for it: median of 30, in µs."""
    samples = []
    for _ in range(30):
        started = time.perf_counter()
        subprocess.run(["sh", "-c", "true"], check=True)
        samples.append(time.perf_counter() - started)
    return middle(samples) * 1e6


def date_us() -> float:
    """From `Popen` of `date` to the time that it prints, in µs: median of 30."""
    samples = []
    for _ in range(30):
        before = time.time()
        done = subprocess.run(["/bin/date", "+%s.%N"], capture_output=True, check=True)
        samples.append(float(done.stdout) - before)
    return middle(samples) * 1e6
