"""Processes as Linux shows them: who is alive, who belongs to a job, and waiting for an end.

A process is named by its number *and* its start time, as numbers are used again. A zombie counts as
gone: it executes nothing any more. Those of our own are reaped by whoever waits for them here, even
if they were born elsewhere: as process 1 of a container we inherit the orphans, such as a program
whose shim was killed.
"""

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tarry.jobs.model import MARKER

_PROC = Path("/proc")
_SLOWEST_LOOK = 1.0
_OF_THE_MACHINE = "pid:[4026531836]"
"""The name that Linux gives the processes that are in no container (PROC_PID_INIT_INO)."""
_MARKED = re.compile(rb"(?:^|\0)" + MARKER.encode() + rb"=([^\0]*)")


@dataclass(frozen=True, slots=True)
class Process:
    """A living process, named for all times by its number and its start time."""

    pid: int
    start: int
    session: int = field(compare=False)
    group: int = field(compare=False)


@cache
def boot_id() -> str:
    """Name the time since the machine was started."""
    return (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()


@cache
def life_id() -> str:
    """Name the time in which a process that we start can live; it holds no blank.

    That is this boot of the machine and, in a container, the life of its first process, with which
    the kernel ends all others. Both are told apart by the dot.
    """
    try:
        space = (_PROC / "self/ns/pid").readlink().name
    except OSError:
        space = _OF_THE_MACHINE
    first = None if space == _OF_THE_MACHINE else look_at(1)
    return f"{boot_id()}.{first.start}" if first else boot_id()


def may_live(life: str) -> bool:
    """Whether a process of that life may live where we cannot see it: in another container."""
    return life.partition(".")[0] == boot_id()


def look_at(pid: int) -> Process | None:
    """Look at a process; `None` if there is none of that number, or a zombie."""
    try:
        line = (_PROC / str(pid) / "stat").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The program's name stands in parentheses and may itself hold spaces and parentheses.
    fields = line[line.rindex(b")") + 2 :].split()
    if fields[0] in (b"Z", b"X"):
        return None
    return Process(pid=pid, start=int(fields[19]), session=int(fields[3]), group=int(fields[2]))


def bears(pid: int, marker: str) -> bool:
    """Whether a process has the marker of a job in its environment."""
    return bool(marker) and marker_of(pid) == marker


def marker_of(pid: int) -> str:
    """Give the marker of the job that a process belongs to, as its environment has it."""
    try:
        environment = (_PROC / str(pid) / "environ").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):  # gone, or somebody else's
        return ""
    found = _MARKED.search(environment)
    return found[1].decode("utf-8", "replace") if found else ""


def keeps_a_box(process: Process) -> bool:
    """Whether a process is bubblewrap's: it holds the box in which the program itself is.

    Told by a name that any program may give itself; all it gains is not to be asked before it is
    killed.
    """
    try:
        return (_PROC / str(process.pid) / "comm").read_bytes() == b"bwrap\n"
    except OSError:
        return False


def family(marker: str, session: int | None, known: Iterable[Process] = ()) -> set[Process]:
    """Find every living process of a job, the shim included.

    They are known by the marker in their environment, which also those have that made a session
    of their own; and by the shim's session, which also those are in that hide their environment.

    Args:
        marker: the job's marker.
        session: number of the shim's session. It may have been given to another one if none of
            the job's processes is in it any more, so then it is not gone by.
        known: processes of the job that were found before.
    """
    here = set(everyone())
    members = (here & set(known)) | {one for one in here if bears(one.pid, marker)}
    if any(member.session == session for member in members):
        members |= {one for one in here if one.session == session}
    return members


def everyone() -> Iterator[Process]:
    """Look at every living process."""
    for entry in os.scandir(_PROC):
        if entry.name.isdigit() and (process := look_at(int(entry.name))) is not None:
            yield process


def send(process: Process, number: signal.Signals) -> None:
    """Send a signal to exactly this process, if it is still there and ours."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        try:
            descriptor = _open(process)
        except OSError:  # without pidfd another one may be met that just got the number
            os.kill(process.pid, number)
            return
        if descriptor is None:
            return
        try:
            signal.pidfd_send_signal(descriptor, number)
        finally:
            os.close(descriptor)


def kill_group(group: int) -> None:
    """Kill all of a process group at one stroke, so that none can start another meanwhile."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if group > 1 and group != os.getpgrp():
            os.killpg(group, signal.SIGKILL)


async def ended(process: Process, *, within: float | None = None) -> bool:
    """Wait until a process has ended; give up after so many seconds and tell which it was."""
    try:
        descriptor = _open(process)
    except OSError:  # a kernel or sandbox without pidfd, or no descriptor is left
        return await _ended_by_looking(process, within)
    if descriptor is None:
        return True
    return await _over(descriptor, within)


async def reap(child: int) -> None:
    """Wait for a child of ours, so that it does not stay a zombie."""
    with contextlib.suppress(ProcessLookupError):
        try:
            descriptor = os.pidfd_open(child)
        except OSError as error:
            if isinstance(error, ProcessLookupError):
                raise
            await asyncio.to_thread(_wait_for, child)
        else:
            await _over(descriptor, within=None)


def _wait_for(child: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, 0)


async def _over(descriptor: int, within: float | None) -> bool:
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


def _open(process: Process) -> int | None:
    """Open a process; only when it is open is it certain which one that is."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return None
    try:
        found = look_at(process.pid)
    except OSError:
        os.close(descriptor)
        raise
    if found in (None, process):  # a zombie is still to be reaped
        return descriptor
    os.close(descriptor)
    return None


async def _ended_by_looking(process: Process, within: float | None) -> bool:
    pause = 0.01
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within):
            while True:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(process.pid, os.WNOHANG)  # noqa: ASYNC222 - it does not hang
                with contextlib.suppress(OSError):  # not to be able to look is not to see an end
                    if look_at(process.pid) != process:
                        return True
                await asyncio.sleep(pause)
                pause = min(2 * pause, _SLOWEST_LOOK)
    return False
