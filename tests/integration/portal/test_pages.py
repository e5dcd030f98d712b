"""The pages: what people see and press, and that nothing that others wrote gets loose in them."""

from decimal import Decimal
from urllib.parse import quote

from tests.fakes.portal_rooms import (
    FakeRooms,
    run_view,
    step_view,
    workflow,
)
from tests.integration.portal.conftest import COOKIE, Visitor
from tests.integration.portal.reading import seen, words

from tarry.contract.ports import Port, PortType
from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.kernel.model import StepRunId

RUN = run_view().id
STEP = StepRunId(f"{RUN}_1")
EVIL = "<img src=x onerror=alert(1)>\"'&"
SIZE = Port(
    name="size",
    type=PortType.DECIMAL,
    title="Element size",
    unit="mm",
    minimum=Decimal("0.1"),
    maximum=Decimal(50),
    default="2.5",
)
GEOMETRY = Port(name="geometry", type=PortType.FILE, accept=(".step", ".stp"))


# ── log-in ──────────────────────────────────────────────────────────────────────────────────────


def test_whoever_is_not_logged_in_is_led_there_and_back(nobody: Visitor) -> None:
    nobody.session.headers["Accept"] = "text/html"
    answer = nobody.get("/runs/abc?step=2")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login?next=" + quote("/runs/abc?step=2", safe="")


def test_log_out_ends_the_session_and_the_cookie(browser: Visitor, fake: FakeRooms) -> None:
    answer = browser.post("/logout")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert f'{COOKIE}=""' in answer.headers["Set-Cookie"]
    assert "token-of-ada" not in fake.accounts.tokens


# ── front page ──────────────────────────────────────────────────────────────────────────────────


def test_an_empty_platform_says_what_to_do(browser: Visitor) -> None:
    page = words(seen(browser, "/runs"))
    assert "tarry up my_program.toml" in page
    assert "Nothing has run yet." in page


def test_a_workflow_that_is_not_published_is_not_offered_but_explained(
    browser: Visitor, fake: FakeRooms
) -> None:
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow(published_version=None)
    page = seen(browser, "/runs")
    assert page.xpath("//a[contains(@href, '/start')]") == []
    assert "tarry workflows publish Demo_Mesh" in words(page)


def test_the_front_page_shows_what_can_be_started_and_what_runs(
    browser: Visitor, fake: FakeRooms
) -> None:
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow(description="Meshes parts")
    fake.runs.change(run_view(steps=(step_view(RUN, 1, progress=63.0),)))
    fake.runs.change(run_view(number=2, state=ExecutionState.UNDECIDED))
    fake.runs.change(run_view(number=3, state=ExecutionState.SUCCEEDED))
    page = seen(browser, "/runs")
    assert page.xpath("//article//h3/a/@href | //li//h3/a/@href") == ["/workflows/Demo_Mesh/start"]
    assert page.xpath("//a[@class='run']/@href") == [f"/runs/{n:032x}" for n in (3, 2, 1)]
    assert page.xpath("//a[@class='run']//progress/@value") == ["63.0"]
    assert "One run waits for you" in words(page)
    you = seen(browser, "/runs?show=you")
    assert you.xpath("//a[@class='run']/@href") == [f"/runs/{2:032x}"]
    assert "Nothing waits" not in words(you)
    assert words(seen(browser, "/runs?show=failed")).count("No runs here.") == 1


def test_older_runs_are_a_page_away(browser: Visitor, fake: FakeRooms) -> None:
    for number in range(1, 61):
        fake.runs.change(run_view(number=number))
    found: list[str] = []
    where = "/runs?show=running"
    while where:
        page = seen(browser, where)
        found += page.xpath("//a[@class='run']/@href")
        older = page.xpath("//a[text()='Older runs']/@href")
        where = older[0] if older else ""
    assert found == [f"/runs/{n:032x}" for n in range(60, 0, -1)]
