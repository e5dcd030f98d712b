"""The workflow editor with 300 steps, in Chromium.

What a frame costs while something moves, and how long everything else that a person does takes.
Times of the main thread's processor, from the browser's own trace; see `frames`.
"""

import json
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, sync_playwright
from tests.e2e.browser import CHROMIUM, FLAGS
from tests.e2e.editing import chain

from benchmarks.figures import Figure
from benchmarks.frames import CATEGORIES, MORE_CATEGORIES, frames_of, tasks_of
from benchmarks.own_platform import Running

CALCULATOR = Path(__file__).parent.parent / "examples" / "calculator" / "calculator.toml"
STEPS = 300
DRAGGED = 145
"""A box in the middle: wires begin and end at it."""
MOVES = 120
WHEEL_TURNS = 30

STILL = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
  () => requestIdleCallback(() => done(performance.now()), { timeout: 10000 }))))"""

Found = Iterator[tuple[str, float]]


def measure(own: Running, times: int) -> Iterator[Figure]:
    """Drag, drop, choose, type, undo, zoom and pan in a workflow of 300 steps."""
    if not CHROMIUM.exists():
        print(f"The editor is left out: {CHROMIUM} is not there")
        return
    values: dict[str, list[float]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for number in range(times):
            with _opened(browser, own, f"Many{number}") as (page, took):
                for name, value in (
                    ("opened, all steps painted, by the clock", took),
                    *_used(page),
                ):
                    values.setdefault(name, []).append(value)
        browser.close()
    for name, found in values.items():
        yield Figure(name=f"editor, {STEPS} steps: {name}", values=tuple(found), unit="ms")


@contextmanager
def _opened(browser: Browser, own: Running, name: str) -> Iterator[tuple[Page, float]]:
    """Open the editor on a workflow of its own; gives the page, and how long that took in ms."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    port = urlsplit(own.url).port
    context.add_cookies([{"name": f"tarry_{port}", "value": own.token, "url": own.url}])
    service = next(one.uri for one in own.client.services() if one.operation == "add")
    kept = context.request.post(
        f"{own.url}/api/v1/workflows?draft=true",
        data=chain(name, service, STEPS),
        headers={"X-Auth-Token": own.token},
    )
    assert kept.ok, kept.text()
    page = context.new_page()
    page.goto(own.url)  # so that the portal itself is there, as it is for who comes from it
    page.goto(f"{own.url}/workflows/{name}/edit")
    page.locator(".react-flow__node-step").nth(STEPS - 1).wait_for(state="attached")
    yield page, float(page.evaluate(STILL))
    context.close()


def _used(page: Page) -> Found:
    title = page.locator(".step-box .box-title").nth(DRAGGED)
    yield from _dragged(page, title, "all in view")
    yield "undo", _worked(page, lambda: page.keyboard.press("Control+z"))
    entry = page.locator(".outline-entry").nth(DRAGGED)
    entry.click()  # shows the box, larger
    page.evaluate(STILL)
    page.wait_for_timeout(400)
    yield from _dragged(page, title, "near")
    other = _middle(page.locator(".step-box .box-title").nth(DRAGGED + 1))
    yield "choosing a step", _worked(page, lambda: page.mouse.click(*other))
    page.locator(".step-box").nth(DRAGGED).locator("input.constant").last.focus()
    yield "typing a digit", _worked(page, lambda: page.keyboard.press("7"))
    page.mouse.move(700, 250)
    yield from _each_frame("zooming", _traced(page, lambda: _turn_wheel(page)))
    yield from _each_frame("panning", _traced(page, lambda: _pan(page)))


def _dragged(page: Page, title: Locator, how: str) -> Found:
    x, y = _middle(title)
    page.mouse.move(x, y)
    yield f"seizing a box, {how}", _worked(page, lambda: _seize(page, x, y))

    def drag() -> None:
        for step in range(MOVES):
            page.mouse.move(x + 10 + step, y + 10 + step % 30)

    yield from _each_frame(f"dragging, {how}", _traced(page, drag))
    yield f"dropping it, {how}", _worked(page, page.mouse.up)


def _seize(page: Page, x: float, y: float) -> None:
    page.mouse.down()
    page.mouse.move(x + 10, y + 10)


def _turn_wheel(page: Page) -> None:
    for turn in range(WHEEL_TURNS):
        page.mouse.wheel(0, -60 if turn % 10 < 5 else 60)


def _pan(page: Page) -> None:
    empty = page.locator(".react-flow__pane").bounding_box()
    assert empty is not None
    x, y = empty["x"] + empty["width"] / 2, empty["y"] + 4
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(MOVES):
        page.mouse.move(x + step, y + step)
    page.mouse.up()


def _each_frame(name: str, events: list[dict[str, Any]]) -> Found:
    """Tell of the frames in which the pointer moved, and of those that draw what came of it."""
    frames = frames_of(events)
    drawn = [now for before, now in pairwise(frames) if before.moved]
    moved = [frame for frame in frames if frame.moved]
    cpu = sorted(frame.cpu for frame in {id(it): it for it in (*moved, *drawn)}.values())
    yield f"{name}, a frame, median", statistics.median(cpu)
    yield f"{name}, a frame, 95th percentile", _percentile(cpu, 95)
    yield f"{name}, a frame, longest", cpu[-1]
    yield f"{name}, a move in all", sum(frame.cpu for frame in frames) / len(moved)


def _percentile(ordered: list[float], percent: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _worked(page: Page, act: Callable[[], object]) -> float:
    """Do something; gives how long the main thread works until it has nothing more to do."""

    def whole() -> None:
        act()
        page.evaluate(STILL)

    return sum(task.cpu for task in tasks_of(_traced(page, whole)))


def _traced(page: Page, act: Callable[[], object]) -> list[dict[str, Any]]:
    browser = page.context.browser
    assert browser is not None
    browser.start_tracing(page=page, categories=[*CATEGORIES, *MORE_CATEGORIES])
    try:
        act()
    finally:
        raw = browser.stop_tracing()
    events: list[dict[str, Any]] = json.loads(raw)["traceEvents"]
    return events


def _middle(thing: Locator) -> tuple[float, float]:
    box = thing.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
