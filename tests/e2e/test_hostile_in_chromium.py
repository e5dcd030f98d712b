"""What services and other users call their things, say and store is shown, and never obeyed."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.app import Place, place, visitor
from tests.e2e.browser import Person, chromium, needs_chromium
from tests.e2e.conftest import wait_for
from tests.e2e.editing import needs_front_end
from tests.fakes.hostile_service import Lure, lure
from tests.fakes.hostile_words import OBJECTS_OWN, evil, evil_service

pytestmark = [needs_chromium, needs_front_end, pytest.mark.timeout(240)]

EVIL_PAGE = "<script>document.documentElement.dataset.mine=1</script>"
EVIL_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="alert(1)">'
    "<script>alert(1)</script><rect width='9' height='9'/></svg>"
)
# Whatever of the page could act for somebody else, or has.
HARM = """() => {
  const found = [];
  const leading = ['src', 'href', 'action', 'formaction', 'data', 'srcdoc', 'xlink:href'];
  if (document.documentElement.dataset.mine) found.push('a script ran');
  for (const it of document.querySelectorAll('body *')) {
    for (const { name, value } of it.attributes) {
      if (name.startsWith('on')) found.push(`${name} of ${it.tagName}`);
      if (!leading.includes(name)) continue;
      const url = URL.canParse(value, document.baseURI) ? new URL(value, document.baseURI) : null;
      const ours = url && (url.origin === location.origin || url.protocol === 'blob:');
      if (!ours || name === 'srcdoc') found.push(`${name}=${value} of ${it.tagName}`);
    }
  }
  const tags = 'base, body script, body style, body form[action], object, embed';
  for (const it of document.querySelectorAll(tags)) found.push(it.outerHTML);
  return found;
}"""


@dataclass
class Stage:
    """A platform with a hostile service, a hostile workflow, and what came of running it."""

    where: Place
    lure: Lure
    words: str
    wsdl: str
    service: str = ""
    ran: str = ""
    failed: str = ""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with (
        place(tmp_path_factory.mktemp("hostile")) as where,
        lure() as trap,
        evil_service(evil(trap.url)) as wsdl,
    ):
        made = Stage(where, trap, evil(trap.url), wsdl)
        set_up(made)
        yield made


@pytest.fixture
def user(browser: Browser, stage: Stage) -> Iterator[Person]:
    # What is not there, or is refused, is so on purpose.
    with visitor(browser, stage.where, expects="status of 4") as who:
        yield who


def set_up(stage: Stage) -> None:
    """Do what a hostile user may do by the API: register, save, publish, run, be refused."""
    ask, short = stage.where.ask, stage.words[:200]
    order = {"title": short, "category": short, "company": short}
    order |= {"wsdl": stage.wsdl, "operation": "say"}
    stage.service = str(ask("POST", "/api/v1/services", order)["name"])
    uri = str(ask("GET", f"/api/v1/services/{stage.service}")["uri"])
    ask("POST", "/api/v1/workflows?draft=true", document(uri, stage.words))
    ask("POST", "/api/v1/workflows/Evil/publish", {"category": short, "company": short})
    picture = upload(stage, "evil.svg", EVIL_SVG)
    inputs = {"word": stage.words, "picture": picture, "constructor": stage.words}
    stage.ran = run_of(stage, inputs)
    stage.failed = run_of(stage, {"word": "fail"})


def document(uri: str, words: str) -> dict[str, object]:
    """Give a workflow document whose every free text is hostile."""
    given = ("word", "picture", *OBJECTS_OWN)
    shown = ("said", "line", "link", "folder", "picture", *OBJECTS_OWN)
    step = {
        "kind": "step",
        "name": words,
        "note": words,
        "service": uri,
        "inputs": {name: {"id": f"in_{name}"} for name in given},
        "outputs": {name: f"out_{name}" for name in shown},
    }
    return {
        "format": 1,
        "uri": "http://evil/workflow/Evil.owl#Evil",
        "title": words,
        "description": f"{words}\n{'long' * 5_000}",
        "inputs": [{"name": name, "id": f"in_{name}"} for name in given],
        "outputs": [{"name": name, "id": f"out_{name}"} for name in shown],
        "body": [step],
    }


def upload(stage: Stage, name: str, content: str) -> str:
    """Store a file; gives its storage URI."""
    return str(stage.where.ask("POST", f"/api/v1/files?name={name}", content.encode())["uri"])


def run_of(stage: Stage, inputs: dict[str, str]) -> str:
    """Run the workflow to its end; gives the run's id."""
    order = {"workflow": "Evil", "inputs": inputs}
    run = str(stage.where.ask("POST", "/api/v1/runs", order)["id"])
    wait_for(lambda: stage.where.ask("GET", f"/api/v1/runs/{run}")["ended_at"], "the end")
    return run


def see_harmless(user: Person, stage: Stage) -> None:
    """Find nothing that has acted, could act, or leads away."""
    assert user.page.evaluate(HARM) == []
    assert stage.lure.requests == []


PAGES = {
    "/": "Evil",
    "/workflows/Evil": "onerror=",
    "/workflows/Evil/start": "onerror=",
    "/runs": "Evil",
    "/runs/{ran}": "{{7*7}}",
    "/runs/{failed}": "{{7*7}}",
    "/services": "onerror=",
    "/services/{service}": "onerror=",
    "/services/register?wsdl={wsdl}": "onerror=",
    "/admin/audit": "Evil",
    "/folders?uri={words}": "onerror=",
    "/login?next={words}": "",
    "/runs?q={words}": "",
}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_shows_what_others_wrote_as_text(path: str, user: Person, stage: Stage) -> None:
    values = {name: quote(str(value), safe="") for name, value in vars(stage).items()}
    user.go(path.format(**values))
    if PAGES[path]:
        shown = user.page.locator("main").get_by_text(PAGES[path]).locator("visible=true")
        expect(shown.first).to_be_visible()
    else:
        expect(user.page.locator("main h1")).to_be_visible()
    see_harmless(user, stage)
    user.see_no_faults()


def test_results_are_told_by_their_names_and_lead_to_files_of_the_platform_alone(
    user: Person, stage: Stage
) -> None:
    user.go(f"/runs/{stage.ran}")
    results = user.page.get_by_role("region", name="Results")
    expect(results.locator("dt").first).to_be_visible()
    shown = dict(zip(results.locator("dt").all(), results.locator("dd").all(), strict=True))
    names = [name.inner_text() for name in shown]
    assert "constructor" in names
    # of these the service gave nothing, and what every object has by itself is no result
    assert not {"__proto__", "toString"} & set(names)
    for link in results.get_by_role("link").all():
        assert re.match(r"/(api/v1/files|folders)\?uri=", link.get_attribute("href") or "")


def test_a_form_takes_values_for_ports_that_are_called_like_what_every_object_has(
    user: Person, stage: Stage
) -> None:
    user.go("/workflows/Evil/start")
    for name in OBJECTS_OWN:
        field = user.page.locator(f"[id='input-{name}']")
        expect(field).to_have_value("")
        field.fill(f"mine {name}")
    user.page.locator("#input-word").fill("fail")
    user.page.get_by_role("button", name="Start run").click()
    expect(user.page.get_by_text("This run failed.")).to_be_visible()
    run = user.page.url.rpartition("/")[2]
    inputs = stage.where.ask("GET", f"/api/v1/runs/{run}")["inputs"]
    assert inputs == {"word": "fail", **{name: f"mine {name}" for name in OBJECTS_OWN}}
    see_harmless(user, stage)


def test_the_editor_shows_titles_names_notes_problems_and_imported_files_as_text(
    user: Person, stage: Stage
) -> None:
    page = user.page
    user.go("/workflows/Evil/edit")
    step = page.locator(".react-flow__node-step")
    expect(step).to_contain_text("onerror=")
    page.locator(".outline-entry").first.click()
    page.get_by_role("button", name="Details", exact=True).click()
    expect(page.locator(".inspector")).to_contain_text("onerror=")
    see_harmless(user, stage)
    page.get_by_role("button", name="Text", exact=True).click()
    expect(page.get_by_label("Text of the document")).to_have_value(re.compile("onerror="))
    page.get_by_role("button", name="Add (/)").click()
    page.get_by_role("dialog").get_by_role("combobox").fill("evil")
    expect(page.get_by_role("option").first).to_contain_text("onerror=")
    see_harmless(user, stage)
    page.keyboard.press("Escape")

    with page.expect_file_chooser() as asked:
        page.get_by_role("button", name="Import").click()
    other = document("http://evil/sync/none.owl#__proto___Service", f"{stage.words} imported")
    asked.value.set_files(
        {"name": "x.json", "mimeType": "text/html", "buffer": json.dumps(other).encode()}
    )
    expect(step).to_contain_text("imported")
    page.get_by_role("button", name=re.compile("problem")).click()
    expect(page.locator(".problems")).to_contain_text("__proto__")
    see_harmless(user, stage)


@pytest.mark.parametrize("name", ["evil.html", "evil.svg", "evil.xhtml"])
def test_a_stored_file_that_is_opened_is_downloaded_and_never_runs_here(
    user: Person, stage: Stage, name: str
) -> None:
    uri = upload(stage, name, EVIL_PAGE if name.endswith("html") else EVIL_SVG)
    address = f"/api/v1/files?uri={quote(uri, safe='')}"
    user.go("/")
    with user.page.expect_download() as started:
        user.page.evaluate("(address) => { location.href = address }", address)
    assert started.value.suggested_filename == name
    # nor in a frame that somebody got into a page, nor as a script
    got = user.page.evaluate(
        """(address) => new Promise((done) => {
          const script = document.createElement('script');
          script.onerror = () => done('refused');
          script.onload = () => done('ran');
          script.src = address;
          document.head.append(script);
        })""",
        address,
    )
    assert got == "refused"
    see_harmless(user, stage)
    user.complaints.clear()  # that it was refused
