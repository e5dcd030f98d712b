"""Runs, as a program sees them: begun once even if answers are lost, found, gone on with."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from tests.fakes.portal_rooms import FakeRooms, run_view, step_view, workflow
from tests.fakes.uvicorn_server import serving

from tarry.client import Platform, PlatformError, Unreachable
from tarry.contract.ports import Port, PortType
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.executions.model.states import ExecutionState, StepState
from tarry.platform.executions.model.telling import Channel, TellingView
from tarry.platform.portal.api.app import build

COUNT = Port(name="count", type=PortType.INTEGER, default="1")


class Losing:
    """Does what it is asked to, and cuts the connection instead of telling, so many times."""

    def __init__(self, app: ASGIApp, times: int) -> None:
        self.app = app
        self.times = times
        self.heard = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        self.heard += 1
        if self.heard > self.times:
            await self.app(scope, receive, send)
            return

        async def swallowed(message: Message) -> None:
            del message

        await self.app(scope, receive, swallowed)
        head = [(b"content-length", b"1000"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 202, "headers": head})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


@pytest.fixture
def fake() -> FakeRooms:
    made = FakeRooms()
    made.catalogue.known_workflows["Demo_Mesh"] = workflow(inputs=(COUNT,))
    return made


@contextmanager
def portal(fake: FakeRooms, *, lose: int = 0) -> Iterator[tuple[Platform, Losing, list[float]]]:
    app = build(
        fake.rooms(),
        keys=Keys(b"a secret of at least 32 bytes...."),
        public_url="http://localhost:8080",
        recheck_every=timedelta(seconds=0.5),
        linger=timedelta(seconds=0.1),
    )
    losing, slept = Losing(app, lose), list[float]()
    with (
        serving(losing) as url,
        Platform(url, "token-of-ada", sleep=slept.append) as platform,
    ):
        yield platform, losing, slept


def test_a_run_whose_answer_is_lost_is_begun_once_and_its_answer_asked_for_again(
    fake: FakeRooms,
) -> None:
    with portal(fake, lose=3) as (platform, losing, slept):
        started = platform.start_run("Demo_Mesh", {"count": "2"})

    assert losing.heard == 4
    assert [run.id for run in fake.runs.views.values()] == [started.id]
    assert slept == [0.25, 0.5, 1.0]


def test_who_gets_no_answer_for_long_is_told_so(fake: FakeRooms) -> None:
    with portal(fake, lose=99) as (platform, losing, _), pytest.raises(Unreachable) as caught:
        platform.start_run("Demo_Mesh", {})
    assert caught.value.sent
    assert losing.heard == 7
    assert len(fake.runs.views) == 1


def test_where_nothing_listens_nothing_is_insisted_upon() -> None:
    slept: list[float] = []
    with (
        Platform("http://127.0.0.1:9", "t", sleep=slept.append) as platform,
        pytest.raises(Unreachable) as caught,
    ):
        platform.start_run("Demo_Mesh", {})
    assert (caught.value.sent, slept) == (False, [])


def test_a_refusal_is_not_insisted_upon(fake: FakeRooms) -> None:
    with portal(fake) as (platform, losing, slept), pytest.raises(PlatformError):
        platform.start_run("Nothing", {})
    assert (losing.heard, slept) == (1, [])


def test_a_caller_may_name_a_request_itself(fake: FakeRooms) -> None:
    with portal(fake) as (platform, _, _):
        first = platform.start_run("Demo_Mesh", {}, key="monday")
        assert platform.start_run("Demo_Mesh", {}, key="monday").id == first.id
        assert platform.start_run("Demo_Mesh", {}).id != first.id
        with pytest.raises(PlatformError) as caught:
            platform.start_run("Demo_Mesh", {"count": "2"}, key="monday")
    assert caught.value.code == "idempotency-key-reused"


def test_runs_are_resumed_and_repeated(fake: FakeRooms) -> None:
    failed = run_view(
        number=1, workflow="Demo_Mesh", state=ExecutionState.FAILED, inputs={"count": "3"}
    )
    fake.runs.change(failed)
    with portal(fake) as (platform, _, _):
        resumed = platform.resume(failed.id, {"count": "4"})
        repeated = platform.rerun(failed.id, {"count": None}, tell=["http://h/", "mail"])
        with pytest.raises(PlatformError) as refused:
            platform.resume(resumed.id)
    assert (resumed.resumed_from, resumed.inputs) == (failed.id, {"count": "4"})
    assert (repeated.rerun_of, repeated.inputs) == (failed.id, {"count": "1"})
    assert [told.channel for told in repeated.tellings] == ["webhook", "mail"]
    assert refused.value.code == "not-resumable"


def test_who_is_told_and_how_that_went_is_typed(fake: FakeRooms) -> None:
    telling = TellingView(
        channel=Channel.WEBHOOK, address="http://h/", failure="HTTP 500", given_up=True
    )
    fake.runs.change(run_view(tellings=(telling,)))
    with portal(fake) as (platform, _, _):
        (told,) = platform.run(run_view().id).tellings
    assert (told.channel, told.address, told.failure) == ("webhook", "http://h/", "HTTP 500")
    assert (told.given_up, told.next_try_at, told.told) == (True, None, ())


def test_long_lists_are_read_page_by_page(fake: FakeRooms) -> None:
    for number in range(1, 451):
        fake.runs.change(run_view(number=number))
    with portal(fake) as (platform, _, _):
        assert [int(run.id, 16) for run in platform.all_runs()] == list(range(450, 0, -1))
        assert [int(run.id, 16) for run in platform.runs(limit=201)] == list(range(450, 249, -1))
        assert platform.runs("failed") == []
        assert platform.runs(owner="me", text="Mesh a", limit=1)[0].owner == "ada"
        assert platform.runs(asking=True) == []


def test_a_run_is_waited_for(fake: FakeRooms) -> None:
    step = step_view(run_view().id, 1)
    fake.runs.change(run_view(steps=(step,)))
    over = run_view(state=ExecutionState.SUCCEEDED, outputs={"mesh": "42"})
    with portal(fake) as (platform, _, _):
        later = threading.Timer(0.5, fake.runs.change, (over,))
        later.start()
        ended = platform.wait(run_view().id, progress=True)
        later.join()
    assert (ended.succeeded, ended.outputs) == (True, {"mesh": "42"})
    assert StepState.RUNNING is step.state


def test_versions_and_services_are_tried_out(fake: FakeRooms) -> None:
    with portal(fake) as (platform, _, _):
        platform.register_service("http://here/?wsdl", "mesh")
        newest = platform.start_run("Demo_Mesh", {}, version="newest")
        alone = platform.try_service("Service.mesh", {"size": "3"})
        usual = platform.start_run("Demo_Mesh", {})
    assert [run.trial for run in (newest, alone, usual)] == ["workflow", "service", ""]
    assert fake.runs.tried == [("Demo_Mesh", None)]
    assert alone.inputs == {"size": "3"}
