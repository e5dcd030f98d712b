"""Users, projects, roles, tokens and the audit trail in the app; and one's own account."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.app import Place, place, visitor
from tests.e2e.browser import Person, chromium, needs_chromium

pytestmark = [needs_chromium, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with place(tmp_path_factory.mktemp("admin")) as up:
        yield up


@pytest.fixture
def user(browser: Browser, where: Place) -> Iterator[Person]:
    with visitor(browser, where) as who:
        yield who


def who_has(where: Place, token: str) -> str:
    """Ask the platform whom it takes the owner of a token for; empty: for nobody."""
    request = urllib.request.Request(f"{where.url}/api/v1/me", headers={"X-Auth-Token": token})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(json.loads(answer.read())["user"])
    except urllib.error.HTTPError:
        return ""


def test_a_user_is_made_with_a_password_that_is_shown_once_and_can_log_in(
    user: Person, browser: Browser, where: Place
) -> None:
    user.go("/admin/users")
    user.page.get_by_role("button", name="New user").click()
    dialog = user.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Make user").click()
    expect(dialog).to_contain_text("Give a name.")
    dialog.get_by_label("Name", exact=True).fill("ada")
    dialog.get_by_label("E-mail").fill("ada@example.org")
    dialog.get_by_role("button", name="Make user").click()
    expect(dialog).to_contain_text("It is shown this once")
    password = dialog.locator("code").inner_text()
    dialog.get_by_role("button", name="Done").click()
    row = user.page.get_by_role("row").filter(has_text="ada@example.org")
    expect(row).to_contain_text("Active")

    with visitor(browser, where, user="ada", password=password) as ada:
        ada.go("/admin")
        expect(ada.page.get_by_text("Not for you")).to_be_visible()

    row.get_by_role("button", name="Change ada").click()
    dialog.get_by_label("May log in").uncheck()
    dialog.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("Cannot log in")
    row.get_by_role("button", name="Remove ada").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_what_is_refused_says_why_and_nothing_typed_is_lost(user: Person) -> None:
    user.go("/admin/users")
    user.page.get_by_role("button", name="Remove me", exact=True).click()
    dialog = user.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Remove").click()
    expect(dialog.get_by_role("alert")).to_contain_text("administrator")
    user.complaints[:] = [one for one in user.complaints if "status of 4" not in one]


def test_a_project_is_made_and_its_members_and_their_roles_are_set(
    user: Person, where: Place
) -> None:
    where.ask("GET", "/api/v1/me")  # logs in while there is one project to log in to
    user.go("/admin/projects")
    user.page.get_by_role("button", name="New project").click()
    dialog = user.page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("bridges")
    dialog.get_by_role("button", name="Make project").click()
    expect(user.page.get_by_role("heading", name="Who works in bridges")).to_be_visible()
    user.page.get_by_role("button", name="Add a member").click()
    dialog.get_by_label("User", exact=True).first.fill("me")
    dialog.get_by_role("button", name="Add").click()
    box = user.page.get_by_role("checkbox", name="me is Viewer")
    box.click()
    expect(box).to_be_checked()
    expect(user.page.get_by_text("The roles of me were changed")).to_be_visible()
    found = where.ask("GET", "/api/v1/projects/bridges/members")["items"]
    assert isinstance(found, list)
    assert "viewer" in found[0]["roles"]
    user.page.get_by_role("button", name="Close bridges").click()
    dialog.get_by_role("button", name="Close").click()
    expect(user.page.get_by_role("button", name="Close bridges")).to_have_count(0)


def test_a_token_is_shown_once_works_and_is_worthless_once_it_is_revoked(
    user: Person, where: Place
) -> None:
    user.go("/account")
    user.page.get_by_role("button", name="New token").click()
    dialog = user.page.get_by_role("dialog")
    dialog.get_by_label("What is it for?").fill("nightly")
    dialog.get_by_label("Start and abort runs").check()
    dialog.get_by_label("Good for how many days?").fill("7")
    dialog.get_by_role("button", name="Make token").click()
    token = dialog.locator("code").inner_text()
    assert who_has(where, token) == "me"
    dialog.get_by_role("button", name="Done").click()
    expect(user.page.get_by_text(token)).to_have_count(0)
    user.page.get_by_role("button", name="Revoke nightly").click()
    dialog.get_by_role("button", name="Revoke").click()
    expect(user.page.get_by_text("No API tokens")).to_be_visible()
    assert not who_has(where, token)


def test_the_own_e_mail_address_is_changed(user: Person, where: Place) -> None:
    user.go("/account")
    user.page.get_by_role("textbox", name="E-mail").fill("nonsense")
    expect(user.page.get_by_text("name@example.org")).to_be_visible()
    user.page.get_by_role("textbox", name="E-mail").fill("me@example.org")
    user.page.get_by_role("button", name="Save e-mail").click()
    expect(user.page.get_by_text("Your e-mail address is saved")).to_be_visible()
    assert where.ask("GET", "/api/v1/me")["email"] == "me@example.org"


def test_the_audit_trail_is_read_page_by_page_and_narrowed(user: Person, where: Place) -> None:
    for number in range(55):
        where.ask("PUT", "/api/v1/me/email", {"email": f"me{number}@example.org"})
    user.go("/admin/audit")
    table = user.page.get_by_role("region", name="Audit trail, newest first")
    expect(table.get_by_role("row")).to_have_count(51)
    user.page.get_by_role("button", name="Older").click()
    expect(user.page).to_have_url(re.compile(r"after=\d+"))
    expect(table).to_contain_text("session.opened")
    user.page.go_back()
    user.page.get_by_label("Only", exact=True).select_option("session.")
    expect(table).not_to_contain_text("email.changed")
    expect(table).to_contain_text("session.opened")
    user.page.get_by_label("Only of user").fill("nobody-of-that-name")
    expect(user.page.get_by_text("Nothing of that kind")).to_be_visible()


@pytest.mark.parametrize("tab", ["users", "projects", "roles", "tokens", "audit"])
def test_each_page_has_no_obvious_fault_also_on_a_phone(user: Person, tab: str) -> None:
    user.go(f"/admin/{tab}")
    expect(user.page.locator("main h2").first).to_be_visible()
    user.see_no_faults()
