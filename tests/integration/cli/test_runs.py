"""The commands for runs: told of, found, resumed and repeated."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.portal_rooms import ADA, MORNING, FakeRooms, run_view, workflow
from tests.fakes.portal_views import step_view
from tests.fakes.uvicorn_server import serving
from tests.integration.cli.test_catalogue import Terminal
from tests.integration.client.test_reference_page import RunsThatEnd
from tests.integration.portal.conftest import KEYS, PUBLIC_URL

from tarry.contract.ports import Port, PortType
from tarry.platform.executions.model.execution import Failure
from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.executions.model.telling import Channel, TellingView
from tarry.platform.kernel.model import ExecutionId
from tarry.platform.portal.api.app import build

COUNT = Port(name="count", type=PortType.INTEGER)
FAILED = run_view(
    number=0xABCDEF,
    workflow="Demo_Mesh",
    state=ExecutionState.FAILED,
    inputs={"count": "3"},
    input_ports=(COUNT,),
    failure=Failure(code="fault", message="no space left"),
)


@pytest.fixture
def fake() -> FakeRooms:
    made = FakeRooms()
    made.catalogue.known_workflows["Demo_Mesh"] = workflow(inputs=(COUNT,))
    made.runs = RunsThatEnd(made.catalogue)
    made.runs.change(FAILED)
    made.accounts.tokens["token-of-ada"] = replace(ADA, email="ada@example.org")
    return made


@pytest.fixture
def terminal(fake: FakeRooms, tmp_path: Path) -> Iterator[Terminal]:
    app = build(
        fake.rooms(),
        keys=KEYS,
        public_url=PUBLIC_URL,
        recheck_every=timedelta(seconds=0.5),
        linger=timedelta(seconds=0.1),
    )
    with serving(app) as address:
        yield Terminal(address, tmp_path)


def newest(fake: FakeRooms) -> dict[str, object]:
    view = list(fake.runs.views.values())[-1]
    return {
        "inputs": view.inputs,
        "resumed_from": view.resumed_from,
        "rerun_of": view.rerun_of,
        "told": [(one.channel.value, one.address) for one in view.tellings],
    }


def test_who_is_told_is_said_at_the_start(terminal: Terminal, fake: FakeRooms) -> None:
    hook = "https://hooks.example.org/"
    words = ("run", "Demo_Mesh", "count=1", "--detach", "--tell", hook, "--tell-mail")
    assert terminal(*words)
    assert newest(fake)["told"] == [("webhook", hook), ("mail", "ada@example.org")]


def test_a_run_that_failed_is_resumed_with_what_is_changed(
    terminal: Terminal, fake: FakeRooms
) -> None:
    shown = terminal("resume", FAILED.id, "count=4", "--detach")
    assert "Started" in shown
    assert newest(fake)["resumed_from"] == FAILED.id
    assert newest(fake)["inputs"] == {"count": "4"}


def test_a_run_is_done_again_and_watched_to_its_end(terminal: Terminal, fake: FakeRooms) -> None:
    terminal("again", FAILED.id)
    assert newest(fake)["inputs"] == {"count": "3"}
    assert len(fake.runs.views) == 2


def test_what_cannot_be_resumed_is_refused_with_the_reason(
    terminal: Terminal, fake: FakeRooms
) -> None:
    fake.runs.change(run_view(number=7))
    done = terminal.type("resume", run_view(number=7).id)
    assert done.exit_code == 1
    assert "only what failed or was aborted can be" in done.output
    unknown = terminal.type("again", FAILED.id, "colour=red")
    assert unknown.exit_code == 2
    assert "colour" in unknown.output


def test_runs_are_found_by_what_they_are_like(terminal: Terminal, fake: FakeRooms) -> None:
    fake.runs.change(run_view(id=ExecutionId("77" * 16), workflow="Solve", title="Heat"))
    assert "Solve" in terminal("runs", "heat")
    assert "Solve" not in terminal("runs", "--workflow", "Demo_Mesh")
    assert "Demo_Mesh" in terminal("runs", "--owner", "me", "--state", "failed")
    assert "There are no such runs" in terminal("runs", "--asking")
    assert "There are no such runs" in terminal("runs", "--until", "2020-01-01")
    assert "Solve" in terminal("runs", "--since", MORNING.isoformat())
    wrong = terminal.type("runs", "--since", "yesterday")
    assert wrong.exit_code == 2
    assert "is no time" in wrong.output


def test_the_start_of_an_id_names_a_run_however_many_there_are(
    terminal: Terminal, fake: FakeRooms
) -> None:
    for number in range(1, 260):
        fake.runs.change(run_view(number=number))
    old = ExecutionId("5eed" * 8)
    fake.runs.change(run_view(id=old, created_at=MORNING - timedelta(days=9)))
    assert f"Run {old}" in terminal("show", "5eed")


def test_why_nobody_was_told_is_shown(terminal: Terminal, fake: FakeRooms) -> None:
    gone = TellingView(
        channel=Channel.WEBHOOK, address="http://h/", failure="HTTP 500", given_up=True
    )
    well = TellingView(channel=Channel.MAIL, address="ada@example.org", told=("ended",))
    fake.runs.change(run_view(number=9, tellings=(gone, well), resumed_from=FAILED.id))
    shown = terminal("show", run_view(number=9).id)
    assert "tells http://h/ by webhook: HTTP 500 (given up)" in shown
    assert "tells ada@example.org by mail: told of ended" in shown
    assert f"goes on from run {FAILED.id[:8]}" in shown


def test_what_is_not_published_is_tried_out(terminal: Terminal, fake: FakeRooms) -> None:
    draft = workflow(inputs=(COUNT,), version=2, published_version=None)
    fake.catalogue.known_workflows["Demo_Mesh"] = draft

    refused = terminal.type("run", "Demo_Mesh", "count=1")
    assert refused.exit_code == 1
    assert "--draft" in refused.output
    terminal("run", "Demo_Mesh", "count=1", "--draft", "--detach")
    assert fake.runs.tried == [("Demo_Mesh", 2)]
    begun = list(fake.runs.views)[-1]
    assert "a trial of a version that was not published" in terminal("show", begun)


def test_a_service_is_tried_out_on_its_own(terminal: Terminal, fake: FakeRooms) -> None:
    terminal("register", "http://here/?wsdl", "mesh")
    missing = terminal.type("services", "try", "Service.mesh")
    assert missing.exit_code == 2
    assert "size" in missing.output
    terminal("services", "try", "Service.mesh", "size=3", "--detach")
    view = list(fake.runs.views.values())[-1]
    assert (view.inputs, view.trial) == ({"size": "3"}, "service")
    assert "a trial of this service" in terminal("show", view.id)


def test_a_run_shows_where_in_loops_a_step_stood_and_what_became_of_it(
    terminal: Terminal, fake: FakeRooms
) -> None:
    failure = Failure(code="fault", message="it failed\n\nlast words")
    steps = (
        step_view(FAILED.id, 1, key="f1/s1[0]", note="Waits", taken_from=f"{'7' * 32}_1"),
        step_view(
            *(FAILED.id, 2), key="f1/r1/s1[1,2]", attempt=2, failure=failure, passed_over=True
        ),
    )
    fake.runs.change(replace(FAILED, steps=steps))

    shown = terminal("show", FAILED.id).splitlines()

    assert any("step 1 mesh [1]: " in line for line in shown)
    assert "    Waits" in shown
    assert "    taken over from run 77777777" in shown
    assert any("step 2 mesh [2, 3] (attempt 2): " in line for line in shown)
    assert shown[shown.index("    it failed") + 2] == "    last words"
    assert "    the run has gone on without it" in shown
