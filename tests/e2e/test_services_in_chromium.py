"""The catalogue of services in the app: register, correct, read again, edit, retire."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect
from tests.e2e.app import Place, place, visitor
from tests.e2e.browser import Person, chromium, needs_chromium
from tests.fakes.wsdl_shelf import WsdlShelf, wsdl_shelf

pytestmark = [needs_chromium, pytest.mark.timeout(240)]

WORKFLOW = b"""<workflow URI="http://acme/workflow/Part.owl#Part">
  <input URI="#part" ID="main_input1"/><input URI="#size" ID="main_input2"/>
  <output URI="#mesh" ID="s1io3"/>
  <services><sequence><service URI="%s">
    <input URI="http://a#part" ID="main_input1"/><input URI="http://a#size" ID="main_input2"/>
    <output URI="http://a#mesh" ID="s1io3"/>
  </service></sequence></services></workflow>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with place(tmp_path_factory.mktemp("services")) as up:
        yield up


@pytest.fixture
def user(browser: Browser, where: Place) -> Iterator[Person]:
    with visitor(browser, where) as who:
        yield who


@pytest.fixture
def shelf() -> Iterator[WsdlShelf]:
    with wsdl_shelf() as served:
        yield served


@pytest.fixture
def mesher(where: Place, shelf: WsdlShelf) -> Iterator[str]:
    """The name of a registered service, whose WSDL the shelf has."""
    made = where.ask("POST", "/api/v1/services", {"wsdl": shelf.url, "operation": "mesh"})
    yield str(made["name"])
    where.ask("DELETE", f"/api/v1/services/{made['name']}?force=true")


@pytest.fixture
def used(where: Place, mesher: str) -> str:
    """As `mesher`, and a published workflow uses it."""
    uri = str(where.ask("GET", f"/api/v1/services/{mesher}")["uri"])
    where.ask("POST", "/api/v1/workflows", WORKFLOW % uri.encode())
    where.ask("POST", "/api/v1/workflows/Part/publish", {})
    return mesher


def row(user: Person, name: str) -> Locator:
    return user.page.get_by_role("listitem").filter(has_text=name)


def test_the_catalogue_tells_how_each_service_stands_and_finds_by_words(
    user: Person, mesher: str
) -> None:
    user.go("/services")
    expect(row(user, mesher)).to_contain_text("Synchronous")
    expect(row(user, mesher)).to_contain_text(re.compile("OK|Not looked at yet"))
    expect(row(user, "Waiter")).to_contain_text("Asynchronous")
    user.page.get_by_role("searchbox", name="Search services").fill("mesh")
    expect(row(user, "Waiter")).to_have_count(0)
    expect(row(user, mesher)).to_be_visible()
    expect(user.page).to_have_url(re.compile(r"q=mesh"))
    user.page.get_by_role("searchbox", name="Search services").fill("nothing of that kind")
    expect(user.page.get_by_text("No service fits")).to_be_visible()


def test_operations_appear_as_soon_as_the_address_is_typed_and_a_port_is_put_right(
    user: Person, where: Place, shelf: WsdlShelf
) -> None:
    user.go("/services")
    user.page.get_by_role("link", name="Register a service").click()
    user.page.get_by_label("Address of the WSDL").press_sequentially(shelf.url)
    expect(user.page.get_by_text("Mesher has 1 operation")).to_be_visible()
    form = user.page.get_by_role("form", name="mesh")
    expect(form.get_by_label("Kind")).to_have_value("synchronous")
    form.get_by_label("Title optional").fill("Mesh a part")
    form.get_by_label("Category").fill("Meshing")
    form.get_by_label("Runs of it at once").fill("3")
    form.get_by_role("button", name="Correct part").click()
    form.get_by_label("Type", exact=True).select_option("file")
    form.get_by_role("button", name="Register").click()
    expect(user.page.get_by_role("heading", name="Mesh a part")).to_be_visible()
    made = where.ask("GET", "/api/v1/services/Mesher.mesh")
    assert (made["category"], made["most_runs"]) == ("Meshing", 3)
    assert made["corrections"] == {
        "inputs/part": {
            "type": "file", "title": None, "description": None,
            "unit": None, "default": None, "accept": None,
        }
    }  # fmt: skip
    inputs = user.page.get_by_role("region", name="Inputs")
    expect(inputs.get_by_role("row").filter(has_text="part")).to_contain_text("corrected here")
    user.see_no_faults()
    where.ask("DELETE", "/api/v1/services/Mesher.mesh")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("mesher.example", "begins with http"),
        ("{base}/other/../mesher", "cannot be used"),
    ],
)
def test_an_address_that_is_no_wsdl_is_said_while_typing(
    user: Person, shelf: WsdlShelf, typed: str, said: str
) -> None:
    shelf.there = False
    user.go("/services/register")
    user.page.get_by_label("Address of the WSDL").fill(typed.format(base=shelf.base))
    expect(user.page.get_by_text(said)).to_be_visible()
    user.complaints[:] = [one for one in user.complaints if "status of 5" not in one]


def test_what_is_different_and_what_breaks_is_shown_before_it_is_applied(
    user: Person, where: Place, shelf: WsdlShelf, used: str
) -> None:
    before = int(str(where.ask("GET", f"/api/v1/services/{used}")["version"]))
    user.go(f"/services/{used}")
    expect(user.page.get_by_role("link", name="Part")).to_be_visible()  # what uses it
    user.page.get_by_role("button", name="Read the WSDL again").click()
    expect(user.page.get_by_role("dialog")).to_contain_text("There is nothing to do")
    user.page.keyboard.press("Escape")

    shelf.inputs = {"geometry": "string", "size": "decimal"}
    user.page.get_by_role("button", name="Read the WSDL again").click()
    dialog = user.page.get_by_role("dialog")
    expect(dialog).to_contain_text("geometry")
    expect(dialog).to_contain_text("What breaks")
    expect(dialog.get_by_role("link", name="Part")).to_be_visible()
    assert where.ask("GET", f"/api/v1/services/{used}")["version"] == before
    dialog.get_by_role("button", name="Apply although it breaks workflows").click()
    versions = user.page.locator("section").filter(
        has=user.page.get_by_role("heading", name="Versions")
    )
    expect(versions).to_contain_text(f"Version {before + 1}")
    expect(versions).to_contain_text("Input geometry is new")
    expect(versions).to_contain_text("Input part is gone")


def test_an_edit_that_breaks_workflows_asks_first_and_one_that_does_not_is_saved(
    user: Person, where: Place, used: str
) -> None:
    user.go(f"/services/{used}")
    user.page.get_by_role("button", name="Edit").click()
    dialog = user.page.get_by_role("dialog")
    dialog.get_by_label("Title optional").fill("Mesher of parts")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(user.page.get_by_role("heading", name="Mesher of parts")).to_be_visible()

    user.page.get_by_role("button", name="Edit").click()
    dialog.get_by_label("URI in workflow documents").fill("http://acme/sync/new.owl#mesh_Service")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("This change breaks workflows")
    expect(dialog.get_by_role("link", name="Part")).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    uri = where.ask("GET", f"/api/v1/services/{used}")["uri"]
    assert uri != "http://acme/sync/new.owl#mesh_Service"


def test_a_service_is_tried_where_it_is_described_and_its_run_is_seen_there(
    user: Person, where: Place
) -> None:
    services = where.ask("GET", "/api/v1/services?q=wait")["items"]
    assert isinstance(services, list)
    user.go(f"/services/{services[0]['name']}")
    form = user.page.get_by_role("form", name="Try it")
    form.get_by_label("How long to wait").fill("0")
    form.get_by_role("button", name="Run it").click()
    expect(form.get_by_role("alert")).to_contain_text("One value cannot be taken")
    form.get_by_label("How long to wait").fill("1")
    form.get_by_role("button", name="Run it").click()
    tried = user.page.get_by_role("group", name="The run of the trial")
    expect(tried).to_be_focused()
    expect(tried).to_contain_text("FINISHED")
    expect(form.get_by_label("How long to wait")).to_have_value("1")
    user.see_no_faults()
    tried.get_by_role("link", name="Open the run").click()
    expect(user.page.get_by_text("Trial of a service")).to_be_visible()


def test_a_service_is_retired_only_after_what_that_breaks_was_shown(
    user: Person, where: Place, shelf: WsdlShelf
) -> None:
    order = {
        "wsdl": shelf.url,
        "operation": "mesh",
        "uri": "http://acme/sync/gone.owl#mesh_Service",
    }
    name = str(where.ask("POST", "/api/v1/services", order)["name"])
    user.go(f"/services/{name}")
    user.page.get_by_role("button", name="Retire").click()
    dialog = user.page.get_by_role("dialog")
    expect(dialog).to_contain_text("No workflow breaks")
    dialog.get_by_role("button", name="Retire").click()
    expect(user.page).to_have_url(re.compile(r"/services$"))
    expect(row(user, name)).to_have_count(0)


def test_who_may_not_develop_sees_services_and_no_way_to_change_them(
    browser: Browser, where: Place
) -> None:
    order = {"name": "looker", "project": "me", "roles": ["viewer"], "password": "looks-only-1"}
    project = where.ask("GET", "/api/v1/me")["project"]
    where.ask("POST", "/api/v1/users", order | {"project": project})
    with visitor(browser, where, user="looker", password="looks-only-1") as looker:
        looker.go("/services")
        looker.page.get_by_role("link", name="Wait").first.click()
        expect(looker.page.get_by_role("heading", name="Health")).to_be_visible()
        for label in ("Edit", "Retire", "Read the WSDL again"):
            expect(looker.page.get_by_role("button", name=label)).to_have_count(0)
        expect(looker.page.get_by_role("link", name="Register a service")).to_have_count(0)
        expect(looker.page.get_by_role("link", name="Admin")).to_have_count(0)
