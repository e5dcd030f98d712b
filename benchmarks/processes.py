"""Server processes for the length of a measurement; each ends with it.

Each has a session of its own, as a service of Tarry has: Linux shares the processors out among
sessions before it does among processes, so without this the sides would not compete on one footing.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

START_LIMIT_SECONDS = 30.0


def free_tcp_port() -> int:
    """Find a TCP port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str],
    *,
    tcp_port: int,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
    limit: float = START_LIMIT_SECONDS,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; enters once it accepts connections.

    Raises:
        RuntimeError: it ended, or did not listen within the limit; says what it printed.
    """
    output = log.open("wb") if log else subprocess.DEVNULL
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env={**os.environ, **(environment or {})},
        start_new_session=True,
    )
    try:
        _wait_for(process, tcp_port, log, limit)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if log:
            output.close()  # type: ignore[union-attr]


def _wait_for(
    process: subprocess.Popen[bytes], tcp_port: int, log: Path | None, limit: float
) -> None:
    until = time.monotonic() + limit
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", tcp_port)) == 0:
                return
        time.sleep(0.02)
    printed = log.read_text(errors="replace")[-2000:] if log else ""
    raise RuntimeError(f"{process.args!r} does not listen on TCP port {tcp_port}: {printed}")


def cpu_seconds(process_id: int) -> float:
    """Give the CPU time that a process and its finished children have used, in seconds."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return sum(int(fields[i]) for i in (11, 12, 13, 14)) / os.sysconf("SC_CLK_TCK")


def descendants(process_id: int) -> list[int]:
    """Find all processes that descend from one now, but those that end meanwhile."""
    found = []
    with suppress(OSError):
        for task in Path(f"/proc/{process_id}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *descendants(int(child))]
    return found


def cpu_seconds_of_tree(process_id: int) -> float:
    """Give the CPU time of a process and all that descend from it now, in seconds."""
    total = cpu_seconds(process_id)
    for child in descendants(process_id):
        with suppress(OSError):
            total += cpu_seconds(child)
    return total


def resident_kib(process_id: int) -> float:
    """Give the memory that a process has in use, in KiB."""
    return _kib(Path(f"/proc/{process_id}/status"), "VmRSS:")


def share_kib(process_id: int) -> float:
    """Give a process's share of memory, in KiB: what several have in common is divided."""
    return _kib(Path(f"/proc/{process_id}/smaps_rollup"), "Pss:")


def _kib(file: Path, name: str) -> float:
    for line in file.read_text().splitlines():
        if line.startswith(name):
            return float(line.split()[1])
    return 0.0


def name_of(process_id: int) -> str:
    """Give the name of what a process runs, such as `sleep`."""
    return Path(f"/proc/{process_id}/comm").read_text().strip()


def end_sleepers(process_id: int) -> None:
    """End each `sleep` that descends from a process, and wait until none is left."""
    until = time.monotonic() + START_LIMIT_SECONDS
    while time.monotonic() < until:
        left = [child for child in descendants(process_id) if _sleeps(child)]
        if not left:
            return
        for child in left:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)
        time.sleep(0.1)


def _sleeps(process_id: int) -> bool:
    with suppress(OSError):
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
        return name_of(process_id) == "sleep" and state != "Z"
    return False
