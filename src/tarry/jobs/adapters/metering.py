"""What jobs use: the time since they began, and the memory of all their processes.

One look at `/proc` serves all jobs, as a look for each would cost jobs times processes. Whose a
process is, is remembered: it bears the marker from its birth, even if it hides it afterwards.
"""

import os
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path

from tarry.jobs.adapters.marks import birth_of, shim_number
from tarry.jobs.adapters.processes import Process, everyone, marker_of
from tarry.jobs.folder import JobFolder, read_line
from tarry.jobs.model import ProcessMark, Usage

_TICKS = os.sysconf("SC_CLK_TCK")
_YOUNG = 5.0
"""Seconds in which a process may still be one of ours that has not become itself yet."""
_RESIDENT = re.compile(rb"^(?:VmRSS|VmSwap):\s*(\d+) kB", re.MULTILINE)
_SHARE = re.compile(rb"^(?:Pss|SwapPss):\s*(\d+) kB", re.MULTILINE)


class Meter:
    """Measures jobs; remembers from look to look which process belongs to which."""

    def __init__(self) -> None:
        self._markers: dict[Process, str] = {}

    def measure(self, jobs: Mapping[Path, int | None]) -> dict[Path, Usage]:
        """Tell what jobs use; see `Executor`."""
        found: dict[Path, Usage] = {}
        families = self._families() if any(exact is not None for exact in jobs.values()) else {}
        for folder, exact_above in jobs.items():
            job = JobFolder(folder)
            elapsed = _elapsed(job)
            if elapsed is None:
                continue
            memory = 0
            if exact_above is not None:
                members = _members(job, families)
                memory = _memory(members, "status", _RESIDENT)
                if memory > exact_above:
                    memory = _memory(members, "smaps_rollup", _SHARE) or memory
            found[folder] = Usage(elapsed=elapsed, memory=memory)
        return found

    def _families(self) -> dict[str | int, set[Process]]:
        """Sort all processes by the marker that they bear, and by their session."""
        now = time.clock_gettime(time.CLOCK_BOOTTIME)
        markers: dict[Process, str] = {}
        families: defaultdict[str | int, set[Process]] = defaultdict(set)
        for process in everyone():
            marker = self._markers.get(process)
            if marker is None:
                marker = marker_of(process.pid)
            if marker or now - process.start / _TICKS > _YOUNG:
                markers[process] = marker
            families[process.session].add(process)
            if marker:
                families[marker].add(process)
        self._markers = markers
        return families


def _members(job: JobFolder, families: Mapping[str | int, set[Process]]) -> set[Process]:
    members = families.get(birth_of(job).marker, set())
    session = shim_number(job)
    if session is not None and any(one.session == session for one in members):
        return members | families.get(session, set())
    return members


def _elapsed(job: JobFolder) -> timedelta | None:
    mark = ProcessMark.read(read_line(job.pid))
    if mark is None:
        return None
    now = time.clock_gettime(time.CLOCK_BOOTTIME)
    return timedelta(seconds=max(0.0, now - mark.start / _TICKS))


def _memory(members: Iterable[Process], file: str, kilobytes: re.Pattern[bytes]) -> int:
    total = 0
    for member in members:
        try:
            text = Path(f"/proc/{member.pid}/{file}").read_bytes()
        except OSError:  # it has just ended, or hides
            continue
        total += sum(int(number) for number in kilobytes.findall(text))
    return total * 1024
