"""What a status page shows. How it looks is the renderer's business."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from tarry.contract.ports import STORED, Port, items
from tarry.service.model.program import Operation, ProgramFile
from tarry.service.model.run import NEXT, Outcome, RunState

MOST_PICTURES = 8
"""Pictures that a program file names, or a program lists."""
_SHOWN_VALUE = 2_000
_STATE_WORDS = {
    RunState.PREPARING: "getting its input files",
    RunState.QUEUED: "waiting for its turn",
    RunState.RUNNING: "running",
    RunState.STORING: "storing its results",
    RunState.SUCCEEDED: "finished",
    RunState.FAILED: "failed",
    RunState.ABORTED: "aborted",
    RunState.LOST: "lost",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture that stands in the page itself.

    Attributes:
        media_type: such as `image/png`.
        base64: its bytes.
        title: what it shows, in words; empty if nobody said.
    """

    media_type: str
    base64: str
    title: str = ""

    @property
    def source(self) -> str:
        """What stands for it in the page, as a `data:` URL."""
        return f"data:{self.media_type};base64,{self.base64}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What was seen of a run's files at an instant.

    Attributes:
        percent: 0 to 100, or `None` if the program does not say.
        message: what the program says of itself; empty if it does not.
        plot: SVG, made by us; empty if there is nothing to draw.
        values: the newest numbers of the plot, by their names.
        note: what holds the run up, if something does.
        own: the page that the program wrote, if that is what is shown.
    """

    percent: float | None = None
    message: str = ""
    log: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    plot: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    note: str = ""
    own: bytes | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """An output as people read it."""

    name: str
    title: str
    value: str
    unit: str = ""
    is_file: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PageView:
    """All that a page shows, in words."""

    title: str
    subtitle: str
    state: RunState
    started_at: datetime
    elapsed: timedelta
    percent: float | None
    message: str
    log: tuple[str, ...]
    pictures: tuple[Picture, ...]
    plot: str
    plot_title: str
    note: str
    results: tuple[Result, ...]
    failure: str

    @property
    def state_words(self) -> str:
        """The state as people say it."""
        return _STATE_WORDS[self.state]

    @property
    def is_over(self) -> bool:
        """Whether nothing on the page will change any more."""
        return bool(not NEXT[self.state])

    @property
    def percent_words(self) -> str:
        """The progress as people read it; never rounded up, as 100 % would be untrue."""
        if self.percent is None:
            return ""
        tenths = Decimal(str(self.percent)).quantize(Decimal("0.1"), ROUND_DOWN)
        return f"{tenths:f}".removesuffix(".0")

    @property
    def elapsed_words(self) -> str:
        """The time it has taken so far."""
        return duration_words(self.elapsed)

    @property
    def left_words(self) -> str:
        """An estimate of the time it still takes; empty if nothing can be said yet."""
        left = time_left(self.percent, self.elapsed)
        if left is None or self.state is not RunState.RUNNING:
            return ""
        return f"about {duration_words(left)} left"


def time_left(percent: float | None, elapsed: timedelta) -> timedelta | None:
    """Estimate the time that is left, as if the rest went as fast as what was done.

    Below 2 % and in the first 5 seconds nothing is said: it would only be wrong.
    """
    if percent is None or not 2 <= percent < 100 or elapsed < timedelta(seconds=5):
        return None
    return elapsed * (100 - percent) / percent


def page_view(
    program: ProgramFile,
    operation: Operation,
    *,
    state: RunState,
    seen: Seen,
    note: str = "",
    created_at: datetime,
    now: datetime,
    outcome: Outcome | None = None,
) -> PageView:
    """Say what the page of a run shows at an instant."""
    succeeded = state is RunState.SUCCEEDED
    return PageView(
        title=program.title or program.name,
        subtitle=operation.title or operation.description,
        state=state,
        started_at=created_at,
        elapsed=(outcome.ended_at if outcome else now) - created_at,
        percent=100.0 if succeeded and seen.percent is not None else seen.percent,
        message="" if outcome else seen.message,
        log=seen.log,
        pictures=seen.pictures,
        plot=seen.plot,
        plot_title=operation.page.plot.title if operation.page.plot else "",
        note=note or seen.note,
        results=_results(operation, outcome) if outcome and succeeded else (),
        failure=outcome.reason if outcome else "",
    )


def _results(operation: Operation, outcome: Outcome) -> tuple[Result, ...]:
    ports = [output.port for output in operation.outputs]
    return tuple(
        _result(port, outcome.outputs[port.name]) for port in ports if port.name in outcome.outputs
    )


def _result(port: Port, value: str) -> Result:
    is_file = port.type in STORED
    found = items(port, value)
    shown = ", ".join(item.rstrip("/").rsplit("/", 1)[-1] if is_file else item for item in found)
    if len(shown) > _SHOWN_VALUE:
        shown = shown[:_SHOWN_VALUE] + "…"
    return Result(port.name, port.title or port.name, shown, port.unit, is_file)


def place_words(place: int) -> str:
    """Say which place a run has in the queue, the first being 1."""
    if place == 1:
        return "It is the next in the queue"
    return f"It is number {place} in the queue"


def duration_words(duration: timedelta) -> str:
    """Write a time span as people read it: `42 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`."""
    seconds = max(0, int(duration.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    if seconds < 86400:
        return f"{seconds // 3600} h {seconds % 3600 // 60} min"
    return f"{seconds // 86400} d {seconds % 86400 // 3600} h"


def media_type_of(head: bytes, tail: bytes) -> str | None:
    """Recognise a whole picture; `None` if it is none that pages show, or not written to its end.

    Args:
        head: its first bytes, at least 512 if it has as many.
        tail: its last bytes.
    """
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png" if b"IEND" in tail[-12:] else None
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg" if tail.rstrip(b"\0").endswith(b"\xff\xd9") else None
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif" if tail.endswith(b";") else None
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if b"<svg" in head and tail.rstrip().endswith(b"</svg>"):
        return "image/svg+xml"
    return None
