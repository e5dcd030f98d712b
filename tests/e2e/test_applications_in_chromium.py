"""Applications in the portal: somebody is asked, answers in a browser, and the run goes on."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, expect
from tests.e2e.browser import Person, chromium, needs_chromium, person
from tests.e2e.conftest import READY, ROOT, Home, Running, log_in

from tarry.client import Platform

pytestmark = [needs_chromium, pytest.mark.timeout(300)]
DIALOG = ROOT / "examples" / "dialog" / "dialog.toml"
WAITER = ROOT / "examples" / "waiter" / "waiter.toml"
WAIT_THEN_ASK = ROOT / "examples" / "workflows" / "Demo_Dialog.xml"

MEASURE = """
name = "Measure"
path = "measure"
[operations.measure]
kind = "application"
command = ["/bin/sh", "-c", '''
echo '<!DOCTYPE html><meta charset=utf-8><title>M</title><p>What does it say?</p>
<button onclick="notify_running_job(String.fromCharCode(52,32,60,32,53,32,228))">Tell</button>
<button onclick="notify_running_job(String.fromCharCode(97, 10, 98))">Two lines</button></html>' >p
mv p page.html
while ! [ -s "$TARRY_MESSAGES" ]; do sleep 0.05; done
grep -qx fail "$TARRY_MESSAGES" && exit 3
cp "$TARRY_MESSAGES" value''']
page = { html = "page.html" }
outputs.value = { type = "text", from = { text = "value" } }
"""
MEASURING = """<workflow URI="http://tarry/workflow/Measuring.owl#Measuring">
<output URI="#value" ID="v"/><input URI="#sessionToken" ID="sessionToken"/><services><sequence>
<service URI="http://tarry/apps/Measure.owl#measure_Service">
<output URI="http://tarry/apps/Measure.owl#value" ID="v"/></service>
</sequence></services></workflow>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def bring_up(home: Home, started: list[Running], *programs: Path, workflow: Path) -> str:
    """Start a platform with programs and a workflow; gives the password of its user."""
    running = home.start("up", *map(str, programs))
    started.append(running)
    running.wait_for_text(READY)
    password = log_in(home, running)
    home.tarry("workflows", "import", str(workflow))
    home.tarry("workflows", "publish", workflow.stem)
    return password


def enter(who: Person, home: Home, password: str) -> None:
    """Log in without the page for it, which has tests of its own, and see the front page."""
    with Platform(home.url) as platform:
        token = platform.log_in("me", password).token
    cookie = {"name": f"tarry_{home.tcp_port}", "value": token, "url": home.url}
    who.context.add_cookies([cookie])  # type: ignore[list-item]
    who.go("/")


def frame_of(who: Person) -> FrameLocator:
    return who.page.frame_locator("#frame-place iframe:not(.coming)")


def test_she_is_asked_answers_in_the_portal_and_the_run_completes(
    browser: Browser, home: Home, started: list[Running]
) -> None:
    password = bring_up(home, started, DIALOG, WAITER, workflow=WAIT_THEN_ASK)
    question = "How thick, in <mm> & why?"
    with person(browser, home.url) as she:
        enter(she, home, password)
        she.page.get_by_role("link", name="Start Wait, then ask").click()
        she.page.get_by_label("Question").fill(question)
        she.page.get_by_label("How long to wait").fill("1")
        she.page.get_by_role("button", name="Start run").click()
        she.page.wait_for_url("**/runs/*")
        run = she.page.url.rpartition("/")[2]

        answer = frame_of(she).get_by_label(question)
        expect(answer).to_have_value("FINISHED")  # what the step before has given
        expect(she.page).to_have_title(re.compile("^❓"))
        expect(she.page.locator("#step-list")).to_contain_text("Waits for an answer")
        she.see_no_faults()

        # Whoever looks at the list, on whichever device, sees that somebody is asked.
        she.go("/")
        she.page.get_by_role("link", name="One run waits for you.").click()
        expect(she.page).to_have_url(re.compile(f"{run}$"))

        answer.fill("4 < 5 & größer")
        frame_of(she).get_by_role("button", name="Answer").click()
        expect(she.page.get_by_role("heading", name="Results")).to_be_visible()
        expect(she.page.locator(".results")).to_contain_text("4 < 5 & größer")
        expect(she.page.locator("#step-list")).not_to_contain_text("Waits")
        she.page.reload()
        expect(she.page.locator(".results")).to_be_visible()
        expect(answer).to_have_count(0)  # it does not look as if it asked again
        assert she.complaints == []
    shown = home.tarry("show", run).stdout
    assert 'answer = "4 < 5 & größer"' in shown or "4 < 5 & größer" in shown


def test_what_the_page_says_reaches_its_program_and_is_kept_with_the_run(
    browser: Browser, home: Home, started: list[Running], tmp_path: Path
) -> None:
    (tmp_path / "measure.toml").write_text(MEASURE, encoding="utf-8")
    (tmp_path / "Measuring.xml").write_text(MEASURING, encoding="utf-8")
    password = bring_up(
        home, started, tmp_path / "measure.toml", workflow=tmp_path / "Measuring.xml"
    )
    with person(browser, home.url) as she:
        enter(she, home, password)
        she.go("/workflows/Measuring/start")
        she.page.get_by_role("button", name="Start run").click()
        she.page.wait_for_url("**/runs/*")
        run = she.page.url.rpartition("/")[2]
        expect(she.page.get_by_text("Send a message to")).to_be_visible()

        frame_of(she).get_by_role("button", name="Two lines").click()
        expect(she.page.locator(".toasts")).to_contain_text("must be a single line")
        she.complaints.clear()  # the browser tells of the 409 that was to be
        frame_of(she).get_by_role("button", name="Tell").click()
        expect(she.page.locator(".results")).to_contain_text("4 < 5 ä")
        expect(she.page.locator("#step-list")).to_contain_text("me, through the page")
        assert she.complaints == []
    assert "told by me: 4 < 5 ä (OK)" in home.tarry("show", run).stdout


def test_a_step_is_told_something_from_the_command_line(
    home: Home, started: list[Running], tmp_path: Path
) -> None:
    (tmp_path / "measure.toml").write_text(MEASURE, encoding="utf-8")
    (tmp_path / "Measuring.xml").write_text(MEASURING, encoding="utf-8")
    bring_up(home, started, tmp_path / "measure.toml", workflow=tmp_path / "Measuring.xml")
    watching = home.start("run", "Measuring")
    started.append(watching)
    run = watching.wait_for_text(r"waits for an answer: \S+/runs/([0-9a-f]{32})")[1]

    said = home.tarry("tell", run, "17 mm").stdout
    watching.wait_for_text("17 mm")

    assert said == f"Step 1 of run {run[:8]} was told; its service says: OK\n"
    assert watching.process.wait(30) == 0
    late = home.tarry("tell", run, "18 mm", expect=None)
    assert late.returncode != 0
    assert "No running step" in late.stderr

    failing = home.start("run", "Measuring")
    started.append(failing)
    failing.wait_for_text("waits for an answer")
    home.tarry("tell", "last", "fail")
    failing.wait_for_text(r"failed: .*Measure.*3")  # its program, behind the page
    assert failing.process.wait(30) == 1

    aborted = home.start("run", "Measuring")
    started.append(aborted)
    aborted.wait_for_text("waits for an answer")
    home.tarry("abort", "last")
    assert aborted.process.wait(30) == 1
    shown = json.loads(home.tarry("show", "last", "--json").stdout)
    assert (shown["state"], shown["steps"][0]["state"]) == ("aborted", "aborted")
    assert shown["steps"][0]["note"] == "The service has stopped it"
