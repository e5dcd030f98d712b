"""Nothing that others wrote gets loose in our pages."""

from dataclasses import replace
from urllib.parse import quote

from tests.fakes.portal_rooms import ADA, FakeRooms, run_view, step_view, workflow
from tests.integration.portal.conftest import Visitor
from tests.integration.portal.reading import parsed

from tarry.contract.ports import Port, PortType
from tarry.platform.executions.model.execution import Failure
from tarry.platform.executions.model.states import ExecutionState, StepState
from tarry.platform.kernel.model import StepRunId

RUN = run_view().id
STEP = StepRunId(f"{RUN}_1")
EVIL = "<img src=x onerror=alert(1)>\"'&"


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
    places = ["/runs", "/runs/" + quote(EVIL)]
    places += [f"/runs/{n:032x}" for n in range(1, len(ExecutionState) + 1)]
    for place in places:
        text = browser.get(place).text
        page = parsed(text) if text else None
        if page is None:
            continue
        assert page.xpath("//*[@onerror]") == [], place
        assert [found for found in page.xpath("//img/@src") if found == "x"] == [], place
        scripts = page.xpath("//script")
        assert all(found.get("src", "").startswith("/static/") for found in scripts)
        assert page.xpath("//*[@style]") == []


def test_no_page_needs_what_its_own_policy_forbids(browser: Visitor, fake: FakeRooms) -> None:
    fake.runs.change(run_view(steps=(step_view(RUN, 1),)))
    for place in ("/runs", f"/runs/{RUN}"):
        answer = browser.get(place)
        if answer.status_code != 200:
            continue
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-src 'self'" in policy
        page = parsed(answer.text)
        assert page.xpath("//script[not(@src)] | //style | //*[@style]") == []
        for address in page.xpath("//script/@src | //link/@href | //img/@src"):
            assert browser.get(address).status_code == 200
