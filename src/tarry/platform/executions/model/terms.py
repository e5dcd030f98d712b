"""On what terms a service is used: what may be repeated, how often it is asked, for how long."""

from dataclasses import dataclass, field
from datetime import timedelta

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the manager puts up with a service before it calls the step off.

    Attributes:
        start: a start call that cannot be sent is repeated for so long; nothing is lost by failing.
        running: a service that was started may be away for so long; hours of work may be lost.
        silent: a service that was started may take calls without answering them for so long.
        doubt: a service that may or may not have been started is asked for so long.
        abort: how long the abort of a step may take.
    """

    start: timedelta = timedelta(hours=1)
    running: timedelta = timedelta(hours=24)
    silent: timedelta = timedelta(minutes=10)
    doubt: timedelta = timedelta(seconds=30)
    abort: timedelta = timedelta(seconds=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a running service is asked.

    Attributes:
        first: the pause before the first poll.
        slowest: the longest pause that the growing pauses reach.
        pushed: the pause once the service was seen to push.
    """

    first: timedelta = timedelta(seconds=0.2)
    slowest: timedelta = timedelta(seconds=6)
    pushed: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A service as one execution uses it, frozen when the execution was asked for.

    Attributes:
        uri: its name in workflow documents.
        name: what people call it in the catalogue; `title` is what pages show.
        repeatable: calling it twice does no harm.
        at_most_once: the same step-run id never starts a second program, and an id that is over
            keeps its outcome: a service made with Tarry.
        outputs: its own outputs, without the status.
        required: those of its own inputs that it cannot be called without.
        secrets: those of its inputs that are secrets.
        most_runs: so many runs of it may go on at once; none: any number.
        hears: messages can be sent to it while it runs.
        remote: how to call it: opaque here, read by the adapter that calls.
    """

    uri: str
    name: str
    title: str = ""
    operation: str
    kind: Kind
    repeatable: bool = False
    at_most_once: bool = False
    outputs: tuple[Port, ...] = ()
    required: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    hears: bool = False
    most_runs: int | None = None
    remote: str = field(default="", repr=False)
    pace: Pace = field(default_factory=Pace)
    patience: Patience = field(default_factory=Patience)

    @property
    def may_start_twice(self) -> bool:
        """Whether a start call may be made again when its answer was lost."""
        asked = self.kind is Kind.ASYNCHRONOUS  # and only then started again, see the watch
        return self.at_most_once or (self.repeatable and not asked)
