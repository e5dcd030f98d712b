"""Watching a run in the terminal: a table that moves, or one line for each piece of news."""

import threading
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

import click

from tarry.cli.names import SHORT
from tarry.cli.output import STATES, duration
from tarry.cli.runs import label

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from tarry.client import Event, Run, Step

MARKS = {"succeeded": "✓", "failed": "✗", "aborted": "■", "unknown": "?"}


class Watch(Protocol):
    """Shows how a run goes on."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def tell(self, event: "Event") -> None:
        """Take in a piece of news."""
        ...

    def say(self, text: str) -> None:
        """Show a remark beside the run."""
        ...


def watch_for(run: "Run", *, quiet: bool, url: str = "") -> Watch:
    """Choose how to watch: nothing at all, a moving table, or lines for a log.

    Args:
        run: what is watched.
        quiet: show nothing.
        url: of the platform, whose pages ask what a run wants to know.
    """
    if quiet:
        return SilentWatch()
    from rich.console import Console

    console = Console(stderr=True)
    return LiveWatch(run, console, url) if console.is_terminal else LineWatch(run, url)


class SilentWatch:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def tell(self, event: "Event") -> None:
        """Take it in silence."""

    def say(self, text: str) -> None:
        """Say nothing."""


class LineWatch:
    """Writes a line when a step's state changes, and at each tenth of its progress."""

    def __init__(self, run: "Run", url: str = "") -> None:
        self._title = title(run)
        self._url = url
        self._seen: dict[str, str] = {}

    def __enter__(self) -> Self:
        self.say(self._title)
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def tell(self, event: "Event") -> None:
        """Write what is new."""
        if event.run is None:
            self._progress(event)
            return
        for step in event.run.steps:
            words = f"waits for {where_to_answer(event.run, self._url)}"
            words = words if step.waits else step.state
            if self._seen.get(step.id) != words:
                self._seen[step.id] = words
                self.say(f"step {step.number} {label(step)}: {words}")

    def say(self, text: str) -> None:
        """Write a line."""
        click.echo(text, err=True)

    def _progress(self, event: "Event") -> None:
        progress = event.data.get("progress")
        if event.kind != "page" or progress is None:
            return
        key, tenth = f"progress of {event.data.get('step')}", f"{int(float(progress) // 10) * 10} %"
        if self._seen.get(key) != tenth:
            self._seen[key] = tenth
            self.say(f"step {event.data.get('step')}: {tenth}")


class LiveWatch:
    """A table of the run's steps that moves."""

    def __init__(self, run: "Run", console: "Console", url: str = "") -> None:
        from rich.live import Live

        self._url = url
        self._run = run
        self._progress: dict[str, float] = {}
        self._remark = ""
        self._guard = threading.Lock()
        self._live = Live(
            console=console, get_renderable=self._picture, refresh_per_second=8, transient=False
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def tell(self, event: "Event") -> None:
        """Take in the news; the table shows it at its next refresh."""
        with self._guard:
            self._remark = ""
            if event.run is not None:
                self._run = event.run
                for step in event.run.steps:
                    if step.progress is not None:
                        self._progress[str(step.number)] = step.progress
            elif event.kind == "page" and event.data.get("progress") is not None:
                self._progress[str(event.data.get("step"))] = float(event.data["progress"])

    def say(self, text: str) -> None:
        """Show a remark under the table until the next piece of news."""
        with self._guard:
            self._remark = text

    def _picture(self) -> "RenderableType":
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        with self._guard:
            table = Table.grid(padding=(0, 2))
            for step in self._run.steps:
                progress = 100.0 if step.state == "succeeded" else self._of(step)
                bar = ProgressBar(total=100, completed=progress or 0, width=30, pulse=False)
                table.add_row(
                    Text(MARKS.get(step.state, "·"), style=STATES.get(step.state, "")),
                    f"{step.number} {label(step)}",
                    bar if progress is not None else Text(""),
                    Text(f"{progress:.0f} %" if progress is not None else ""),
                    Text(step.state, style=STATES.get(step.state, "")),
                    Text(_took(step), style="bright_black"),
                )
            parts: list[RenderableType] = [Text(title(self._run)), table]
            if self._run.waits:
                asked = f"It waits for {where_to_answer(self._run, self._url)}"
                parts.append(Text(asked, style="yellow"))
            if self._remark:
                parts.append(Text(self._remark, style="yellow"))
            return Group(*parts)

    def _of(self, step: "Step") -> float | None:
        return self._progress.get(str(step.number), step.progress)


def where_to_answer(run: "Run", url: str) -> str:
    """Say where a run is answered."""
    return f"an answer: {url}/runs/{run.id}" if url else "an answer"


def title(run: "Run") -> str:
    """Name a run for people."""
    return f"Run {run.id[:SHORT]} of {run.workflow}"


def _took(step: "Step") -> str:
    started: datetime | None = step.started_at
    return duration(started, step.ended_at)
