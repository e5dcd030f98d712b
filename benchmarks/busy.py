"""Status calls while other programs keep every core busy."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import primitives
from benchmarks.figures import Figure
from benchmarks.own_platform import Running
from benchmarks.processes import cpu_seconds
from benchmarks.status_calls import Target, stop_waiting, tarry_target

SECONDS = 3.0
CONNECTIONS = 4


@contextmanager
def busy_cores() -> Iterator[None]:
    """Keep every core busy with programs of ordinary priority, for the length of the block."""
    endless = [sys.executable, "-c", "while True: pass"]
    programs = [subprocess.Popen(endless) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


def measure(own: Running, times: int) -> dict[str, Figure]:
    """Measure the 99th percentile; the keys are bare and tarry."""
    found: dict[str, list[float]] = {"bare": [], "tarry": []}
    tarry = tarry_target(own)
    with primitives.bare_uvicorn() as (tcp_port, process_id):
        bare = Target(tcp_port=tcp_port, request=tarry.request, cpu=lambda: cpu_seconds(process_id))
        with busy_cores():
            for _ in range(times):
                for name, target in (("bare", bare), ("tarry", tarry)):
                    load = target.measure(seconds=SECONDS, connections=CONNECTIONS)
                    found[name].append(load.percentile(0.99) * 1e3)
    stop_waiting(own)
    names = {"bare": "bare uvicorn", "tarry": "getServiceStatus"}
    return {
        key: Figure(name=f"{names[key]}, p99, every core busy", unit="ms", values=tuple(values))
        for key, values in found.items()
    }
