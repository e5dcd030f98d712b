"""Runs in the app, in a real browser: watched, steered, told of, found again; by everybody."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.browser import Person, chromium, needs_chromium, person
from tests.e2e.conftest import ROOT
from tests.e2e.theatre import EVIL, Stage

pytestmark = [needs_chromium, pytest.mark.timeout(240)]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
FINDINGS = """axe.run().then(found => found.violations.map(rule =>
  `${rule.id}: ${rule.nodes.slice(0, 3).map(node => node.html.slice(0, 200)).join(' | ')}`))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def user(browser: Browser, stage: Stage) -> Iterator[Person]:
    """Somebody who is logged in, and whose browser finds nothing wrong."""
    with person(browser, stage.home.url) as who:
        stage.let_in(who)
        yield who
        assert who.complaints == []


def test_steps_that_run_at_once_show_their_pages_side_by_side(user: Person, stage: Stage) -> None:
    stage.pull("left", 20)
    stage.pull("right", 70)
    with stage.platform() as ours:
        run = ours.start_run("Pair", {"left": "left", "right": "right"}).id
    user.go(f"/runs/{run}")
    frames = user.page.locator("#frame-place article")
    expect(frames).to_have_count(2)
    left = frames.filter(has_text="Left hand")
    expect(left.frame_locator("iframe").locator("body")).to_contain_text("20 %")
    right = frames.filter(has_text="Right hand")
    expect(right.frame_locator("iframe").locator("body")).to_contain_text("70 %")
    user.see_no_faults()
    user.page.set_viewport_size({"width": 1280, "height": 900})

    # one of them is looked at by itself, from the picture of the workflow, and all again
    picture = user.page.get_by_role("region", name="The workflow", exact=True)
    picture.get_by_role("button", name="Left hand: Running").press("Enter")
    expect(frames).to_have_count(1)
    user.page.get_by_role("button", name="Show what goes on").click()
    expect(frames).to_have_count(2)
    stage.pull("left", 100)
    expect(frames).to_have_count(1)
    stage.pull("right", 100)
    expect(user.page.get_by_text("This workflow has no outputs.")).to_be_visible()


def test_back_leads_out_of_a_run_and_not_through_its_percents(user: Person, stage: Stage) -> None:
    run = stage.begun("back", 10)
    user.go("/runs")
    user.page.locator(f"#run-list a[href='/runs/{run}']").click()
    body = user.page.frame_locator("#frame-place iframe").locator("body")
    for percent in (10, 30, 50):
        stage.pull("back", percent)
        expect(body).to_contain_text(f"{percent} %")
    user.page.go_back()
    expect(user.page.locator("#run-list")).to_be_visible()
    stage.pull("back", 100)


def test_a_run_that_failed_says_where_and_why_and_is_resumed_with_another_input(
    user: Person, stage: Stage
) -> None:
    page = user.page
    run = stage.begun("bad", "fail")
    user.go(f"/runs/{run}")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("This run failed.")
    expect(alert).to_contain_text("It failed at “Play with a puppet”.")
    expect(alert).to_contain_text("a string has torn")
    stage.pull("good", 100)
    page.get_by_role("button", name="Resume from here…").click()
    dialog = page.get_by_role("dialog", name="Resume this run")
    expect(dialog.get_by_label("Name")).to_have_value("bad")
    dialog.get_by_label("Name").fill("NOT GOOD")
    dialog.get_by_role("button", name="Resume").click()
    expect(dialog.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Name").fill("good")
    dialog.get_by_role("button", name="Resume").click()
    expect(page).not_to_have_url(re.compile(run))
    expect(page.get_by_role("heading", name="Results")).to_be_visible()
    expect(page.get_by_role("link", name=run[:8])).to_have_attribute("href", f"/runs/{run}")
    user.complaints.clear()  # the browser tells of the 422 that was to be


def test_a_message_reaches_the_program_and_the_story_tells_who_said_it(
    user: Person, stage: Stage
) -> None:
    page = user.page
    run = stage.begun("told", 10)
    user.go(f"/runs/{run}")
    page.get_by_text("Send a message to").click()
    page.get_by_label("Message to Play with a puppet").fill("<b>faster</b>")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The message was delivered.")).to_be_visible()
    expect(page.locator("#step-list")).to_contain_text("<b>faster</b>")
    page.get_by_role("button", name="Abort…").click()
    page.get_by_role("button", name="Abort the run").click()
    expect(page.get_by_text("This run was aborted.")).to_be_visible()
    page.reload()
    story = page.locator(".story")
    for words in ("me asked for this run", "me said", "<b>faster</b>", "me asked for the abort"):
        expect(story).to_contain_text(words)


def test_the_list_is_narrowed_searched_and_turned_and_a_run_is_repeated_from_it(
    user: Person, stage: Stage
) -> None:
    page = user.page
    run = stage.begun("again", 100)
    with stage.platform() as ours:
        ours.wait(run)
    user.go("/runs")
    page.get_by_role("searchbox", name="Search title, owner or id").fill(run[:12])
    rows = page.locator("#run-list > li")
    expect(rows).to_have_count(1)
    page.get_by_role("link", name="Failed", exact=True).click()
    expect(page.get_by_text("No run is like that")).to_be_visible()
    page.get_by_role("link", name="Finished", exact=True).click()
    expect(rows).to_have_count(1)
    user.see_no_faults()
    page.get_by_role("button", name="Run again: Play with a puppet").click()
    expect(page.get_by_text("The run was started again.")).to_be_visible()
    expect(page.get_by_text("repeats")).to_be_visible()
    expect(page.get_by_role("heading", name="Results")).to_be_visible()


def test_a_long_list_is_turned_page_by_page(user: Person, stage: Stage) -> None:
    stage.pull("many", 100)
    with stage.platform() as ours:
        for _ in range(55):
            ours.start_run("Puppet", {"name": "many"})
    user.go("/runs")
    rows = user.page.locator("#run-list > li")
    expect(rows).to_have_count(50)
    first = rows.first.locator("a").get_attribute("href")
    user.page.get_by_role("link", name="Older runs").click()
    expect(user.page.get_by_role("link", name="Newest runs")).to_be_visible()
    expect(rows.first.locator("a")).not_to_have_attribute("href", str(first))
    with stage.platform() as ours:
        for run in ours.runs(limit=60):
            ours.wait(run.id)


@pytest.mark.skipif(not AXE.exists(), reason="axe-core: python frontend/bundle.py --install")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_runs_by_day_by_night_and_on_a_phone(
    browser: Browser, stage: Stage, scheme: str
) -> None:
    going = stage.begun(f"axe{scheme}", 40)
    done = stage.begun(f"done{scheme}", 100)
    failed = stage.begun(f"bad{scheme}", "fail")
    with stage.platform() as ours:
        for run in (done, failed):
            ours.wait(run)
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    who = Person(context, page, stage.home.url)
    stage.let_in(who)
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        for path, seen in {
            "/runs": "#run-list",
            f"/runs/{going}": "#frame-place iframe",
            f"/runs/{done}": ".story li",
            f"/runs/{failed}": ".story li",
        }.items():
            who.go(path)
            expect(page.locator(seen).first).to_be_visible()
            expect(page.locator(".graph svg, #run-list").first).to_be_visible()
            page.evaluate(AXE.read_text("utf-8"))
            assert page.evaluate(FINDINGS) == [], f"{path} at {width} px"
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{path}: {wide} px wider than {width}"
    context.close()
    stage.pull(f"axe{scheme}", 100)


def test_what_a_service_says_of_itself_is_text(user: Person, stage: Stage) -> None:
    with stage.platform() as ours:
        runs = [ours.start_run("Evil", {"word": word}).id for word in (EVIL, "fail")]
        for run in runs:
            ours.wait(run)
    for path in (f"/runs/{runs[0]}", f"/runs/{runs[1]}", "/runs"):
        user.go(path)
        expect(user.page.get_by_text("<img src=x").first).to_be_visible()
        if path != "/runs":
            user.page.locator("#step-list summary").first.click()
        assert user.page.locator("img[src=x], script:not([src])").count() == 0
        assert "mine" not in user.page.title().replace(EVIL, "")
