"""Run the benchmarks and print figures, then their ratios; nothing is asserted."""

import argparse
import os
import platform
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks import (
    busy,
    chained,
    editor,
    growth,
    hand_over,
    many_runs,
    prefect_peer,
    primitives,
    recovery,
    starts,
    status_calls,
    waiting,
)
from benchmarks.figures import Figure, Ratio, ratio
from benchmarks.own_platform import STAMP, WAITER
from benchmarks.own_platform import platform as own_platform

Lines = Iterable[Figure | Ratio]


def main() -> None:
    """Measure everything, or the parts that are named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--times", type=int, default=5, help="repetitions of each figure")
    parser.add_argument("--starts", type=int, default=200, help="programs in part starts")
    parser.add_argument(
        "--runs", type=int, default=1000, help="runs that wait in parts many and recovery"
    )
    parser.add_argument(
        "--waiting", type=int, default=10_000, help="runs that wait in parts waiting and growth"
    )
    parser.add_argument("--draw", type=Path, help="file for the picture that part growth draws")
    wanted = parser.parse_args()
    if unknown := set(wanted.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    wanted.times = max(1, wanted.times)
    # Whoever ends us gets everything ended that we have started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    _head()
    for name, measure in PARTS.items():
        if name in (wanted.parts or PARTS):
            for line in measure(wanted):
                print(line)
            print(flush=True)


def _head() -> None:
    cores = os.cpu_count() or 1
    others = os.getloadavg()[0]
    print(f"{platform.machine()}, {cores} cores, Python {platform.python_version()}")
    print("medians, in brackets the smallest and the largest of n repetitions")
    if others > 0.3 * cores:
        print(
            f"Other programs are busy here (load {others:.1f}): believe the CPU per call, and what"
            " is related pair by pair, but no time"
        )
    print(flush=True)


def _status(wanted: argparse.Namespace) -> Lines:
    return status_calls.measure(wanted.times)


def _start(wanted: argparse.Namespace) -> Lines:
    with own_platform() as own, primitives.machine() as machine:
        yield from _started(machine, hand_over.measure(own, machine, wanted.times))


def _starts(wanted: argparse.Namespace) -> Lines:
    with own_platform() as own:
        yield from starts.measure(own, wanted.times, max(1, wanted.starts))


def _many(wanted: argparse.Namespace) -> Lines:
    with own_platform((STAMP, WAITER, many_runs.STILL)) as own:
        yield from many_runs.measure(own, wanted.times, max(wanted.times, wanted.runs))


def _chain(wanted: argparse.Namespace) -> Lines:
    with own_platform() as own, primitives.machine() as machine:
        yield from _chained(machine, chained.measure(own, machine, wanted.times))


def _busy(wanted: argparse.Namespace) -> Lines:
    with own_platform() as own:
        yield from busy.measure(own, wanted.times)


def _waiting(wanted: argparse.Namespace) -> Lines:
    return waiting.measure(wanted.times, max(1, wanted.waiting))


def _recovery(wanted: argparse.Namespace) -> Lines:
    return recovery.measure(wanted.times, max(1, wanted.runs))


def _growth(wanted: argparse.Namespace) -> Lines:
    return growth.measure(wanted.times, wanted.waiting, wanted.draw)


def _editor(wanted: argparse.Namespace) -> Lines:
    with own_platform((editor.CALCULATOR,)) as own:
        yield from editor.measure(own, wanted.times)


PARTS: dict[str, Callable[[argparse.Namespace], Lines]] = {
    "status": _status,
    "start": _start,
    "starts": _starts,
    "many": _many,
    "chain": _chain,
    "busy": _busy,
    "waiting": _waiting,
    "recovery": _recovery,
    "growth": _growth,
    "editor": _editor,
}


def _started(machine: primitives.Machine, passed: dict[str, Figure]) -> Lines:
    yield from (machine.figure(name) for name in primitives.NAMES)
    yield from passed.values()
    start, pushed = passed["start"], passed["pushed"]
    yield ratio("start of a program / sh -c true", start, machine.figure("sh"), "at most 3")
    # What a start cannot do without: the call; the record of its id and that of the job, made
    # durable one after the other; a shell that outlives us, and the program.
    needed = machine.sum(post=1, fsync=3, sh=1, date=1)
    yield ratio("start of a program / its primitives", start, needed)
    # What a hand-over cannot do without: the outcome and the new id are made durable (2 fsyncs of
    # a file, 2 of its folder); inbox and journal commit; the push, the poll and the start call.
    needed = machine.sum(fsync=4, commit=2, post=3)
    yield ratio("hand-over, pushed / its primitives", pushed, needed, "at most 5")
    yield ratio("hand-over, polled / pushed", passed["polled"], pushed)


def _chained(machine: primitives.Machine, found: dict[str, Figure]) -> Lines:
    yield machine.figure("commit")
    yield machine.figure("post")
    yield from found.values()
    steps = chained.STEPS
    needed = machine.sum(commit=steps, post=steps)
    name = f"{steps} steps / {steps} x (commit + POST)"
    yield ratio(f"{name}, Tarry", found["tarry"], needed, "at most 5")
    if "prefect" in found:
        yield ratio(f"{name}, Prefect", found["prefect"], needed)
        yield ratio(f"{steps} steps: Prefect / Tarry", found["prefect"], found["tarry"])
    else:
        print(f"Prefect is left out: {prefect_peer.python()} is not there (see tools/prefect.sh)")


main()
