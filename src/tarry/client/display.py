"""Showing how far a run is: bars in a terminal, or in a notebook."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from importlib import import_module
from typing import Any, Protocol

from tarry.client.answers import Event, Step

FULL = 100.0


class Display(Protocol):
    """Shows how far a run is."""

    def tell(self, event: Event) -> None:
        """Take in what has happened."""
        ...


class Bars:
    """How far each step is, by its number: what every display shows."""

    def __init__(self) -> None:
        self.words: dict[int, str] = {}
        self.percent: dict[int, float | None] = {}

    def take_in(self, event: Event) -> None:
        """Keep what an event says."""
        if event.run is not None:
            for step in event.run.steps:
                self.words[step.number] = f"{_name(step)}: {_state(step)}"
                known = self.percent.get(step.number)
                newest = known if step.progress is None else step.progress
                self.percent[step.number] = FULL if step.is_over else newest
        elif event.kind == "page" and event.data.get("progress") is not None:
            self.percent[int(event.data["step"])] = float(event.data["progress"])


class Silent:
    """Shows nothing."""

    def tell(self, event: Event) -> None:
        """Take in nothing."""


class InTerminal:
    """Bars of `rich` on standard error, one for each step."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415 - it takes time, and is seldom wanted
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        self._bars = Bars()
        self._tasks: dict[int, int] = {}
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=Console(stderr=True))

    def start(self) -> None:
        """Begin to show."""
        self._progress.start()

    def stop(self) -> None:
        """Leave what was shown last, and the terminal as it was."""
        self._progress.stop()

    def tell(self, event: Event) -> None:
        """Show what has happened."""
        self._bars.take_in(event)
        for number, words in self._bars.words.items():
            percent = self._bars.percent.get(number)
            if number not in self._tasks:
                self._tasks[number] = self._progress.add_task(words, total=None)
            total = None if percent is None else FULL
            self._progress.update(
                self._tasks[number],  # type: ignore[arg-type]  # a number of rich's own type
                description=words,
                total=total,
                completed=percent or 0.0,
            )


class InNotebook:
    """Bars in the output of a notebook's cell."""

    def __init__(self, ipython_display: Any) -> None:
        """Begin to show.

        Args:
            ipython_display: the module `IPython.display`, which is no dependency of ours.
        """
        self._bars = Bars()
        self._html = ipython_display.HTML
        self._shown = ipython_display.display(self._html(""), display_id=True)

    def tell(self, event: Event) -> None:
        """Show what has happened."""
        self._bars.take_in(event)
        self._shown.update(self._html(bars_as_html(self._bars)))


def bars_as_html(bars: Bars) -> str:
    """Give bars as a piece of HTML; names of steps are other people's words."""
    rows = []
    for number, words in bars.words.items():
        percent = bars.percent.get(number)
        value = "" if percent is None else f' value="{percent:g}"'
        rows.append(f'<div><progress max="100"{value}></progress> {escape(words)}</div>')
    return "".join(rows)


@contextmanager
def shown(progress: bool) -> Iterator[Display]:
    """Choose how to show: in a notebook or a terminal if this is one, and if it is wanted."""
    if not progress:
        yield Silent()
    elif _in_notebook():
        yield InNotebook(import_module("IPython.display"))
    elif sys.stderr.isatty():
        display = InTerminal()
        display.start()
        try:
            yield display
        finally:
            display.stop()
    else:
        yield Silent()


def _in_notebook() -> bool:
    """Tell whether we run in the kernel of a notebook; IPython is only asked if it is there."""
    if "IPython" not in sys.modules:
        return False
    shell = sys.modules["IPython"].get_ipython()
    return shell is not None and hasattr(shell, "kernel")


def _name(step: Step) -> str:
    return step.name or step.key


def _state(step: Step) -> str:
    return "waits for an answer" if step.waits else step.state
