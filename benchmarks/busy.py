"""Status calls while other programs keep every core busy."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import primitives
from benchmarks.figures import Figure, Ratio, ratio
from benchmarks.load import Load, load, paced_load
from benchmarks.own_platform import Running
from benchmarks.processes import cpu_seconds
from benchmarks.status_calls import Target, tarry_target

SECONDS = 3.0
CONNECTIONS = 4
PER_SECOND = 100.0


@contextmanager
def busy_cores() -> Iterator[None]:
    """Keep every core busy with programs of ordinary priority, for the length of the block.

    Each has a session of its own, as the programs have that Tarry runs.
    """
    endless = [sys.executable, "-c", "while True: pass"]
    programs = [
        subprocess.Popen(endless, start_new_session=True) for _ in range(os.cpu_count() or 1)
    ]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


def measure(own: Running, times: int) -> list[Figure | Ratio]:
    """Measure the 99th percentile, of as many calls as go and of a hundred a second."""
    found: dict[tuple[str, str], list[float]] = {}
    with tarry_target(own) as tarry, primitives.bare_uvicorn() as (tcp_port, process_id):
        bare = Target(tcp_port=tcp_port, request=tarry.request, cpu=lambda: cpu_seconds(process_id))
        with busy_cores():
            for _ in range(times):
                for pace, run in (("all that go", _all), ("100 a second", _paced)):
                    for side, target in (("bare uvicorn", bare), ("getServiceStatus", tarry)):
                        load_ = asyncio.run(run(target))
                        found.setdefault((pace, side), []).append(load_.percentile(0.99) * 1e3)
    figures = {
        (pace, side): Figure(
            name=f"{side}, p99, cores busy, {pace}", unit="ms", values=tuple(values)
        )
        for (pace, side), values in found.items()
    }
    ratios = [
        ratio(
            f"p99, cores busy, {pace}: Tarry / bare uvicorn",
            figures[pace, "getServiceStatus"],
            figures[pace, "bare uvicorn"],
            "close to 1",
        )
        for pace in ("all that go", "100 a second")
    ]
    return [*figures.values(), *ratios]


async def _all(target: Target) -> Load:
    return await load(target.tcp_port, target.request, seconds=SECONDS, connections=CONNECTIONS)


async def _paced(target: Target) -> Load:
    return await paced_load(
        target.tcp_port,
        target.request,
        seconds=SECONDS,
        connections=CONNECTIONS,
        per_second=PER_SECOND,
    )
