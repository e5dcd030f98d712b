"""Run the benchmarks and print figures, then their ratios; nothing is asserted."""

import argparse
import os
import platform

from benchmarks import busy, chained, hand_over, primitives, status_calls
from benchmarks.figures import Figure, Ratio
from benchmarks.own_platform import platform as own_platform


def main() -> None:
    """Measure everything, or the parts that are named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="repetitions of each figure")
    times = max(1, parser.parse_args().times)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print("medians, in brackets the smallest and the largest of n repetitions\n")
    machine = primitives.measure(times)
    _show(*machine.values())
    _show(*status_calls.measure(times))
    with own_platform() as own:
        passed = hand_over.measure(own, times)
        forty = chained.measure(own, times)
        loaded = busy.measure(own, times)
    _show(*passed.values(), forty, *loaded.values())
    _show(*_ratios(machine, passed, forty, loaded))


def _ratios(
    machine: dict[str, Figure],
    passed: dict[str, Figure],
    forty: Figure,
    loaded: dict[str, Figure],
) -> list[Ratio]:
    commit, post, fsync = machine["commit"], machine["post"], machine["fsync"]
    # What a hand-over cannot do without: the outcome and the new id are made durable (2 fsyncs of
    # a file, 2 of its folder); inbox and journal commit; the push, the poll and the start call.
    hand_over_sum = _sum((4, fsync), (2, commit), (3, post))
    step_sum = _sum((chained.STEPS, commit), (chained.STEPS, post))
    return [
        _over(
            "start of a program: Tarry / sh -c true", passed["start"], machine["sh"], "at most 3"
        ),
        _over("start of a program / bare Popen", passed["start"], passed["date"]),
        _over("hand-over, pushed / its primitives", passed["pushed"], hand_over_sum, "at most 5"),
        _over("hand-over, polled / pushed", passed["polled"], passed["pushed"]),
        _over(
            f"{chained.STEPS} steps / {chained.STEPS} x (commit + POST)",
            Figure(name="", unit="µs", values=tuple(1e3 * value for value in forty.values)),
            step_sum,
            "at most 8",
        ),
        _over("p99 with busy cores: Tarry / bare uvicorn", loaded["tarry"], loaded["bare"]),
    ]


def _sum(*parts: tuple[int, Figure]) -> Figure:
    """Add up multiples of figures, by their medians."""
    return Figure(name="", unit="µs", values=(sum(n * figure.median for n, figure in parts),))


def _over(name: str, above: Figure, below: Figure, aim: str = "") -> Ratio:
    """Relate each value to the median of another figure of the same run."""
    return Ratio(name=name, values=tuple(v / below.median for v in above.values), aim=aim)


def _show(*lines: Figure | Ratio) -> None:
    for line in lines:
        print(line)
    print(flush=True)


main()
