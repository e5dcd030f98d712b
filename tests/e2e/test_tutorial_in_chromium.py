"""The end of the tutorial, in the browser: a service becomes a workflow that runs.

The waiter is registered by its WSDL, put into a workflow in the editor, told how long to wait by a
value on its port, saved, published, run and watched: once by mouse, once by the keyboard alone.
"""

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.app import Place, visitor
from tests.e2e.browser import Person, chromium, needs_chromium
from tests.e2e.conftest import ROOT, free_tcp_port, wait_for
from tests.e2e.editing import Author, needs_front_end

pytestmark = [
    needs_chromium,
    needs_front_end,
    pytest.mark.timeout(240),
]

SECONDS = "4"
PERCENT = re.compile(r"\b(\d+) %")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def waiters(workshop: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Give the WSDLs of waiters that somebody serves and the platform does not know yet."""
    folder = tmp_path_factory.mktemp("waiters")
    shutil.copy(ROOT / "examples" / "waiter" / "waiter.py", folder)
    text = (ROOT / "examples" / "waiter" / "waiter.toml").read_text(encoding="utf-8")
    programs = []
    for hand in ("Mouse", "Keys"):
        mine = text.replace('"Waiter"', f'"Waiter{hand}"').replace("/Waiter", f"/Waiter{hand}")
        programs.append(folder / f"{hand}.toml")
        programs[-1].write_text(mine, encoding="utf-8")
    port = str(free_tcp_port())
    order = ("--platform", workshop.url, "--port", port, "--data", str(folder / "data"))
    running = workshop.home.start("serve", *map(str, programs), *order)
    printed = running.wait_for_text(r"(http\S+/WaiterMouse\?wsdl)\s+(http\S+/WaiterKeys\?wsdl)")
    yield {"Mouse": printed[1], "Keys": printed[2]}
    running.close()


@pytest.fixture
def she(browser: Browser, workshop: Place) -> Iterator[Person]:
    # the browser tells of a workflow that is not there before it is saved
    with visitor(browser, workshop, width=1400, expects="status of 404") as who:
        yield who


def test_a_service_is_registered_wired_run_and_watched_with_the_mouse(
    she: Person, workshop: Place, waiters: dict[str, str]
) -> None:
    page, author = she.page, Author(she.page, workshop.url)
    she.go("/services")
    page.get_by_role("link", name="Register a service").click()
    page.get_by_label("Address of the WSDL").fill(waiters["Mouse"])
    form = page.get_by_role("form", name="startWaiter")
    expect(form.get_by_label("Kind")).to_have_value("asynchronous")
    form.get_by_label("Title optional").fill("Wait by mouse")
    form.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", name="Wait by mouse")).to_be_visible()

    page.get_by_role("link", name="Workflows", exact=True).click()
    page.get_by_role("link", name="New workflow").click()
    page.get_by_label("What is it called?").fill("A wait by mouse")
    page.get_by_role("button", name="Open the editor").click()
    author.add("wait by mouse", "^Wait by mouse.*Service")
    page.get_by_label("How long to wait of Wait by mouse", exact=True).fill(SECONDS)
    author.wire_to_an_output("^Output What the waiter says")
    author.see_saved()
    author.publish()

    page.get_by_role("link", name="Back to the workflow").click()
    page.get_by_role("link", name="Start", exact=True).click()
    page.get_by_role("button", name="Start run").click()
    see_it_wait_and_finish(page)
    assert document_of(author, "A_wait_by_mouse") == {"secondsToWait": {"value": SECONDS}}


def test_the_same_is_done_with_the_keyboard_alone(
    she: Person, workshop: Place, waiters: dict[str, str]
) -> None:
    page, author = she.page, Author(she.page, workshop.url)
    press, write = page.keyboard.press, page.keyboard.type
    she.go("/")
    expect(page.get_by_role("heading", name="Workflows")).to_be_visible()
    author.tab_to("^Services$")
    press("Enter")
    expect(page.get_by_role("heading", name="Services")).to_be_visible()
    author.tab_to("^Register a service$")
    press("Enter")
    expect(page.get_by_label("Address of the WSDL")).to_be_focused()
    write(waiters["Keys"])
    expect(page.get_by_role("form", name="startWaiter")).to_be_visible()
    author.tab_to("^Title optional$")
    write("Wait by keys")
    author.tab_to("^Register$")
    press("Enter")
    expect(page.get_by_role("heading", name="Wait by keys")).to_be_visible()

    author.tab_to("^Workflows$")
    press("Enter")
    expect(page.get_by_role("link", name="New workflow")).to_be_visible()
    author.tab_to("New workflow")
    press("Enter")
    expect(page.get_by_label("What is it called?")).to_be_focused()
    write("A wait by keys")
    press("Enter")
    expect(page.get_by_role("button", name="Add (/)")).to_be_visible()
    author.find("wait by keys service")
    expect(page.locator(".react-flow__node-step")).to_be_focused()
    author.tab_to("^How long to wait of Wait by keys$")
    write(SECONDS)
    author.tab_to("^Output ")
    press("Enter")
    author.find("output", wired=True)
    expect(page.locator(".react-flow__node-end")).to_be_focused()
    press("Control+s")
    author.see_saved()
    author.press("Control+k")
    write("publish")
    press("Enter")
    author.tab_to("^Publish$")
    press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)

    author.tab_to("^Back to the workflow$")
    press("Enter")
    expect(page.get_by_role("link", name="Start", exact=True)).to_be_visible()
    author.tab_to("^Start$")
    press("Enter")
    expect(page.get_by_role("button", name="Start run")).to_be_visible()
    author.tab_to("^Start run$")
    press("Enter")
    see_it_wait_and_finish(page)
    assert document_of(author, "A_wait_by_keys") == {"secondsToWait": {"value": SECONDS}}


def see_it_wait_and_finish(page: Page) -> None:
    """See the service's own page change while the run goes on, and the result at its end."""
    frame = page.frame_locator("#frame-place iframe").locator("body")
    results = page.locator(".results")
    seen: list[int] = []

    def is_over() -> bool:
        found = PERCENT.search(frame.inner_text())
        if found and int(found[1]) not in seen:
            seen.append(int(found[1]))
        return results.is_visible()

    wait_for(is_over, "the end of the run")
    while_it_ran = [percent for percent in seen if percent < 100]
    assert len(while_it_ran) > 1, seen
    assert while_it_ran == sorted(while_it_ran)
    expect(results).to_contain_text("FINISHED")
    expect(page.locator(".run-facts")).to_contain_text("Finished")


def document_of(author: Author, name: str) -> object:
    """The inputs of the only step of a workflow, as it was saved."""
    [step] = author.document(name)["body"]
    return step["inputs"]
