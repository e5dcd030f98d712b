"""The pages: what people see and press, and that nothing that others wrote gets loose in them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest
from lxml import html
from tests.fakes.portal_rooms import (
    ADA,
    MORNING,
    PASSWORD,
    FakeRooms,
    run_view,
    step_view,
    workflow,
)
from tests.integration.portal.conftest import COOKIE, KEYS, Visitor

from tarry.contract.ports import Port, PortType
from tarry.platform.executions.model.events import Choice
from tarry.platform.executions.model.execution import Failure
from tarry.platform.executions.model.states import ExecutionState, StepState
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


def seen(who: Visitor, path: str, status: int = 200) -> html.HtmlElement:
    answer = who.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return html.fromstring(answer.text)


def words(page: html.HtmlElement) -> str:
    return " ".join(page.text_content().split())


# ── log-in ──────────────────────────────────────────────────────────────────────────────────────


def test_whoever_is_not_logged_in_is_led_there_and_back(nobody: Visitor) -> None:
    nobody.session.headers["Accept"] = "text/html"
    answer = nobody.get("/runs/abc?step=2")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login?next=" + quote("/runs/abc?step=2", safe="")
    page = seen(nobody, answer.headers["Location"])
    assert page.xpath("//input[@name='next']/@value") == ["/runs/abc?step=2"]


def test_a_log_in_sets_a_cookie_that_no_script_and_no_other_site_can_use(nobody: Visitor) -> None:
    form = {"user": "ada", "password": PASSWORD, "next": "/runs/abc"}
    answer = nobody.post("/login", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/runs/abc")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=new-token-of-ada;")
    parts = {part.strip().lower() for part in cookie.split(";")}
    assert {"httponly", "samesite=lax", "path=/"} <= parts
    assert nobody.get("/api/v1/me").json()["user"] == "ada"


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/\t/e"]
)
def test_a_log_in_leads_to_no_other_site(nobody: Visitor, target: str) -> None:
    form = {"user": "ada", "password": PASSWORD, "next": target}
    answer = nobody.post("/login", data=form)
    assert answer.headers["Location"] == "/"


def test_a_failed_log_in_keeps_the_name_but_not_the_password(nobody: Visitor) -> None:
    form = {"user": "ada", "password": "hunter2", "next": "/x"}
    answer = nobody.post("/login", data=form)
    assert answer.status_code == 401
    page = html.fromstring(answer.text)
    assert page.xpath("//input[@id='user']/@value") == ["ada"]
    assert page.xpath("//input[@name='next']/@value") == ["/x"]
    assert "user or password is wrong" in words(page)
    assert "hunter2" not in answer.text


def test_whoever_is_logged_in_need_not_log_in(browser: Visitor) -> None:
    assert browser.get("/login?next=/runs/abc").headers["Location"] == "/runs/abc"


def test_log_out_ends_the_session_and_the_cookie(browser: Visitor, fake: FakeRooms) -> None:
    answer = browser.post("/logout")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert f'{COOKIE}=""' in answer.headers["Set-Cookie"]
    assert "token-of-ada" not in fake.accounts.tokens


def test_the_password_page_says_beside_the_field_what_is_wrong(browser: Visitor) -> None:
    def asked(old: str, new: str, again: str) -> tuple[int, list[str]]:
        form = {"old": old, "new": new, "again": again}
        answer = browser.post("/password", data=form)
        errors = html.fromstring(answer.text).xpath("//p[@class='error']/@id")
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

    def control(name: str) -> html.HtmlElement:
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
    page = html.fromstring(answer.text)
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


# ── a run ───────────────────────────────────────────────────────────────────────────────────────


def test_a_running_run_shows_steps_progress_and_the_page_in_its_sandbox(
    browser: Visitor, fake: FakeRooms
) -> None:
    fake.runs.change(run_view(steps=(step_view(RUN, 1, "Mesh the part", progress=63.0),)))
    fake.runs.show_page(STEP, b"<p>63 %</p>", 63.0)
    page = seen(browser, f"/runs/{RUN}")
    assert page.xpath("//title/text()") == ["63 % · Mesh a part \u2013 Tarry"]
    assert page.xpath("//body/@data-events") == [f"/api/v1/runs/{RUN}/events"]
    assert page.xpath("//ol[@class='steps']//progress/@value") == ["63.0"]
    (frame,) = page.xpath("//iframe")
    assert frame.get("sandbox") == "allow-scripts allow-forms"
    assert frame.get("allow") == ""
    assert frame.get("referrerpolicy") == "no-referrer"
    cap = KEYS.page_capability(STEP)
    assert frame.get("src").startswith(f"/pages/{STEP}?cap={cap}&tag=")
    assert page.xpath("//form[contains(@action, '/abort')]/@method") == ["post"]
    (since,) = page.xpath("//ol[@class='steps']//*[@data-since]/@data-since")
    assert since == MORNING.isoformat()


def test_a_finished_run_shows_its_results_with_units_and_downloads(
    browser: Visitor, fake: FakeRooms
) -> None:
    ports = (
        Port(name="mesh", type=PortType.FILE, title="Mesh"),
        Port(name="nodes", type=PortType.INTEGER),
        Port(name="edge", type=PortType.DECIMAL, unit="mm"),
        Port(name="closed", type=PortType.BOOLEAN),
        Port(name="log", type=PortType.TEXT),
    )
    outputs = {
        "mesh": "local://bridges/runs/1/1/mesh/part 1.msh",
        "nodes": "48213",
        "edge": "0.81",
        "closed": "true",
        "log": "a\nb",
    }
    fake.runs.change(
        run_view(
            state=ExecutionState.SUCCEEDED,
            ended_at=MORNING + timedelta(minutes=3),
            output_ports=ports,
            outputs=outputs,
        )
    )
    page = seen(browser, f"/runs/{RUN}")
    (results,) = page.xpath("//section[contains(@class, 'results')]")
    shown = [" ".join(item.text_content().split()) for item in results.xpath(".//dl/div")]
    assert shown == [
        "Mesh part 1.msh",
        "nodes 48 213",
        "edge 0.81 mm",
        "closed yes",
        "log a b",
    ]
    assert results.xpath(".//a/@href") == [
        "/api/v1/files?uri=local%3A%2F%2Fbridges%2Fruns%2F1%2F1%2Fmesh%2Fpart%201.msh"
    ]
    assert page.xpath("//body/@data-events") == []
    assert page.xpath("//button[@popovertarget='abort' and not(@autofocus)]") == []
    assert "2 min 00 s" in words(page)


def test_a_failed_run_says_which_step_and_why(browser: Visitor, fake: FakeRooms) -> None:
    why = Failure(code="fault", message="Step “mesh” failed: gmsh ended with 2", step=STEP)
    step = step_view(RUN, 1, state=StepState.FAILED, failure=why, ended_at=MORNING)
    fake.runs.change(run_view(state=ExecutionState.FAILED, failure=why, steps=(step,)))
    page = seen(browser, f"/runs/{RUN}")
    (alert,) = page.xpath("//div[@role='alert']")
    assert words(alert) == "This run failed. Step “mesh” failed: gmsh ended with 2"
    assert words(page).count("gmsh ended with 2") == 1


def test_an_undecided_step_offers_both_decisions(browser: Visitor, fake: FakeRooms) -> None:
    step = step_view(RUN, 1, "Crash", state=StepState.UNKNOWN, note="no answer to the start call")
    fake.runs.change(run_view(state=ExecutionState.UNDECIDED, steps=(step,)))
    page = seen(browser, f"/runs/{RUN}")
    (form,) = page.xpath("//form[contains(@action, '/decision')]")
    assert form.xpath(".//button/@value") == ["again", "give-up"]
    assert "no answer to the start call" in words(page)
    answer = browser.post(form.get("action"), data={"decision": "again"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/runs/{RUN}")
    browser.post(form.get("action"), data={"decision": "nonsense"})
    assert [choice for _, _, choice in fake.runs.decisions] == [Choice.AGAIN, Choice.GIVE_UP]


def test_a_run_is_aborted_from_its_page(browser: Visitor, fake: FakeRooms) -> None:
    fake.runs.change(run_view())
    assert browser.post(f"/runs/{RUN}/abort").headers["Location"] == f"/runs/{RUN}"
    page = seen(browser, f"/runs/{RUN}")
    assert "Aborting" in words(page)
    assert page.xpath("//button[@popovertarget='abort' and @class='button danger']") == []


def test_an_error_is_a_page_where_a_person_looks(browser: Visitor) -> None:
    page = seen(browser, "/runs/nothing", 404)
    assert "There is no run nothing" in words(page)
    assert "There is nothing at /nowhere" in words(seen(browser, "/nowhere", 404))


# ── hostile contents ────────────────────────────────────────────────────────────────────────────


def test_nothing_that_others_wrote_becomes_markup(browser: Visitor, fake: FakeRooms) -> None:
    port = Port(name=EVIL, title=EVIL, description=EVIL, default=EVIL, unit=EVIL)
    choice = Port(name="c", type=PortType.CHOICE, choices=(EVIL,), unit=EVIL)
    file = Port(name="f", type=PortType.FILE)
    why = Failure(code="x", message=EVIL, step=None)
    fake.accounts.tokens["token-of-ada"] = replace(ADA, user_name=EVIL, project_name=EVIL)
    fake.catalogue.known_workflows["W"] = workflow(
        name="W", title=EVIL, description=EVIL, inputs=(port, choice, file)
    )
    step = step_view(
        RUN, 1, EVIL, operation=EVIL, note=EVIL, folder=EVIL, failure=why, state=StepState.UNKNOWN
    )
    outputs = {EVIL: EVIL, "f": f"local://x/{EVIL}"}
    for number, state in enumerate(ExecutionState, start=1):
        fake.runs.change(
            run_view(
                number=number,
                title=EVIL,
                state=state,
                owner_name=EVIL,
                failure=why,
                steps=(step,),
                inputs=outputs,
                input_ports=(port, file),
                outputs=outputs,
                output_ports=(port, file),
            )
        )
    places = ["/", "/workflows/W/start", "/login?next=/" + quote(EVIL), "/runs/" + quote(EVIL)]
    places += [f"/runs/{n:032x}" for n in range(1, len(ExecutionState) + 1)]
    for place in places:
        text = browser.get(place).text
        page = html.fromstring(text) if text else None
        if page is None:
            continue
        assert page.xpath("//*[@onerror]") == [], place
        assert [found for found in page.xpath("//img/@src") if found == "x"] == [], place
        scripts = page.xpath("//script")
        assert all(found.get("src", "").startswith("/static/") for found in scripts)
        assert page.xpath("//*[@style]") == []
    answer = browser.post("/workflows/W/start", data={EVIL: EVIL, "c": EVIL, "f": EVIL})
    assert html.fromstring(answer.text).xpath("//*[@onerror]") == []


def test_no_page_needs_what_its_own_policy_forbids(browser: Visitor, fake: FakeRooms) -> None:
    fake.runs.change(run_view(steps=(step_view(RUN, 1),)))
    for place in ("/", "/login", "/password", f"/runs/{RUN}"):
        answer = browser.get(place)
        if answer.status_code != 200:
            continue
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-src 'self'" in policy
        page = html.fromstring(answer.text)
        assert page.xpath("//script[not(@src)] | //style | //*[@style]") == []
        for address in page.xpath("//script/@src | //link/@href | //img/@src"):
            assert browser.get(address).status_code == 200
