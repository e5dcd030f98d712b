"""Processes as Linux shows them: who is alive, who belongs to a job, and waiting for an end.

A process is named by its number *and* its start time, as numbers are used again. A zombie is gone:
it executes nothing any more.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tarry.jobs.model import MARKER, ProcessMark

_PROC = Path("/proc")
_SLOWEST_LOOK = 1.0


@dataclass(frozen=True, slots=True)
class Process:
    """A line of `/proc/<pid>/stat`, as far as it matters here."""

    pid: int
    session: int
    start: int
    is_alive: bool


@cache
def boot_id() -> str:
    """Name the time since the machine was started."""
    return (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()


def look_at(pid: int) -> Process | None:
    """Look at a process; `None` if there is none of that number."""
    try:
        line = (_PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    # The program's name stands in parentheses and may itself hold spaces and parentheses.
    fields = line[line.rindex(b")") + 2 :].split()
    return Process(pid, int(fields[3]), int(fields[19]), fields[0] not in (b"Z", b"X"))


def is_alive(mark: ProcessMark) -> bool:
    """Whether the marked process, and not another one with its number, still runs."""
    process = look_at(mark.pid)
    return (
        mark.boot == boot_id()
        and process is not None
        and process.start == mark.start
        and process.is_alive
    )


def family(marker: str, shim: ProcessMark | None) -> list[Process]:
    """Find every living process of a job, the shim included.

    They are known by the marker in their environment, which also those have that made a session
    of their own; and by the shim's session while the shim lives, which also those are in that
    cleared their environment.
    """
    session = shim.pid if shim is not None and is_alive(shim) else None
    wanted = f"{MARKER}={marker}".encode()
    return [
        process
        for process in _all()
        if process.is_alive and (process.session == session or wanted in _environment(process.pid))
    ]


def _all() -> Iterator[Process]:
    for entry in os.scandir(_PROC):
        if entry.name.isdigit() and (process := look_at(int(entry.name))) is not None:
            yield process


def _environment(pid: int) -> list[bytes]:
    try:
        return (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:  # gone, or somebody else's
        return []


def send(process: Process, number: signal.Signals) -> None:
    """Send a signal to exactly this process, if it is still there and ours."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        descriptor = _open(process.pid, process.start)
        if descriptor is None:
            return
        try:
            signal.pidfd_send_signal(descriptor, number)
        finally:
            os.close(descriptor)


async def ended(pid: int, start: int, *, within: float | None = None) -> bool:
    """Wait until a process has ended, and reap it if it is a child of ours.

    That may be so even if we did not start it: process 1 of a container inherits orphans.

    Args:
        pid: its number.
        start: its start time, so that no other process is waited for.
        within: seconds after which to give up.

    Returns:
        Whether it has ended.
    """
    try:
        descriptor = _open(pid, start)
    except OSError:  # a kernel or sandbox without pidfd
        return await _ended_by_looking(pid, start, within)
    if descriptor is None:
        return True
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    loop.add_reader(descriptor, over.set)
    try:
        async with asyncio.timeout(within):
            await over.wait()
    except TimeoutError:
        return False
    else:
        with contextlib.suppress(ChildProcessError):
            os.waitid(os.P_PIDFD, descriptor, os.WEXITED | os.WNOHANG)  # noqa: ASYNC222 - no hang
        return True
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def _open(pid: int, start: int) -> int | None:
    """Open a process; only when it is open is it certain which one that is."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return None
    process = look_at(pid)
    if process is not None and process.start == start:
        return descriptor
    os.close(descriptor)
    return None


async def _ended_by_looking(pid: int, start: int, within: float | None) -> bool:
    pause = 0.01
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within):
            while True:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)  # noqa: ASYNC222 - it does not hang
                process = look_at(pid)
                if process is None or process.start != start or not process.is_alive:
                    return True
                await asyncio.sleep(pause)
                pause = min(2 * pause, _SLOWEST_LOOK)
    return False
