"""What tests of jobs need: programs to run, conditions to wait for, a web process to kill."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tarry.jobs.adapters.local import LocalExecutor
from tarry.jobs.folder import JobFolder
from tarry.jobs.model import JobSpec

PATIENCE = 60.0
"""Seconds after which a condition that should hold is taken never to hold."""


def sh(script: str, *arguments: str, **environment: str) -> JobSpec:
    """A program written as a line of shell; its arguments are $1, $2 and so on."""
    return JobSpec(
        command=("/bin/sh", "-c", script, "program", *arguments), environment=environment
    )


async def until(condition: Callable[[], object]) -> None:
    """Wait until something holds."""
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up, "it never came true"
        await asyncio.sleep(0.005)


def pid_in(file: Path) -> int:
    """The first number of a mark; 0 while it is not written whole."""
    try:
        line = file.read_text()
    except FileNotFoundError:
        return 0
    return int(line.split()[0]) if line.endswith("\n") else 0


def shim_pid(folder: Path) -> int:
    """The number of a job's shim; 0 while there is none."""
    return pid_in(JobFolder(folder).started)


def program_pid(folder: Path) -> int:
    """The number of a job's program; 0 while there is none."""
    return pid_in(JobFolder(folder).pid)


def exists(pid: int) -> bool:
    """Whether there is a process of that number that is not a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def launch(root: Path, count: int, *, seconds: float = 0) -> "subprocess.Popen[str]":
    """Start a web process of sorts: it says `ready`, and starts its jobs on a line of input.

    Each job runs for so many seconds and up to a tenth of one more, and ends with 0, 1 or 2.
    """
    return subprocess.Popen(
        [sys.executable, __file__, str(root), str(count), str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def go(web: "subprocess.Popen[str]") -> None:
    """Let a launched process start its jobs."""
    assert web.stdin is not None
    web.stdin.write("go\n")
    web.stdin.flush()


def job_folders(root: Path, count: int) -> list[Path]:
    """The folders of a launcher's jobs."""
    return [root / f"job{number:03}" for number in range(count)]


async def _run_all(root: Path, count: int, seconds: float) -> None:
    """Start every job (again), then wait for all of them."""
    executor = LocalExecutor()
    print("ready", flush=True)
    sys.stdin.readline()
    folders = job_folders(root, count)
    for number, folder in enumerate(folders):
        script = 'echo start >>starts; sleep "$1"; echo done >result; exit "$2"'
        lasting = str(seconds + number % 10 / 100)
        await executor.start(folder, sh(script, lasting, str(number % 3)))
    print("started", flush=True)
    await asyncio.gather(*(executor.wait(folder) for folder in folders))
    print("over", flush=True)


if __name__ == "__main__":
    asyncio.run(_run_all(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
