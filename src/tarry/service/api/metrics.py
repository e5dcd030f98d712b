"""Numbers on the calls and runs of this process, in the text format of Prometheus."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tarry.service.model.run import RunState
from tarry.service.operations.workshop import Run, Workshop

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


class Tally:
    """Counts calls since the process was started.

    Names of services and operations come from program files and outcomes from our errors, so that
    no caller can make it grow.
    """

    def __init__(self) -> None:
        self._calls: Counter[tuple[str, str, str, str]] = Counter()
        self._seconds: defaultdict[tuple[str, str, str], float] = defaultdict(float)
        self._timed: Counter[tuple[str, str, str]] = Counter()

    def add(self, *, door: str, service: str, operation: str, outcome: str, seconds: float) -> None:
        """Count a call that was answered."""
        where = (door, service, operation)
        self._calls[*where, outcome] += 1
        self._timed[where] += 1
        self._seconds[where] += seconds

    def lines(self) -> Iterator[str]:
        """Give the lines on calls."""
        yield from head("tarry_calls_total", "counter", "Calls by operation and outcome.")
        for (door, service, operation, outcome), number in sorted(self._calls.items()):
            labels = _where(door, service, operation) | {"outcome": outcome}
            yield sample("tarry_calls_total", labels, number)
        yield from head("tarry_call_seconds", "summary", "Seconds that calls took to be answered.")
        for where, number in sorted(self._timed.items()):
            labels = _where(*where)
            yield sample("tarry_call_seconds_sum", labels, round(self._seconds[where], 6))
            yield sample("tarry_call_seconds_count", labels, number)


def metrics(tally: Tally, workshop: Workshop) -> bytes:
    """Give all that is measured."""
    states = Counter(run.state for run in _runs(workshop))
    lines = [
        *tally.lines(),
        *head("tarry_runs", "gauge", "Runs that this process has in memory, by state."),
        *(sample("tarry_runs", {"state": state.value}, states[state]) for state in RunState),
        *gauge("tarry_programs_running", "Programs of runs that go on.", states[RunState.RUNNING]),
        *gauge("tarry_queue_length", "Runs that wait for their turn.", states[RunState.QUEUED]),
    ]
    return ("\n".join(lines) + "\n").encode()


def _runs(workshop: Workshop) -> Iterable[Run]:
    yield from workshop.going.values()
    yield from workshop.finished.values()


def _where(door: str, service: str, operation: str) -> dict[str, str]:
    return {"door": door, "service": service, "operation": operation}


def gauge(name: str, meaning: str, value: float) -> Iterator[str]:
    """Give the lines of a number that goes up and down."""
    yield from head(name, "gauge", meaning)
    yield sample(name, {}, value)


def head(name: str, kind: str, meaning: str) -> Iterator[str]:
    """Give the lines that say what a number is."""
    yield f"# HELP {name} {meaning}"
    yield f"# TYPE {name} {kind}"


def sample(name: str, labels: Mapping[str, str], value: float) -> str:
    """Give the line of one number."""
    inside = ",".join(f'{label}="{text.translate(_ESCAPES)}"' for label, text in labels.items())
    return f"{name}{{{inside}}} {value}" if inside else f"{name} {value}"
