"""Everybody can use every page of the app: by day and by night, on a phone, by keyboard alone.

What axe-core can find is not there, and the main ways through the app need no mouse.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.app import Place, place, visitor
from tests.e2e.browser import chromium, needs_chromium

from tarry.platform.portal.api import front

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = {
    "/login": "/login",
    "/": "/",
    "/workflows/{name}": "/workflows/Waiter",
    "/workflows/{name}/start": "/workflows/Waiter/start",
    "/workflows/{name}/edit": "/workflows/Waiter/edit",
    "/new-workflow": "/new-workflow",
    "/runs": "/runs",
    "/runs/{run}": "/runs/RUN",
    "/folders": "/folders?uri=local://mine/nothing/",
    "/services": "/services",
    "/services/register": "/services/register?wsdl=WSDL",
    "/services/{name}": "/services/SERVICE",
    "/account": "/account",
    "/admin": "/admin",
    "/admin/{tab}": "/admin/audit",
}
"""A page for each route of the app."""
MORE = ("/admin/projects", "/admin/roles", "/admin/tokens", "/no-such-page")

pytestmark = [
    needs_chromium,
    pytest.mark.timeout(240),
    pytest.mark.skipif(
        not AXE.exists(), reason="axe-core is not installed: python frontend/bundle.py --install"
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with place(tmp_path_factory.mktemp("accessible")) as up:
        up.ask("POST", "/api/v1/api-tokens", {"name": "nightly", "scopes": ["read"]})
        yield up


@pytest.fixture(scope="module")
def names(where: Place) -> dict[str, str]:
    """What stands for what in the addresses above."""
    services = where.ask("GET", "/api/v1/services")["items"]
    assert isinstance(services, list)
    order = {"workflow": "Waiter", "inputs": {"secondsToWait": 1}}
    run = where.ask("POST", "/api/v1/runs", order)
    return {"SERVICE": services[0]["name"], "WSDL": services[0]["wsdl"], "RUN": str(run["id"])}


def faults_of(page: Page) -> list[str]:
    """What axe finds, which knows the rules of WCAG and of ARIA."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run({iframes: false})")
    assert found["passes"], "axe has looked at nothing"
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found["violations"]]


def settled(page: Page) -> None:
    """Wait until nothing is loading any more."""
    expect(page.locator("main h1").first).to_be_visible()
    expect(page.locator(".skeleton")).to_have_count(0)


def test_every_route_of_the_app_is_looked_at() -> None:
    assert set(front.ROUTES) <= set(PAGES)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("route", [*(route for route in PAGES if route in front.ROUTES), *MORE])
def test_axe_finds_nothing_wrong_also_on_a_phone(
    browser: Browser, where: Place, names: dict[str, str], route: str, theme: str
) -> None:
    path = PAGES.get(route, route)
    for name, value in names.items():
        path = path.replace(name, value)
    user = "" if route == "/login" else "me"
    # without the app's own policy, under which axe could not run in it
    with visitor(browser, where, user=user, theme=theme, bypass_csp=True) as who:
        for width in (1280, 360):
            who.page.set_viewport_size({"width": width, "height": 800})
            who.go(path)
            settled(who.page)
            assert faults_of(who.page) == [], f"at {width} px"
            wide = who.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{wide} px wider than a window of {width} px"
        who.complaints[:] = [one for one in who.complaints if "status of 404" not in one]


@pytest.mark.parametrize("path", ["/services/SERVICE", "/admin/users", "/account"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_wrong_in_dialogs(
    browser: Browser, where: Place, names: dict[str, str], path: str, theme: str
) -> None:
    opened = {"/services/SERVICE": "Edit", "/admin/users": "New user", "/account": "New token"}
    with visitor(browser, where, theme=theme, bypass_csp=True, width=360) as who:
        who.go(path.replace("SERVICE", names["SERVICE"]))
        who.page.get_by_role("button", name=opened[path], exact=True).click()
        expect(who.page.get_by_role("dialog")).to_be_visible()
        assert faults_of(who.page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_when_a_service_was_there_is_told_in_words_too(
    browser: Browser, where: Place, names: dict[str, str], theme: str
) -> None:
    now = datetime.now(UTC)
    states = (("away", 1), ("ok", 4), ("changed", 60), ("unreadable", 300))
    changes = [
        {"at": (now - timedelta(hours=hours)).isoformat(), "state": state, "reason": f"is {state}"}
        for state, hours in states
    ]
    with visitor(browser, where, theme=theme, bypass_csp=True, width=360) as who:
        # Nobody waits for a service to be away: what the platform would tell of it is given here.
        who.page.route("**/services/*/health", lambda route: route.fulfill(json={"items": changes}))
        who.go(f"/services/{names['SERVICE']}")
        strip = who.page.get_by_role("img", name=re.compile("^A strip of time since"))
        expect(strip).to_have_accessible_name(re.compile("there 35.1 % of it"))
        expect(who.page.get_by_text("is unreadable")).to_be_visible()
        assert faults_of(who.page) == []


def focused(page: Page) -> str:
    """The words of what has the focus."""
    return str(
        page.evaluate(
            "(document.activeElement.ariaLabel || document.activeElement.labels?.[0]?.textContent"
            " || document.activeElement.textContent || '').trim()"
        )
    )


def tab_to(page: Page, words: str, key: str = "Tab") -> None:
    """Press Tab until something has the focus that can be seen to have it."""
    for _ in range(80):
        page.keyboard.press(key)
        if re.search(words, focused(page)):
            return
    pytest.fail(f"Tab never leads to {words}; the last was {focused(page)!r}")


def test_the_first_tab_skips_to_the_content(browser: Browser, where: Place) -> None:
    with visitor(browser, where) as who:
        who.go("/services")
        settled(who.page)
        who.page.keyboard.press("Tab")
        assert focused(who.page) == "Skip to the content"
        who.page.keyboard.press("Enter")
        tab_to(who.page, "Register a service|Search services")


def test_a_service_is_found_and_its_dialogs_are_used_by_keyboard_alone(
    browser: Browser, where: Place
) -> None:
    with visitor(browser, where) as who:
        who.go("/")
        settled(who.page)
        tab_to(who.page, "^Services$")
        who.page.keyboard.press("Enter")
        tab_to(who.page, "Search services")
        who.page.keyboard.type("wait")
        tab_to(who.page, "Wait")
        who.page.keyboard.press("Enter")
        expect(who.page).to_have_url(re.compile(r"/services/.+"))
        tab_to(who.page, "^Edit$")
        who.page.keyboard.press("Enter")
        expect(who.page.get_by_role("dialog")).to_be_visible()
        who.page.keyboard.press("Escape")
        expect(who.page.get_by_role("dialog")).to_have_count(0)
        assert focused(who.page) == "Edit"


def test_a_run_is_started_by_keyboard_alone(browser: Browser, where: Place) -> None:
    with visitor(browser, where) as who:
        who.go("/workflows/Waiter/start")
        settled(who.page)
        tab_to(who.page, "[Ss]econds|[Ww]ait")
        who.page.keyboard.press("Control+a")
        who.page.keyboard.type("1")
        tab_to(who.page, "^Start")
        who.page.keyboard.press("Enter")
        expect(who.page).to_have_url(re.compile(r"/runs/[0-9a-f]+"))
