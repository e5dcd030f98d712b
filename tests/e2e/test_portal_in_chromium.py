"""The portal in a real browser, in front of a platform that is a process of its own."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Route, expect
from tests.e2e.browser import Person, chromium, needs_chromium, person
from tests.e2e.theatre import DATA, Stage
from tests.fakes import hostile_service

pytestmark = [needs_chromium, pytest.mark.timeout(240)]

HAS_OUTLINE = """it => {
  for (let here = it; here; here = here.parentElement) {
    if (getComputedStyle(here).outlineStyle !== 'none') return true;
  }
  return false;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def somebody(browser: Browser, stage: Stage) -> Iterator[Person]:
    """Somebody who has just come to the portal, and whose browser finds nothing wrong with it."""
    with person(browser, stage.home.url) as who:
        yield who
        assert who.complaints == []


@pytest.fixture
def user(somebody: Person, stage: Stage) -> Person:
    """Somebody who is logged in."""
    stage.let_in(somebody)
    return somebody


def start(user: Person, stage: Stage, name: str, *, data: bool = False) -> None:
    """Start a puppet of that name, and see its run."""
    stage.pull(name, 0)
    user.go("/workflows/Puppet/start")
    user.page.get_by_label("Name").fill(name)
    if data:
        user.page.get_by_role("button", name="Data").set_input_files(stage.data)
    user.page.get_by_role("button", name="Start run").click()
    expect(user.page).to_have_url(re.compile(r"/runs/[0-9a-f]+"))


def percent(user: Person, number: int) -> None:
    """See how far the step is: beside its name, and in the page that the service shows."""
    expect(user.page.locator("#step-list")).to_contain_text(f"{number} %")
    expect(status_page(user)).to_contain_text(f"{number} %")


def status_page(user: Person) -> Locator:
    """Look into the frame that shows the service's page, not into one that is still loading."""
    return user.page.frame_locator("#frame-place iframe:not(.coming)").locator("body")


def test_a_wrong_password_is_said_and_what_was_typed_is_kept(
    browser: Browser, stage: Stage
) -> None:
    with person(browser, stage.home.url) as who:
        who.go("/workflows/Puppet/start")
        who.page.get_by_label("User", exact=True).fill("me")
        who.page.get_by_label("Password").fill("wrong-wrong-wrong")
        who.page.get_by_role("button", name="Log in").click()
        expect(who.page.get_by_role("alert")).to_contain_text("password")
        expect(who.page.get_by_label("User", exact=True)).to_have_value("me")
        expect(who.page.get_by_label("Password")).to_be_focused()
        expect(who.page.get_by_label("Password")).to_have_value("")
        who.see_no_faults()
        who.page.get_by_label("Password").fill(stage.password)
        who.page.get_by_role("button", name="Log in").click()
        # and on to where one wanted to go
        expect(who.page.get_by_role("heading", name="Play with a puppet")).to_be_visible()


def test_everything_from_logging_in_to_the_result_is_done_by_keyboard(
    somebody: Person, stage: Stage
) -> None:
    page, press = somebody.page, somebody.page.keyboard.press
    stage.pull("keys", 100)
    somebody.go("/")
    expect(page.get_by_label("User", exact=True)).to_be_focused()
    page.keyboard.type("me")
    press("Tab")
    page.keyboard.type(stage.password)
    press("Enter")
    expect(page.get_by_role("heading", name="Workflows")).to_be_visible()
    tab_to(somebody, "Play with a puppet")
    press("Enter")
    expect(page.get_by_role("heading", name="Inputs")).to_be_visible()
    tab_to(somebody, "Start")
    press("Enter")
    expect(page.get_by_role("button", name="Start run")).to_be_visible()
    while not page.get_by_label("Name").evaluate("it => it === document.activeElement"):
        press("Tab")
    page.keyboard.type("keys")
    press("Enter")
    expect(page.get_by_role("heading", name="Results")).to_be_visible()
    tab_to(somebody, "copy.bin")
    with page.expect_download() as started:
        press("Enter")
    assert started.value.path().read_bytes() == b""


def tab_to(who: Person, words: str) -> None:
    """Press Tab until a thing of these words has the focus, and see that this can be seen."""
    for _ in range(40):
        who.page.keyboard.press("Tab")
        focused = who.page.locator(":focus")
        if focused.count() and words in focused.inner_text():
            assert focused.evaluate(HAS_OUTLINE), words
            return
    pytest.fail(f"no way to {words} by Tab")


def test_a_value_that_cannot_be_taken_is_named_beside_its_field_and_nothing_typed_is_lost(
    user: Person, stage: Stage
) -> None:
    page = user.page
    stage.pull("form", 100)
    user.go("/workflows/Puppet/start")
    page.get_by_label("Name").fill("form")
    page.get_by_label("Factor").fill("11")
    page.get_by_role("button", name="Data").set_input_files(stage.data)
    expect(page.get_by_text("25.6 kB, uploaded")).to_be_visible()
    page.get_by_role("button", name="Start run").click()
    expect(page.get_by_role("alert")).to_contain_text("One value cannot be taken")
    factor = page.get_by_label("Factor")
    expect(factor).to_have_attribute("aria-invalid", "true")
    expect(factor).to_have_accessible_description(re.compile("11.* is above the maximum of 10"))
    expect(factor).to_have_value("11")
    expect(page.get_by_label("Name")).to_have_value("form")
    expect(page.get_by_text("data.bin")).to_be_visible()
    user.see_no_faults()
    factor.fill("3")
    page.get_by_role("button", name="Start run").click()
    expect(page.get_by_role("heading", name="Results")).to_be_visible()
    expect(page.get_by_text("76\u202f800")).to_be_visible()
    # the file was not asked for again, nor sent again
    assert user.download("copy.bin") == DATA * 3
    complaint = "Failed to load resource: the server responded with a status of 422"
    user.complaints[:] = [said for said in user.complaints if not said.startswith(complaint)]


def test_a_file_that_is_none_of_the_kinds_taken_is_refused_at_once(
    user: Person, stage: Stage
) -> None:
    wrong = stage.home.folder / "wrong.geo"
    wrong.write_text("x", encoding="utf-8")
    user.go("/workflows/Puppet/start")
    user.page.get_by_role("button", name="Data").set_input_files(wrong)
    expect(user.page.get_by_text("This is none of the kinds taken: .bin")).to_be_visible()


def test_an_impatient_click_starts_one_run_and_not_two(user: Person, stage: Stage) -> None:
    stage.pull("twice", 100)
    user.go("/workflows/Puppet/start")
    user.page.get_by_label("Name").fill("twice")
    user.page.get_by_role("button", name="Start run").dblclick()
    expect(user.page.get_by_role("heading", name="Results")).to_be_visible()
    with stage.platform() as ours:
        started = [run for run in ours.runs(limit=100) if run.inputs.get("name") == "twice"]
    assert len(started) == 1


def test_a_form_that_is_sent_while_a_file_is_on_its_way_waits_for_it(
    user: Person, stage: Stage
) -> None:
    page, held = user.page, list[Route]()
    stage.pull("early", 100)
    page.route("**/api/v1/files?*", lambda route: held.append(route))  # noqa: PLW0108 - it wants one
    user.go("/workflows/Puppet/start")
    page.get_by_label("Name").fill("early")
    with page.expect_request("**/api/v1/files?*"):
        page.get_by_role("button", name="Data").set_input_files(stage.data)
    page.get_by_role("button", name="Start run").click()
    expect(page.get_by_role("button", name="Starts when the upload is done…")).to_be_visible()
    assert page.url.endswith("/start")
    held[0].continue_()
    expect(page.get_by_role("heading", name="Results")).to_be_visible()
    assert user.download("copy.bin") == DATA * 2


def test_a_run_is_watched_to_its_end_without_reloading_the_page(user: Person, stage: Stage) -> None:
    start(user, stage, "watched", data=True)
    user.page.evaluate("window.isTheSamePage = true")
    for number in (20, 55, 90):
        stage.pull("watched", number, f"line of {number}")
        percent(user, number)
        expect(status_page(user)).to_contain_text(f"line of {number}")
    user.see_no_faults()
    stage.pull("watched", 100)
    expect(user.page.get_by_role("heading", name="Results")).to_be_visible()
    # the last page of the service is shown too, with what came out
    expect(status_page(user)).to_contain_text("51200")
    assert user.page.evaluate("window.isTheSamePage")
    assert user.download("copy.bin") == DATA * 2
    user.see_no_faults()


def test_the_list_of_runs_follows_what_happens(user: Person, stage: Stage) -> None:
    stage.pull("listed", 0)
    user.go("/")
    user.page.evaluate("window.isTheSamePage = true")
    newest = user.page.locator("#run-list li").first
    stage.home.tarry("login", "--user", "me", more={"TARRY_PASSWORD": stage.password})
    stage.home.tarry("run", "Puppet", "name=listed", "--detach")
    expect(newest).to_contain_text("Running")
    stage.pull("listed", 100)
    expect(newest).to_contain_text("Finished")
    assert user.page.evaluate("window.isTheSamePage")
    user.see_no_faults()


def test_a_failure_is_told_with_step_and_reason(user: Person, stage: Stage) -> None:
    start(user, stage, "torn")
    stage.pull("torn", "fail")
    alert = user.page.get_by_role("alert")
    for words in ("Puppet", "Play with a puppet", "exit code 1", "a string has torn"):
        expect(alert).to_contain_text(words)
    user.see_no_faults()


def test_an_abort_is_asked_about_first_and_ends_the_program(user: Person, stage: Stage) -> None:
    page = user.page
    start(user, stage, "unwanted")
    stage.pull("unwanted", 10)
    percent(user, 10)
    page.get_by_role("button", name="Abort…").click()
    dialog = page.get_by_role("dialog", name="Abort this run?")
    expect(dialog.get_by_role("button", name="Let it run")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    stage.pull("unwanted", 30)
    percent(user, 30)
    page.get_by_role("button", name="Abort…").click()
    dialog.get_by_role("button", name="Abort the run").click()
    expect(page.get_by_text("This run was aborted.")).to_be_visible()
    assert puppets(stage, "unwanted") == []


def test_what_a_program_prints_is_shown_and_never_obeyed(user: Person, stage: Stage) -> None:
    start(user, stage, "evil")
    said = "</pre><h1 id=mine>Mine</h1><script>document.title='mine'</script><img src=x>"
    stage.pull("evil", 40, said)
    percent(user, 40)
    expect(status_page(user).get_by_text(said)).to_be_visible()
    expect(status_page(user).locator("#mine")).to_have_count(0)
    stage.pull("evil", 100)
    expect(user.page.get_by_role("heading", name="Results")).to_be_visible()


def test_a_services_page_reaches_nothing_but_itself(
    browser: Browser, stage: Stage, tmp_path: Path
) -> None:
    document = tmp_path / "Hostile.xml"
    document.write_bytes(hostile_service.WORKFLOW)
    home = stage.home
    with hostile_service.lure() as lure:
        page = hostile_service.PAGE.replace("LURE", lure.url).replace("PORTAL", home.url)
        with (
            hostile_service.hostile_service(page) as wsdl,
            person(browser, home.url) as who,
        ):
            home.tarry("login", "--user", "me", more={"TARRY_PASSWORD": stage.password})
            home.tarry("register", wsdl, "start", "--uri", hostile_service.URI)
            home.tarry("workflows", "import", str(document), "--publish")
            who.log_in("me", stage.password)
            who.go("/workflows/Hostile/start")
            who.page.get_by_role("button", name="Start run").click()
            expect(status_page(who).locator("#verdict")).to_have_text("done")
            (inside,) = [it for it in who.page.frames if "/pages/" in it.url]
            found, address = inside.evaluate("found"), inside.url
            assert len(found) == 18
            assert {name: got for name, got in found.items() if "refused" not in got} == {}
            inside.evaluate(f"location.href = '{lure.url}/own'")
            who.page.wait_for_timeout(500)
            assert lure.requests == []

            # opened by itself, without the frame's attribute, it is confined just as well
            alone = who.context.new_page()
            alone.goto(address, wait_until="commit")  # what it attempts ends its loading
            expect(alone.locator("#verdict")).to_have_text("done")
            got = alone.evaluate("found")
            assert "refused" in got["cookies"]
            assert "refused" in got["runs"]
            assert lure.requests == []

            # and she is still logged in, in a portal that is where it was
            who.page.reload()
            who.page.get_by_role("button", name="Abort…").click()
            who.page.get_by_role("button", name="Abort the run").click()
            expect(who.page.get_by_text("This run was aborted.")).to_be_visible()


def test_a_page_that_is_open_finds_the_platform_again_after_a_kill_and_shows_the_end(
    browser: Browser, stage: Stage
) -> None:
    with person(browser, stage.home.url) as user:
        stage.let_in(user)
        start(user, stage, "patient", data=True)
        stage.pull("patient", 30)
        percent(user, 30)
        user.page.evaluate("window.isTheSamePage = true")
        stage.running.kill()
        expect(user.page.get_by_text("Connection lost. Trying again…")).to_be_visible()
        stage.pull("patient", 70)
        stage.running, stage.password = stage.raise_curtain(stage.home)
        percent(user, 70)
        expect(user.page.get_by_text("Connection lost. Trying again…")).to_be_hidden()
        stage.pull("patient", 100)
        expect(user.page.get_by_role("heading", name="Results")).to_be_visible()
        assert user.page.evaluate("window.isTheSamePage")
        assert user.download("copy.bin") == DATA * 2


def puppets(stage: Stage, name: str) -> list[int]:
    """The processes of a puppet."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            strings = str(stage.home.folder / "puppet" / "strings").encode()
            if strings in words and name.encode() in words:
                found.append(int(entry.name))
    return found
