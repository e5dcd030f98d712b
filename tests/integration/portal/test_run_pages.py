"""The page of a run tells how it stands, what came out, and what a person can do."""

from dataclasses import replace
from datetime import timedelta

from tests.fakes.portal_rooms import ADA, MORNING, FakeRooms, run_view, step_view
from tests.integration.portal.conftest import KEYS, Visitor
from tests.integration.portal.reading import seen, words

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.platform.executions.model.events import Choice
from tarry.platform.executions.model.execution import Failure
from tarry.platform.executions.model.states import ExecutionState, StepState
from tarry.platform.executions.model.views import MessageView
from tarry.platform.kernel.model import Right, StepRunId

RUN = run_view().id
STEP = StepRunId(f"{RUN}_1")


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
    cap = KEYS.answering_capability(STEP)
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


def test_a_run_that_asks_something_says_so_on_every_page(browser: Visitor, fake: FakeRooms) -> None:
    step = step_view(RUN, 1, "How thick?", kind=Kind.APPLICATION)
    fake.runs.change(run_view(steps=(step,)))
    fake.runs.show_page(STEP, b"<p>?</p>")
    page = seen(browser, f"/runs/{RUN}")
    assert page.xpath("//title/text()") == ["❓ Mesh a part \u2013 Tarry"]
    assert "Waiting for you" in words(page)
    assert "Waits for an answer" in words(page)
    home = seen(browser, "/")
    assert "One run waits for you. A step needs your answer." in words(home)
    assert "Mesh a part" in words(seen(browser, "/?show=you").xpath("//*[@id='run-list']")[0])
    fake.runs.change(run_view())
    assert "waits for you" not in words(seen(browser, "/"))


def test_a_running_step_is_told_something_from_the_page(browser: Visitor, fake: FakeRooms) -> None:
    steps = (step_view(RUN, 1, "Crash", hears=True), step_view(RUN, 2, "Deaf"))
    said = MessageView(step=STEP, at=MORNING, text="<finer>", by="ada", from_page=True, answer=None)
    fake.runs.change(run_view(steps=steps, messages=(said,)))
    fake.runs.show_page(STEP, b"<p>37 %</p>")
    page = seen(browser, f"/runs/{RUN}")
    assert "<finer> → no answer: nobody knows whether it has arrived" in words(page)
    assert page.xpath("//*[@id='frame-place']/@data-messages") == [
        f"/api/v1/runs/{RUN}/steps/1/messages"
    ]
    (form,) = page.xpath("//form[contains(@action, '/messages')]")
    assert form.get("action") == f"/runs/{RUN}/steps/1/messages"
    answer = browser.post(form.get("action"), data={"message": "coarser"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/runs/{RUN}")
    assert fake.runs.told == [(RUN, 1, "coarser", False)]
    refused = browser.post(f"/runs/{RUN}/steps/2/messages", data={"message": "x"})
    assert refused.status_code == 409
    assert "no notifyService" in refused.text


def test_the_api_takes_messages_and_tells_of_them(browser: Visitor, fake: FakeRooms) -> None:
    said = MessageView(step=STEP, at=MORNING, text="a", by="ada", from_page=False, answer="OK")
    steps = (step_view(RUN, 1, hears=True), step_view(RUN, 2, kind=Kind.APPLICATION))
    fake.runs.change(run_view(steps=steps, messages=(said,)))
    path = f"/api/v1/runs/{RUN}/steps/1/messages"
    answer = browser.post(path, json={"message": "b", "from_page": True})
    assert (answer.status_code, answer.json()) == (201, {"answer": "OK"})
    assert fake.runs.told == [(RUN, 1, "b", True)]
    refused = browser.post(path.replace("/1/", "/2/"), json={"message": "b"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not-listening")
    assert browser.post(path, json={"say": "b"}).status_code == 422
    found = browser.get(f"/api/v1/runs/{RUN}").json()
    assert found["waits"] is True
    assert [(it["kind"], it["waits"], it["hears"]) for it in found["steps"]] == [
        ("asynchronous", False, True),
        ("application", True, False),
    ]
    assert [(it["text"], it["by"], it["answer"]) for it in found["messages"]] == [
        ("a", "ada", "OK")
    ]
    assert [it["id"] for it in browser.get("/api/v1/runs?asking=true").json()["items"]] == [RUN]
    assert len(browser.get("/api/v1/runs?state=failed&asking=true").json()["items"]) == 0


def test_a_viewer_sees_a_run_but_cannot_answer_it_or_talk_to_it(
    browser: Visitor, fake: FakeRooms
) -> None:
    fake.accounts.tokens["token-of-ada"] = replace(ADA, rights=frozenset({Right.READ}))
    fake.runs.change(run_view(steps=(step_view(RUN, 1, hears=True, kind=Kind.APPLICATION),)))
    fake.runs.show_page(STEP, b"<p>?</p>")
    page = seen(browser, f"/runs/{RUN}")
    (frame,) = page.xpath("//iframe/@src")
    assert f"cap={KEYS.page_capability(STEP)}&" in frame
    assert page.xpath("//form[contains(@action, '/messages')]") == []
