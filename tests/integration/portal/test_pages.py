"""The pages: what people see and press, and that nothing that others wrote gets loose in them."""

from decimal import Decimal
from typing import Any
from urllib.parse import quote

from tests.fakes.portal_rooms import (
    PASSWORD,
    FakeRooms,
    run_view,
    step_view,
    workflow,
)
from tests.integration.portal.conftest import COOKIE, Visitor
from tests.integration.portal.reading import parsed, seen, words

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


def test_the_password_page_says_beside_the_field_what_is_wrong(browser: Visitor) -> None:
    def asked(old: str, new: str, again: str) -> tuple[int, list[str]]:
        form = {"old": old, "new": new, "again": again}
        answer = browser.post("/password", data=form)
        errors = parsed(answer.text).xpath("//p[@class='error']/@id")
        return answer.status_code, [str(error) for error in errors]

    assert asked("x", "long enough now", "other") == (422, ["again-error"])
    assert asked("x", "long enough now", "long enough now") == (422, ["old-error"])
    assert asked(PASSWORD, "short", "short") == (422, ["new-error"])
    assert asked(PASSWORD, "long enough now", "long enough now") == (200, [])


# ── front page ──────────────────────────────────────────────────────────────────────────────────


def test_an_empty_platform_says_what_to_do(browser: Visitor) -> None:
    page = words(seen(browser, "/"))
    assert "tarry up my_program.toml" in page
    assert "Nothing has run yet." in page


def test_a_workflow_that_is_not_published_is_not_offered_but_explained(
    browser: Visitor, fake: FakeRooms
) -> None:
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow(published_version=None)
    page = seen(browser, "/")
    assert page.xpath("//a[contains(@href, '/start')]") == []
    assert "tarry workflows publish Demo_Mesh" in words(page)


def test_the_front_page_shows_what_can_be_started_and_what_runs(
    browser: Visitor, fake: FakeRooms
) -> None:
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow(description="Meshes parts")
    fake.runs.change(run_view(steps=(step_view(RUN, 1, progress=63.0),)))
    fake.runs.change(run_view(number=2, state=ExecutionState.UNDECIDED))
    fake.runs.change(run_view(number=3, state=ExecutionState.SUCCEEDED))
    page = seen(browser, "/")
    assert page.xpath("//article//h3/a/@href | //li//h3/a/@href") == ["/workflows/Demo_Mesh/start"]
    assert page.xpath("//a[@class='run']/@href") == [f"/runs/{n:032x}" for n in (3, 2, 1)]
    assert page.xpath("//a[@class='run']//progress/@value") == ["63.0"]
    assert "One run waits for you" in words(page)
    you = seen(browser, "/?show=you")
    assert you.xpath("//a[@class='run']/@href") == [f"/runs/{2:032x}"]
    assert "Nothing waits" not in words(you)
    assert words(seen(browser, "/?show=failed")).count("No runs here.") == 1


def test_older_runs_are_a_page_away(browser: Visitor, fake: FakeRooms) -> None:
    for number in range(1, 61):
        fake.runs.change(run_view(number=number))
    found: list[str] = []
    where = "/?show=running"
    while where:
        page = seen(browser, where)
        found += page.xpath("//a[@class='run']/@href")
        older = page.xpath("//a[text()='Older runs']/@href")
        where = older[0] if older else ""
    assert found == [f"/runs/{n:032x}" for n in range(60, 0, -1)]


# ── start ───────────────────────────────────────────────────────────────────────────────────────


def test_the_start_form_has_the_right_control_for_each_port(
    browser: Visitor, fake: FakeRooms
) -> None:
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow(
        inputs=(
            SIZE,
            GEOMETRY,
            Port(name="count", type=PortType.INTEGER),
            Port(name="fast", type=PortType.BOOLEAN, default="true"),
            Port(name="kind", type=PortType.CHOICE, choices=("a", "b"), default="b"),
            Port(name="note", type=PortType.TEXT, required=False),
            Port(name="when", type=PortType.DATE_TIME),
            Port(name="name"),
        )
    )
    page = seen(browser, "/workflows/Demo_Mesh/start")

    def control(name: str) -> Any:
        (found,) = page.xpath(f"//*[@id='input-{name}']")
        assert page.xpath(f"//label[@for='input-{name}']"), name
        return found

    size = control("size")
    assert {name: size.get(name) for name in ("type", "min", "max", "step", "value")} == {
        "type": "number",
        "min": "0.1",
        "max": "50",
        "step": "any",
        "value": "2.5",
    }
    assert control("count").get("step") == "1"
    assert (control("geometry").get("type"), control("geometry").get("accept")) == (
        "file",
        ".step,.stp",
    )
    assert control("fast").get("checked") is not None
    assert page.xpath("//select[@name='kind']/option[@selected]/text()") == ["b"]
    assert control("note").tag == "textarea"
    assert control("when").get("type") == "datetime-local"
    assert control("name").get("type") == "text"


def test_a_run_is_started_and_shown(browser: Visitor, fake: FakeRooms) -> None:
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow(inputs=(SIZE, GEOMETRY))
    uri = browser.post("/api/v1/files?name=bracket.step", data=b"x").json()["uri"]
    answer = browser.post("/workflows/Demo_Mesh/start", data={"size": "3", "geometry": uri})
    assert answer.status_code == 303
    (run,) = fake.runs.views.values()
    assert answer.headers["Location"] == f"/runs/{run.id}"
    assert run.inputs == {"size": "3", "geometry": uri}
    page = seen(browser, answer.headers["Location"])
    assert "Queued" in words(page)
    assert page.xpath("//a[@class='file']/@href") == [f"/api/v1/files?uri={quote(uri, safe='')}"]


def test_what_was_typed_is_kept_beside_what_is_wrong(browser: Visitor, fake: FakeRooms) -> None:
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow(inputs=(SIZE, GEOMETRY))
    uri = "local://bridges/uploads/1/bracket.step"
    answer = browser.post("/workflows/Demo_Mesh/start", data={"size": "-5", "geometry": uri})
    assert answer.status_code == 422
    assert fake.runs.views == {}
    page = parsed(answer.text)
    assert page.xpath("//input[@id='input-size']/@value") == ["-5"]
    assert page.xpath("//input[@id='input-size']/@aria-invalid") == ["true"]
    (described,) = page.xpath("//input[@id='input-size']/@aria-describedby")
    assert "input-size-error" in described
    assert "'-5' is below the minimum of 0.1 mm" in words(
        page.get_element_by_id("input-size-error")
    )
    assert page.xpath("//input[@name='geometry']/@value") == [uri]
    assert "bracket.step" in words(page)
    assert page.xpath("//div[@role='alert']//a/@href") == ["#input-size"]


def test_a_form_may_start_from_an_earlier_run(browser: Visitor, fake: FakeRooms) -> None:
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow(inputs=(SIZE,))
    fake.runs.change(run_view(inputs={"size": "7.5"}))
    page = seen(browser, f"/workflows/Demo_Mesh/start?like={RUN}")
    assert page.xpath("//input[@name='size']/@value") == ["7.5"]
    assert "not found" in words(seen(browser, "/workflows/Demo_Mesh/start?like=x", 404)).lower()
