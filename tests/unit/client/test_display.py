"""What is shown of a run while it is waited for."""

from types import ModuleType
from typing import Any

import pytest

from tarry.client import Event
from tarry.client.display import Bars, InNotebook, InTerminal, bars_as_html, shown


def run_event(*steps: dict[str, Any]) -> Event:
    data = {"id": "r", "workflow": "W", "state": "running", "steps": list(steps)}
    return Event(id="1", kind="run", data=data)


def step(number: int, **facts: object) -> dict[str, object]:
    return {"id": f"r_{number}", "number": number, "name": "mesh <b>", "state": "running", **facts}


def test_bars_follow_the_steps() -> None:
    bars = Bars()
    bars.take_in(run_event(step(1)))
    assert (bars.words, bars.percent) == ({1: "mesh <b>: running"}, {1: None})
    bars.take_in(Event(id="", kind="page", data={"step": 1, "progress": 12.5}))
    bars.take_in(run_event(step(1), step(2, waits=True)))
    assert bars.percent == {1: 12.5, 2: None}
    assert bars.words[2] == "mesh <b>: waits for an answer"
    bars.take_in(run_event(step(1, state="succeeded"), step(2)))
    assert bars.percent[1] == 100.0


def test_words_of_others_cannot_become_html() -> None:
    bars = Bars()
    bars.take_in(run_event(step(1, progress=50)))
    assert bars_as_html(bars) == (
        '<div><progress max="100" value="50"></progress> mesh &lt;b&gt;: running</div>'
    )


def test_a_notebook_is_shown_bars_that_move() -> None:
    seen: list[str] = []

    class Handle:
        def update(self, html: str) -> None:
            seen.append(html)

    ipython: Any = ModuleType("IPython.display")
    ipython.HTML = str
    ipython.display = lambda html, display_id: Handle()
    notebook = InNotebook(ipython)
    notebook.tell(run_event(step(1, progress=3)))
    assert 'value="3"' in seen[-1]


def test_a_terminal_is_left_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    display = InTerminal()
    display.start()
    display.tell(run_event(step(1)))
    display.tell(run_event(step(1, progress=40), step(2)))
    display.stop()
    assert "mesh <b>: running" in capsys.readouterr().err


def test_without_terminal_or_wish_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    for wanted in (True, False):
        with shown(wanted) as display:
            display.tell(run_event(step(1)))
    assert capsys.readouterr() == ("", "")
