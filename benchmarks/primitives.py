"""What the machine itself can do: the units in which Tarry's own figures are given."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.figures import Figure, middle, repeated
from benchmarks.load import Load, load, post
from benchmarks.processes import cpu_seconds, free_tcp_port, running

BODY = b"x" * 600  # about the size of a getServiceStatus call

BARE = """
import sys, uvicorn
answer = b"y" * 3100  # about the size of a status answer with a 2 kB page
start = {"type": "http.response.start", "status": 200,
         "headers": [(b"content-type", b"text/xml"), (b"content-length", b"3100")]}
body = {"type": "http.response.body", "body": answer}
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send(start)
    await send(body)
uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False, lifespan="off",
            loop="uvloop", http="httptools")
"""


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


def commit_us(folder: Path) -> float:
    """Commit one row in SQLite, WAL and synchronous=FULL: median of 50, in µs."""
    connection = sqlite3.connect(folder / "commit.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, text TEXT)")
    samples = []
    for _ in range(50):
        started = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t (text) VALUES (?)", ("x" * 200,))
        connection.execute("COMMIT")
        samples.append(time.perf_counter() - started)
    connection.close()
    return middle(samples) * 1e6


def shell_us() -> float:
    """Run `sh -c true` and wait for it: median of 30, in µs."""
    samples = []
    for _ in range(30):
        started = time.perf_counter()
        subprocess.run(["sh", "-c", "true"], check=True)
        samples.append(time.perf_counter() - started)
    return middle(samples) * 1e6


@contextmanager
def bare_uvicorn() -> Iterator[tuple[int, int]]:
    """Run a bare ASGI endpoint under uvicorn; gives its TCP port and process id."""
    tcp_port = free_tcp_port()
    with running([sys.executable, "-c", BARE, str(tcp_port)], tcp_port=tcp_port) as process:
        yield tcp_port, process.pid


def bare_load(tcp_port: int, *, seconds: float, connections: int) -> Load:
    """Load the bare endpoint."""
    return asyncio.run(load(tcp_port, post("/", BODY), seconds=seconds, connections=connections))


def post_us(tcp_port: int) -> float:
    """POST over a keep-alive connection on loopback: median of a second, in µs."""
    return bare_load(tcp_port, seconds=0.5, connections=1).percentile(0.5) * 1e6


def measure(times: int) -> dict[str, Figure]:
    """Measure every primitive; the keys are fsync, commit, post, sh, bare and bare_cpu."""
    figures: dict[str, Figure] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures["fsync"] = repeated("fsync of 4 kB", "µs", lambda: fsync_us(folder), times)
        figures["commit"] = repeated("SQLite commit, FULL", "µs", lambda: commit_us(folder), times)
    figures["sh"] = repeated("sh -c true", "µs", shell_us, times)
    with bare_uvicorn() as (tcp_port, process_id):
        figures["post"] = repeated("keep-alive POST", "µs", lambda: post_us(tcp_port), times)
        rates, costs = [], []
        for _ in range(times):
            before = cpu_seconds(process_id)
            result = bare_load(tcp_port, seconds=2, connections=16)
            rates.append(result.per_second)
            costs.append((cpu_seconds(process_id) - before) / result.calls * 1e6)
        figures["bare"] = Figure(name="bare uvicorn", unit="calls/s", values=tuple(rates))
        figures["bare_cpu"] = Figure(name="bare uvicorn, CPU", unit="µs/call", values=tuple(costs))
    return figures
