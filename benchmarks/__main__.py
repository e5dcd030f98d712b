"""Run the benchmarks and print figures, then their ratios; nothing is asserted."""

import argparse
import os
import platform
from collections.abc import Iterable

from benchmarks import busy, chained, hand_over, many_runs, primitives, starts, status_calls
from benchmarks.figures import Figure, Ratio, ratio
from benchmarks.own_platform import STAMP, WAITER
from benchmarks.own_platform import platform as own_platform

PARTS = ("status", "start", "starts", "many", "chain", "busy")


def main() -> None:
    """Measure everything, or the parts that are named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--times", type=int, default=5, help="repetitions of each figure")
    parser.add_argument("--starts", type=int, default=200, help="programs in part starts")
    parser.add_argument("--runs", type=int, default=1000, help="runs that wait in part many")
    wanted = parser.parse_args()
    if unknown := set(wanted.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    parts = wanted.parts or PARTS
    times = max(1, wanted.times)
    _head()
    if "status" in parts:
        _show(status_calls.measure(times))
    if "start" in parts:
        with own_platform() as own, primitives.machine() as machine:
            _show(_starts(machine, hand_over.measure(own, machine, times)))
    if "starts" in parts:
        with own_platform() as own:
            _show(starts.measure(own, times, max(1, wanted.starts)))
    if "many" in parts:
        with own_platform((STAMP, WAITER, many_runs.STILL)) as own:
            _show(many_runs.measure(own, times, max(times, wanted.runs)))
    if "chain" in parts:
        with own_platform() as own, primitives.machine() as machine:
            _show(_chain(machine, chained.measure(own, machine, times)))
    if "busy" in parts:
        with own_platform() as own:
            _show(busy.measure(own, times))


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


def _starts(machine: primitives.Machine, passed: dict[str, Figure]) -> Iterable[Figure | Ratio]:
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


def _chain(machine: primitives.Machine, forty: Figure) -> Iterable[Figure | Ratio]:
    yield machine.figure("commit")
    yield machine.figure("post")
    yield forty
    steps = chained.STEPS
    name = f"{steps} steps / {steps} x (commit + POST)"
    yield ratio(name, forty, machine.sum(commit=steps, post=steps), "at most 8")


def _show(lines: Iterable[Figure | Ratio]) -> None:
    for line in lines:
        print(line)
    print(flush=True)


main()
