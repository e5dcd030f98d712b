"""What the how-tos describe, done as they say; the pictures in them are taken on the way.

`make pictures` writes them into docs/pictures.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.app import Place, place, visitor
from tests.e2e.browser import Person, chromium, needs_chromium
from tests.fakes.wsdl_shelf import wsdl_shelf

pytestmark = [needs_chromium, pytest.mark.timeout(240)]

PICTURES = os.environ.get("TARRY_SCREENSHOTS", "")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with place(tmp_path_factory.mktemp("pictures")) as up:
        yield up


@pytest.fixture
def user(browser: Browser, where: Place) -> Iterator[Person]:
    with visitor(browser, where, width=1000) as who:
        who.page.set_viewport_size({"width": 1000, "height": 640})
        yield who


def picture(who: Person, name: str) -> None:
    """Take a picture for the documentation, if somebody asked for pictures."""
    if PICTURES:
        who.page.screenshot(path=Path(PICTURES) / name, animations="disabled")


def test_a_workflow_is_run_as_the_how_to_says(user: Person) -> None:
    user.go("/")
    expect(user.page.get_by_role("link", name="Wait").first).to_be_visible()
    picture(user, "workflows.png")
    user.go("/workflows/Waiter/start")
    number = user.page.locator("input[inputmode=numeric]").first
    number.fill("0")
    number.blur()
    expect(user.page.locator(".error-text").first).to_be_visible()
    number.fill("20")
    picture(user, "start.png")
    user.page.get_by_role("button", name=re.compile("^Start")).click()
    expect(user.page).to_have_url(re.compile(r"/runs/[0-9a-f]+"))


def test_a_service_is_registered_as_the_how_to_says(user: Person, where: Place) -> None:
    with wsdl_shelf() as shelf:
        user.go("/services/register")
        user.page.get_by_label("Address of the WSDL").fill(shelf.url)
        form = user.page.get_by_role("form", name="mesh")
        form.get_by_label("Title optional").fill("Mesh a part")
        form.get_by_label("Category").fill("Meshing")
        picture(user, "register.png")
        form.get_by_role("button", name="Correct size").click()
        form.get_by_label("Unit").fill("mm")
        form.get_by_role("button", name="Register").click()
        expect(user.page.get_by_role("heading", name="Mesh a part")).to_be_visible()
        expect(user.page.get_by_role("row").filter(has_text="size")).to_contain_text("mm")
        shelf.inputs = {"part": "string", "size": "decimal", "order": "int"}
        user.page.get_by_role("button", name="Read the WSDL again").click()
        expect(user.page.get_by_role("dialog")).to_contain_text("order")
        picture(user, "refresh.png")
    where.ask("DELETE", "/api/v1/services/Mesher.mesh")


def test_the_waiter_opens_in_the_editor(user: Person) -> None:
    user.go("/workflows/Waiter/edit")
    expect(user.page.locator(".react-flow__node").first).to_be_visible()
    expect(user.page.locator(".skeleton")).to_have_count(0)
    picture(user, "editor.png")

    user.page.get_by_role("button", name="Run draft").click()
    dialog = user.page.get_by_role("dialog")
    dialog.get_by_label("How long to wait").fill("1")
    dialog.get_by_role("button", name="Run it").click()
    strip = user.page.get_by_role("region", name="The run on the canvas")
    expect(strip).to_contain_text("Finished")
    user.page.locator(".step-box .box-title").click()
    user.page.get_by_role("button", name="Details").click()
    picture(user, "editor_run.png")
