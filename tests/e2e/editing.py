"""Somebody who builds workflows in the editor, in Chromium."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.e2e.conftest import ROOT, wait_for

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
FRONT = ROOT / "src" / "tarry" / "platform" / "portal" / "front"

needs_front_end = pytest.mark.skipif(
    not (FRONT / "index.html").exists(), reason="the front end is not built"
)

_CALL = """async ([method, path, body, type]) => {
  const headers = body === null ? {} : { "Content-Type": type };
  const answer = await fetch(path, { method, headers, body });
  const text = await answer.text();
  return { status: answer.status, text };
}"""


# Notes what changes on the page, each by the box or wire that it belongs to.
NOTE_CHANGES = """() => {
  const touched = new Set();
  new MutationObserver((changes) => changes.forEach(({ target }) => {
    const it = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
    const whole = it.closest('.react-flow__node, .react-flow__edge');
    touched.add(whole ? whole.dataset.id : it.getAttribute('class') ?? it.tagName);
  })).observe(document.body, {
    subtree: true, childList: true, attributes: true, characterData: true,
  });
  window.touched = () => [...touched];
}"""


AT_REST = """() => Promise.all(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().iterations !== Infinity)
  .map((one) => one.finished.catch(() => null)))
  .then(() => null)"""
"""Colours that are half way from day to night are nobody's choice."""


class Author:
    """Builds workflows by mouse or by keyboard, as the test says."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def log_in(self, user: str, password: str) -> None:
        """Log in; which page comes then is not this author's business."""
        self.page.goto(f"{self.url}/login")
        self.call("POST", "/api/v1/session", {"user": user, "password": password})

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Call the API as the page does; gives the JSON of the answer."""
        sent = None if body is None else json.dumps(body)
        answer = self.page.evaluate(_CALL, [method, path, sent, "application/json"])
        assert answer["status"] < 300, answer
        return json.loads(answer["text"]) if answer["text"] else None

    def open(self, name: str, title: str = "") -> None:
        """Open the editor on a workflow; one that is not there begins empty."""
        self.page.goto(f"{self.url}/workflows/{name}/edit?title={title}")
        self.page.locator(".react-flow__pane").wait_for()

    def document(self, name: str) -> dict[str, Any]:
        """Give the newest saved document."""
        found = self.call("GET", f"/api/v1/workflows/{name}/document?form=json")
        assert isinstance(found, dict)
        return found

    def save_sums(self, name: str) -> None:
        """Save a draft that adds 1 to its input, and 10 to that."""
        services = self.call("GET", "/api/v1/services")["items"]
        add = next(one["uri"] for one in services if one["title"] == "Add")
        body = [
            {
                "kind": "step",
                "service": add,
                "name": words,
                "inputs": {"a": {"id": given}, "b": {"value": more}},
                "outputs": {"result": gives},
            }
            for words, given, more, gives in (
                ("A little", "n", "1", "more"),
                ("A lot", "more", "10", "most"),
            )
        ]
        uri = f"http://tarry/workflow/{name}.owl#{name}"
        ends = {"inputs": [{"name": "n", "id": "n"}], "outputs": [{"name": "sum", "id": "most"}]}
        document = {"format": 1, "uri": uri, "body": body, **ends}
        self.call("POST", "/api/v1/workflows?draft=true", document)

    def run_draft(self, inputs: dict[str, str]) -> Locator:
        """Run what is on the canvas, and give what tells how that stands; inputs by label."""
        self.page.get_by_role("button", name="Run draft").click()
        dialog = self.page.get_by_role("dialog")
        for label, value in inputs.items():
            dialog.get_by_label(label, exact=True).fill(value)
        dialog.get_by_role("button", name="Run it").click()
        expect(dialog).to_have_count(0)
        return self.page.get_by_role("region", name="The run on the canvas")

    def see_saved(self) -> None:
        expect(self.page.locator(".save-state")).to_have_text("Saved")

    def publish(self) -> None:
        """Publish what is on the canvas, which has no problems."""
        expect(self.page.get_by_role("button", name="No problems")).to_be_visible()
        self.page.get_by_role("button", name="Publish…").click()
        self.page.get_by_role("button", name="Publish", exact=True).click()
        expect(self.page.get_by_role("dialog")).to_have_count(0)

    # by mouse

    def add(self, words: str, choose: str) -> None:
        """Add something with the palette, by clicks."""
        self.page.get_by_role("button", name="Add (/)").click()
        self.page.get_by_role("dialog").get_by_role("combobox").fill(words)
        self.options(choose).first.click()

    def options(self, name: str) -> Locator:
        """What the palette offers."""
        dialog = self.page.get_by_role("dialog")
        return dialog.get_by_role("option", name=re.compile(name))

    def socket(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=re.compile(name))

    def drag(self, start: Locator, end: Locator | tuple[float, float]) -> None:
        """Drag from the middle of something to that of another thing, or by a distance."""
        see_at_rest(start)
        one = middle(start)
        other = (one[0] + end[0], one[1] + end[1]) if isinstance(end, tuple) else middle(end)
        mouse = self.page.mouse
        mouse.move(*one)
        mouse.down()
        mouse.move((one[0] + other[0]) / 2, (one[1] + other[1]) / 2, steps=5)
        mouse.move(*other, steps=5)

    def drop(self) -> None:
        self.page.mouse.up()

    def arrange(self) -> None:
        """Put everything where it can be seen, and wait until it is there."""
        button = self.page.get_by_role("button", name="Arrange")
        button.click()
        expect(button).not_to_have_attribute("aria-disabled", "true")
        see_at_rest(self.page.locator(".react-flow__node").last)

    def wire(self, start: str, end: str) -> None:
        """Draw a wire with the mouse, between two ports."""
        self.drag(self.socket(start).first, self.socket(end).first)
        self.drop()
        expect(self.page.locator("p.said")).to_have_text("Wired.")

    def wire_to_an_output(self, start: str) -> None:
        """Draw a wire with the mouse onto an empty place, and choose an output of the workflow."""
        socket, pane = self.socket(start).first, self.page.locator(".react-flow__pane")
        see_at_rest(socket)
        (x, y), box = middle(socket), pane.bounding_box()
        assert box is not None
        below = (box["x"] + box["width"] / 2 - x, box["y"] + box["height"] - 40 - y)
        self.drag(socket, below)
        self.drop()
        self.options("^Workflow output").click()

    def put_into(self, title: str, lane: int = 0) -> None:
        """Drag a step into a sequence of the only container."""
        self.arrange()
        box = self.page.locator(".step-box .box-title", has_text=title)
        self.drag(box, self.page.locator(".container-box .lane").nth(lane))
        self.drop()

    # by keyboard

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def find(self, words: str, *, wired: bool = False) -> None:
        """Add something with the palette, by keys alone."""
        self.press("/")
        title = "What fits this wire" if wired else "Add to the workflow"
        expect(self.page.get_by_role("dialog", name=title)).to_be_visible()
        self.page.keyboard.type(words)
        expect(self.options("").first).to_be_visible()
        self.press("Enter")

    def tab_to(self, name: str, most: int = 60) -> None:
        """Press Tab until what has the focus is called so."""
        asked = re.compile(name)
        for _ in range(most):
            self.press("Tab")
            if asked.search(self.focused()):
                return
        pytest.fail(f"Tab never came to {name!r}, but to {self.focused()!r}")

    def focused(self) -> str:
        found = self.page.evaluate(
            "document.activeElement.ariaLabel ?? document.activeElement.labels?.[0]?.textContent"
            " ?? document.activeElement.textContent ?? ''"
        )
        return str(found).strip()

    def see_no_fault_of_axe(self) -> None:
        """Hold the page to WCAG as far as axe can tell."""
        self.page.evaluate(Path(AXE).read_text(encoding="utf-8"))
        self.page.evaluate(AT_REST)
        found = self.page.evaluate("axe.run()")
        assert found["passes"], "axe has looked at nothing"
        told = [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]
        assert not told, "; ".join(told)


def run_to_the_end(author: Author, workflow: str, inputs: dict[str, str]) -> dict[str, str]:
    """Run a workflow, and give its outputs."""
    run = author.call("POST", "/api/v1/runs", {"workflow": workflow, "inputs": inputs})["id"]
    path = f"/api/v1/runs/{run}"
    wait_for(lambda: author.call("GET", path)["ended_at"], "the end of the run")
    ended = author.call("GET", path)
    assert ended["state"] == "succeeded", ended["failure"]
    outputs: dict[str, str] = ended["outputs"]
    return outputs


def see_at_rest(thing: Locator) -> None:
    """Wait until something has stopped moving."""
    before = None
    for _ in range(100):
        now = thing.bounding_box()
        if now == before and now is not None:
            return
        before = now
        thing.page.wait_for_timeout(120)
    raise AssertionError(f"{thing} never stopped moving")


def middle(thing: Locator) -> tuple[float, float]:
    """Give the middle of something that is shown."""
    box = thing.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def chain(name: str, service: str, steps: int) -> dict[str, Any]:
    """Give a document whose steps add 1 to what comes out of the one before; 20 in a row."""
    first = {"a": {"value": "1"}, "b": {"value": "1"}}
    body = [
        {
            "kind": "step",
            "service": service,
            "inputs": {**first, "a": {"id": f"s{n - 1}io1"}} if n else first,
            "outputs": {"result": f"s{n}io1"},
        }
        for n in range(steps)
    ]
    canvas = {f"s{n + 1}": [n % 20 * 340, n // 20 * 200] for n in range(steps)}
    uri = f"http://tarry/workflow/{name}.owl#{name}"
    return {"format": 1, "uri": uri, "body": body, "canvas": canvas}
