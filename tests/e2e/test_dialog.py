"""The dialog of the examples in a browser: a person answers, and the workflow manager is told."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page, sync_playwright
from tests.fakes.asgi import App
from tests.fakes.uvicorn_server import serving
from tests.fakes.workflow_manager import FakeWorkflowManager

from tarry.service.adapters.dialogs import fill_page
from tarry.service.api.settings import read_program
from tarry.soap.server import Receive, Scope, Send

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium")
QUESTION = "Wie dick, in <mm>?"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")


def portal(page: bytes, manager: str) -> App:
    """A portal that shows the page in a frame, with all that such pages find in `parent`."""
    frame = (
        "<!doctype html><title>Portal</title><iframe src=/page></iframe>"
        f"<script>var WFM = '{manager}', serviceID = 'run & 1', sessionToken = 'token';</script>"
    ).encode()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        body = page if scope["path"] == "/page" else frame
        kind = [(b"content-type", b"text/html; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": kind})
        await send({"type": "http.response.body", "body": body})

    return app


@pytest.fixture
def browser() -> Iterator[Page]:
    """A page of a browser; errors in scripts fail the test."""
    errors: list[str] = []
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
                *("--disable-background-networking", "--disable-component-update"),
            ],
        )
        page = opened.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        opened.close()
    assert not errors


def shown() -> bytes:
    """The page that a start answers with."""
    program = read_program(ROOT / "examples" / "dialog" / "dialog.toml")
    values = {"question": QUESTION, "suggestion": "3"}
    dialog = program.operations[0].dialog
    assert dialog is not None
    return fill_page(program, dialog, values)


def dialog(browser: Page) -> Frame:
    """The frame of the dialog."""
    element = browser.wait_for_selector("iframe")
    assert element is not None
    frame = element.content_frame()
    assert frame is not None
    return frame


def test_the_answer_of_a_person_reaches_the_manager(browser: Page) -> None:
    manager = FakeWorkflowManager()
    with manager.running(), serving(portal(shown(), manager.endpoint)) as url:
        browser.goto(url)
        frame = dialog(browser)
        answer = frame.get_by_label(QUESTION)
        assert answer.input_value() == "3"
        answer.fill("4 < 5 & größer")
        frame.get_by_role("button", name="Answer").click()
        frame.get_by_text("The workflow goes on").wait_for()
        assert frame.get_by_role("button", name="Answer").is_disabled()
    (told,) = manager.told
    assert (told.service_id, told.session_token) == ("run & 1", "token")
    assert told.outputs == {"answer": "4 < 5 & größer"}
    assert (told.headers["content-type"], told.headers["soapaction"]) == ("text/xml", "")


def test_an_answer_that_is_refused_can_be_sent_again(browser: Page) -> None:
    manager = FakeWorkflowManager(refuses=True)
    with manager.running(), serving(portal(shown(), manager.endpoint)) as url:
        browser.goto(url)
        frame = dialog(browser)
        frame.get_by_role("button", name="Answer").click()
        frame.get_by_text("could not be sent").wait_for()
        manager.refuses = False
        frame.get_by_role("button", name="Answer").click()
        frame.get_by_text("The workflow goes on").wait_for()
    assert [told.outputs for told in manager.told] == [{"answer": "3"}]


def test_outside_of_a_workflow_the_page_says_so(browser: Page) -> None:
    with serving(portal(shown(), "")) as url:
        browser.goto(f"{url}/page")
        browser.get_by_role("button", name="Answer").click()
        browser.get_by_text("outside of a workflow").wait_for()
