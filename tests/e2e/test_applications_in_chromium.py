"""Applications in the portal: somebody is asked, answers in a browser, and the run goes on."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, FrameLocator, Route, expect
from tests.e2e.browser import Person, chromium, needs_chromium, person
from tests.e2e.conftest import READY, ROOT, Home, Running, free_tcp_port, log_in

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
<input aria-label=Note>
<button onclick="notify_running_job(String.fromCharCode(52,32,60,32,53,32,228))">Tell</button>
<button onclick="notify_running_job(String.fromCharCode(97, 10, 98))">Two lines</button></html>' >p
mv p page.html
until grep -qsv "^note$" "$TARRY_MESSAGES"; do sleep 0.05; done
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


@dataclass
class House:
    """A platform with programs that ask, and whoever is logged in at its command line."""

    home: Home
    password: str

    def let_in(self, who: Person) -> None:
        """Log in without the page for it, which has tests of its own, and see the front page."""
        with Platform(self.home.url) as platform:
            token = platform.log_in("me", self.password).token
        cookie = {"name": f"tarry_{self.home.tcp_port}", "value": token, "url": self.home.url}
        who.context.add_cookies([cookie])  # type: ignore[list-item]
        who.go("/")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    measure, measuring = folder / "measure.toml", folder / "Measuring.xml"
    measure.write_text(MEASURE, encoding="utf-8")
    measuring.write_text(MEASURING, encoding="utf-8")
    home = Home(folder=folder, tcp_port=free_tcp_port())
    running = home.start("up", str(DIALOG), str(WAITER), str(measure))
    try:
        running.wait_for_text(READY)
        password = log_in(home, running)
        for document in (WAIT_THEN_ASK, measuring):
            home.tarry("workflows", "import", str(document), "--publish")
        yield House(home, password)
    finally:
        running.close()


# Where the top of the frame has been, on the whole page; the workflow's document comes late.
TOPS = """
const plain = fetch;
globalThis.fetch = async (...given) => {
  const answer = await plain(...given);
  const isDocument = new URL(given[0].url ?? given[0], location).pathname.endsWith("/document");
  if (isDocument) await new Promise((go) => setTimeout(go, 500));
  return answer;
};
globalThis.tops = new Set();
function look() {
  const frame = document.querySelector("#frame-place iframe");
  if (frame) tops.add(Math.round(frame.getBoundingClientRect().top + scrollY));
  requestAnimationFrame(look);
}
if (window === top) look();
"""


def frame_of(who: Person) -> FrameLocator:
    return who.page.frame_locator("#frame-place iframe:not(.coming)")


def test_she_is_asked_answers_in_the_portal_and_the_run_completes(
    browser: Browser, house: House
) -> None:
    question = "How thick, in <mm> & why?"
    with person(browser, house.home.url) as she:
        house.let_in(she)
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
        she.go("/services")
        expect(she.page.get_by_role("link", name="Runs (1 waiting for you)")).to_be_visible()
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
    shown = house.home.tarry("show", run).stdout
    assert 'answer = "4 < 5 & größer"' in shown or "4 < 5 & größer" in shown


def test_what_the_page_says_reaches_its_program_and_is_kept_with_the_run(
    browser: Browser, house: House
) -> None:
    with person(browser, house.home.url) as she:
        she.context.add_init_script(TOPS)
        house.let_in(she)
        run = begin_to_measure(she)
        frame_of(she).get_by_role("button", name="Two lines").click()
        expect(she.page.locator(".toasts")).to_contain_text("must be a single line")
        she.complaints.clear()  # the browser tells of the 409 that was to be
        frame_of(she).get_by_role("button", name="Tell").click()
        # a frame that moves loses the clicks that are meant for what is in it
        assert len(she.page.evaluate("[...tops]")) == 1
        expect(she.page.locator(".results")).to_contain_text("4 < 5 ä")
        expect(she.page.locator("#step-list")).to_contain_text("me, through the page")
        assert she.complaints == []
    assert "told by me: 4 < 5 ä (OK)" in house.home.tarry("show", run).stdout


def begin_to_measure(she: Person) -> str:
    """Start a run that asks, see what it asks, and give its id."""
    she.go("/workflows/Measuring/start")
    she.page.get_by_role("button", name="Start run").click()
    she.page.wait_for_url("**/runs/*")
    expect(she.page.get_by_text("Send a message to")).to_be_visible()
    return she.page.url.rpartition("/")[2]


def test_what_is_typed_into_a_page_is_not_lost_when_the_news_of_that_page_come_late(
    browser: Browser, house: House
) -> None:
    def as_before(route: Route) -> None:
        answer = route.fetch()
        run = answer.json()
        for step in run["steps"]:
            step["page_tag"] = "older" if step["page_tag"] else ""
        route.fulfill(response=answer, json=run)

    run_itself = re.compile("/api/v1/runs/[0-9a-f]{32}$")
    with person(browser, house.home.url) as she:
        house.let_in(she)
        she.page.route(run_itself, as_before)
        run = begin_to_measure(she)
        note = frame_of(she).get_by_label("Note")
        note.fill("half a sen")
        she.page.unroute(run_itself)
        she.page.get_by_text("Send a message to").click()
        she.page.get_by_label("Message to").fill("note")
        she.page.keyboard.press("Enter")
        expect(she.page.locator("#step-list")).to_contain_text("note")  # so the news are there
        expect(note).to_have_value("half a sen")
        assert she.complaints == []
    house.home.tarry("abort", run)


def test_a_step_is_told_something_from_the_command_line(
    house: House, started: list[Running]
) -> None:
    home = house.home
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
