"""The pages that services make, in a browser: on a desk and on a phone, by day and by night."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page
from tests.e2e.browser import chromium, needs_chromium
from tests.fakes.tarry_service import serving

ROOT = Path(__file__).parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
EXAMPLES = ROOT / "examples"
MANY_THINGS = '''
name = "Many"
title = "All that a page can show"
[operations.run]
shell = true
command = """
printf '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="90"></svg>' > wide.svg
echo '[{"file": "wide.svg", "title": "As wide as a screen"}]' > pictures.json
for i in 1 2 3 4; do echo "it $i p 1e-$i u 0.00$i pressure_of_water 3.1$i"; done
if [ "$INPUT_fails" = true ]; then echo "it went wrong" >&2; exit 3; fi
echo an_answer_without_any_blank_that_is_longer_than_a_phone_is_wide_by_far > answer
if [ "$INPUT_waits" = true ]; then until [ -s "$TARRY_MESSAGES" ]; do sleep 0.1; done; fi
"""
inputs.fails = { type = "boolean", default = false }
inputs.waits = { type = "boolean", default = false, title = "Wait for a message" }
inputs.size = { type = "decimal", minimum = 1, maximum = 5, step = 0.5, default = 2, unit = "mm" }
outputs.answer = { type = "string", title = "Answer", from = { text = "answer" } }
page.pictures = "pictures.json"
'''
PLOT = r"""
[operations.run.page.plot]
title = "Residuals"
log = 'it (?P<x>\d+) p (?P<p>\S+) u (?P<u>\S+) pressure_of_water (?P<pressure_of_water>\S+)'
"""

pytestmark = [
    needs_chromium,
    pytest.mark.skipif(
        not AXE.exists(), reason="axe-core is not installed: python frontend/bundle.py --install"
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Several services, with runs in every state that has a page of its own."""
    data = tmp_path_factory.mktemp("data")
    tour = EXAMPLES / "tour" / "tour.toml"
    with serving(data, MANY_THINGS + PLOT, tour, EXAMPLES / "waiter" / "waiter.toml") as address:
        _start(f"{address}/Many/rest/run", "waits", {"waits": True})
        _start(f"{address}/Many/rest/run", "fails", {"fails": True})
        _start(f"{address}/Many/rest/run", "ends", {})
        _start(f"{address}/tour/Tour/rest/startTour", "tour", {})
        for name in ("fails", "ends"):
            requests.get(f"{address}/Many/rest/runs/{name}?wait=60", timeout=70)
        _see_text(f"{address}/Many/rest/runs/waits/page", "<figcaption>", "polyline")
        _see_text(f"{address}/tour/Tour/rest/runs/tour/page", "polyline", "<img")
        yield address
        requests.post(f"{address}/tour/Tour/rest/runs/tour/abort", timeout=30)
        requests.post(f"{address}/Many/rest/runs/waits/abort", timeout=30)


def _start(operation: str, name: str, inputs: dict[str, bool]) -> None:
    answer = requests.post(operation, params={"serviceID": name}, json=inputs, timeout=30)
    assert answer.status_code == 202, answer.text


def _see_text(page: str, *texts: str) -> None:
    end = time.monotonic() + 60
    while not all(text in requests.get(page, timeout=30).text for text in texts):
        assert time.monotonic() < end, f"{texts} never came to {page}"
        time.sleep(0.1)


def faults_of(page: Page) -> list[str]:
    """What axe finds, which knows the rules of WCAG and of ARIA."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run()")
    assert found["passes"], "axe has looked at nothing"
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        "/Many",
        "/",
        "/Many/rest/runs/waits/page",
        "/Many/rest/runs/fails/page",
        "/Many/rest/runs/ends/page",
        "/tour/Tour/rest/runs/tour/page",
    ],
)
def test_everybody_can_read_the_pages_of_a_service(
    browser: Browser, url: str, path: str, scheme: str
) -> None:
    # without the policy of these pages, under which axe could not run in them
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{url}{path}")
        assert faults_of(page) == [], f"at {width} px"
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{wide} px wider than a window of {width} px"
    context.close()
