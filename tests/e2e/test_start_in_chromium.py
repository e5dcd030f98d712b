"""Choosing a workflow, bringing one in, starting one: all inputs, both themes, a small phone."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.browser import Person, chromium, needs_chromium, person
from tests.e2e.conftest import READY, ROOT, Home, free_tcp_port
from tests.e2e.editing import Author

pytestmark = needs_chromium
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

EVERYTHING = """
name = "Everything"

[operations.try]
title = "Try everything"
description = "Takes a value of every kind"
command = ["{python}", "-c", "print(1)", "{line}", "{size}", "{kind}", "{fast}", "{notes}",
           "{files}", "{folder}", "{sizes}", "{parts}", "{when}", "{deep}"]

[operations.try.inputs]
line = { type = "string", title = "Line", default = "as always" }
size = { type = "decimal", title = "Size", minimum = 0.1, maximum = 50, unit = "mm", default = 2.5 }
kind = { type = "choice", title = "Kind", choices = ["coarse", "fine"], default = "fine" }
fast = { type = "boolean", title = "Fast", default = true }
notes = { type = "text", title = "Notes", required = false }
files = { type = "file", title = "Files", many = true, required = false }
folder = { type = "folder", title = "Case", required = false }
sizes = { type = "integer", title = "Sizes", many = true, maximum = 9, required = false }
parts = { type = "choice", title = "Parts", many = true, choices = ["a", "c"], required = false }
when = { type = "date-time", title = "When", required = false }
key = { type = "secret", title = "Key", required = false }
deep = { type = "integer", title = "Deep", default = 3, advanced = true }

[operations.try.outputs]
code = { type = "integer", title = "Code", from = { exit_code = true } }
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, str]]:
    """A platform with one workflow that takes a value of every kind, and its password."""
    folder = tmp_path_factory.mktemp("start")
    (folder / "everything.toml").write_text(EVERYTHING, encoding="utf-8")
    home = Home(folder=folder, tcp_port=free_tcp_port())
    running = home.start("up", str(folder / "everything.toml"))
    running.wait_for_text(READY)
    yield home, running.wait_for_text(r"password: (\S+)")[1]
    running.close()


@pytest.fixture
def user(browser: Browser, place: tuple[Home, str]) -> Iterator[Person]:
    home, password = place
    with person(browser, home.url) as who:
        who.log_in("me", password)
        yield who
        assert who.complaints == []


def test_every_kind_of_value_is_given_by_its_own_control_and_arrives(
    user: Person, tmp_path: Path
) -> None:
    page = user.page
    case = tmp_path / "case"
    (case / "deep").mkdir(parents=True)
    (case / "a.txt").write_text("a", encoding="utf-8")
    (case / "deep" / "b.txt").write_text("b", encoding="utf-8")
    page.get_by_role("link", name="Start Try everything").click()
    page.get_by_label("Line").fill("one line")
    page.get_by_label("Size", exact=True).fill("3.1")
    page.get_by_label("Size", exact=True).press("ArrowUp")
    page.get_by_label("Kind").select_option("coarse")
    page.get_by_label("Fast").uncheck()
    page.get_by_label("Notes").fill("two\nlines")
    files = page.get_by_role("button", name=re.compile("^Files"))
    files.set_input_files([case / "a.txt", case / "deep" / "b.txt"])
    expect(page.get_by_text("2 files, 2 B, uploaded")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Case")).set_input_files(case)
    expect(page.get_by_text("2 files, 2 B, uploaded")).to_have_count(2)
    page.get_by_label("Sizes").fill("1\n2")
    page.get_by_label("c", exact=True).check()
    page.get_by_label("When").fill("2026-11-24T10:30")
    page.get_by_label("Key").fill("hush")
    page.get_by_text("Advanced").click()
    page.get_by_label("Deep").fill("4")
    page.get_by_role("button", name="Start run").click()
    page.wait_for_url("**/runs/*")
    run = page.evaluate(
        "fetch('/api/v1/runs/' + location.pathname.split('/')[2]).then(it => it.json())"
    )
    inputs = run["inputs"]
    assert re.fullmatch(r'\["local://.*/a.txt", ?"local://.*/b.txt"\]', inputs.pop("files"))
    assert inputs.pop("folder").endswith("/case/")
    assert inputs == {
        "line": "one line",
        "size": "3.2",
        "kind": "coarse",
        "fast": "false",
        "notes": "two\nlines",
        "sizes": '["1", "2"]',
        "parts": '["c"]',
        "when": "2026-11-24T10:30",
        "key": "•••",
        "deep": "4",
    }


def test_what_is_typed_is_checked_at_once_and_what_was_given_before_is_offered(
    user: Person,
) -> None:
    page = user.page
    user.go("/workflows/Everything/start")
    size = page.get_by_label("Size", exact=True)
    size.fill("50.1")
    expect(size).to_have_accessible_description(re.compile("above the maximum of 50 mm"))
    page.get_by_label("Sizes").fill("3\n10")
    expect(page.get_by_text("'10' is above the maximum of 9.")).to_be_visible()
    page.get_by_role("button", name="Start run").click()
    expect(page.get_by_role("alert")).to_contain_text("2 values cannot be taken")
    page.get_by_role("alert").get_by_role("link", name="Sizes").click()
    expect(page.get_by_label("Sizes")).to_be_focused()
    user.see_no_faults()
    page.get_by_label("Sizes").fill("")
    size.fill("7")
    page.get_by_role("button", name="Start run").click()
    page.wait_for_url("**/runs/*")
    user.go("/workflows/Everything/start")
    expect(size).to_have_value("2.5")
    page.get_by_label("Fill in").select_option(index=1)
    expect(size).to_have_value("7")


def test_a_document_from_a_file_is_looked_at_and_becomes_a_draft_under_a_name_that_is_free(
    user: Person, tmp_path: Path
) -> None:
    page, author = user.page, Author(user.page, user.url)
    document = {**author.document("Everything"), "title": "From a file"}
    step = document["body"][0]
    broken = tmp_path / "broken.json"
    lines = json.dumps({**document, "body": [{**step, "kind": "stop"}]}, indent=1)
    broken.write_text(lines, encoding="utf-8")
    good = tmp_path / "Everything.json"
    good.write_text(json.dumps(document), encoding="utf-8")

    page.goto(f"{author.url}/new-workflow")
    page.get_by_label("Choose a document").set_input_files(broken)
    told = page.get_by_role("list", name="What was found in the file")
    number = 1 + next(n for n, line in enumerate(lines.splitlines()) if '"stop"' in line)
    expect(told).to_contain_text(f"line {number} · /body/0/kind")
    page.get_by_label("broken.json").set_input_files(good)
    expect(page.get_by_text("There is a workflow Everything already")).to_be_visible()
    page.get_by_role("button", name="Take another name").click()
    page.get_by_label("Name in addresses").fill("Filed")
    page.get_by_role("button", name="Make it a draft").click()
    expect(page).to_have_url(re.compile("/workflows/Filed/edit"))
    expect(page.locator(".step-box")).to_be_visible()

    page.get_by_role("button", name="Export").click()
    with page.expect_download() as started:
        page.get_by_role("button", name="As XML").click()
    assert started.value.suggested_filename == "Filed.xml"
    assert b'URI="http://tarry/workflow/Filed.owl#Filed"' in started.value.path().read_bytes()
    files = page.get_by_label("Import a document…", exact=True).and_(page.locator("input"))
    files.set_input_files(broken)
    dialog = page.get_by_role("dialog", name="broken.json cannot be read as a workflow")
    expect(dialog).to_contain_text("/body/0/kind")


def test_a_file_never_covers_what_somebody_has_saved_meanwhile(
    user: Person, tmp_path: Path
) -> None:
    page, author = user.page, Author(user.page, user.url)
    mine = {**author.document("Everything"), "uri": "http://tarry/workflow/Meanwhile.owl#Meanwhile"}
    author.call("POST", "/api/v1/workflows?draft=true", {**mine, "title": "First"})
    file = tmp_path / "Meanwhile.json"
    file.write_text(json.dumps({**mine, "title": "Mine"}), encoding="utf-8")
    page.goto(f"{author.url}/new-workflow")
    page.get_by_label("Choose a document").set_input_files(file)
    save = page.get_by_role("button", name="Save it as version 2 of Meanwhile")
    expect(save).to_be_visible()
    author.call("POST", "/api/v1/workflows?draft=true", {**mine, "title": "Theirs"})

    save.click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody has saved a version meanwhile")
    user.complaints.clear()  # the browser tells of the refusal that was to be
    assert author.document("Meanwhile")["title"] == "Theirs"
    page.get_by_role("button", name="Save it as version 3 of Meanwhile").click()
    expect(page).to_have_url(re.compile("/workflows/Meanwhile/edit"))
    assert author.document("Meanwhile")["title"] == "Mine"


def test_favourites_are_kept_for_other_devices_and_words_narrow_the_list(
    user: Person, browser: Browser, place: tuple[Home, str]
) -> None:
    page = user.page
    with page.expect_response("**/me/favourites/Everything"):
        page.get_by_role("button", name="Favourite: Try everything").click()
    with person(browser, user.url) as elsewhere:
        elsewhere.log_in("me", place[1])
        star = elsewhere.page.get_by_role("button", name="Favourite: Try everything")
        expect(star).to_have_attribute("aria-pressed", "true")
        with elsewhere.page.expect_response("**/me/favourites/Everything"):
            star.click()
    page.reload()
    star = page.get_by_role("button", name="Favourite: Try everything")
    expect(star).to_have_attribute("aria-pressed", "false")
    page.get_by_label("Search workflows").fill("no such thing")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    page.get_by_label("Search workflows").fill("every thing")
    expect(page.get_by_role("link", name="Try everything", exact=True)).to_be_visible()
    page.get_by_role("button", name="List").click()
    user.see_no_faults()
    page.reload()
    expect(page.get_by_role("button", name="List")).to_have_attribute("aria-pressed", "true")


def test_the_theme_is_chosen_by_keyboard_and_kept_and_a_log_out_ends_it_all(user: Person) -> None:
    page = user.page
    page.get_by_role("button", name="Account").press("Enter")
    page.get_by_role("button", name="Dark").press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Account")).to_be_focused()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Account").click()
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(re.compile("/login"))
    user.go("/workflows/Everything")
    expect(page).to_have_url(re.compile(r"/login\?next=%2Fworkflows%2FEverything"))


def test_a_password_is_changed_only_if_it_is_typed_twice(user: Person) -> None:
    page = user.page
    user.go("/password")  # where it was once
    expect(page).to_have_url(re.compile("/account#password"))
    page.get_by_label("Old password").fill("wrong-wrong")
    page.get_by_label("New password", exact=True).fill("long enough now")
    page.get_by_label("New password again").fill("something else")
    page.get_by_role("button", name="Change password").click()
    again = page.get_by_label("New password again")
    expect(again).to_have_accessible_description(re.compile("not the same"))
    again.fill("long enough now")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_label("Old password")).to_have_attribute("aria-invalid", "true")
    user.complaints.clear()  # the browser tells of the refusal that was to be


@pytest.mark.skipif(not AXE.exists(), reason="no axe-core: python frontend/bundle.py --install")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_pages(
    browser: Browser, place: tuple[Home, str], scheme: str, tmp_path: Path
) -> None:
    home, password = place
    context = browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        bypass_csp=True,  # under the portal's policy, axe could not run
        viewport={"width": 360, "height": 740},
    )
    page = context.new_page()
    page.goto(f"{home.url}/login")
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    assert faults_of(page) == []
    Person(context, page, home.url).log_in("me", password)
    for path, heading in {
        "/": "Latest runs",
        "/workflows/Everything": "Inputs",
        "/workflows/Everything/start": "Try everything",
        "/account": "Change password",
        "/nothing/at/all": "Not found",
    }.items():
        page.goto(home.url + path)
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        assert faults_of(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    context.close()


def faults_of(page: Page) -> list[str]:
    """What axe finds, which knows the rules of WCAG and of ARIA."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run()")
    assert found["passes"], "axe has looked at nothing"
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found["violations"]]
