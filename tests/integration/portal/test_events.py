"""Whoever listens hears everything that matters, also across a lost connection."""

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
import requests
from tests.fakes.portal_rooms import BOB, FakeRooms, run_view, step_view
from tests.integration.portal.conftest import Visitor

from tarry.client.answers import Event
from tarry.client.event_stream import lines_of, read_events
from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.kernel.model import StepRunId

RUN = run_view().id
STEP = StepRunId(f"{RUN}_1")


@contextmanager
def listening(who: Visitor, path: str, last: str = "") -> Iterator[Iterator[Event]]:
    headers = {"Last-Event-ID": last} if last else {}
    with closing(who.get(path, headers=headers, stream=True)) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        yield read_events(lines_of(answer.iter_content(None)))


def told(event: Event) -> tuple[str, str, str]:
    return event.id, event.kind, event.data.get("state", "")


def test_a_listener_hears_first_how_it_stands_and_then_what_changes(
    ada: Visitor, fake: FakeRooms
) -> None:
    fake.runs.change(run_view())
    with listening(ada, f"/api/v1/runs/{RUN}/events") as events:
        assert told(next(events)) == ("1", "run", "running")
        fake.runs.change(run_view(state=ExecutionState.ABORTING))
        assert told(next(events)) == ("2", "run", "aborting")


def test_a_run_that_nobody_has_begun_is_told_too(ada: Visitor, fake: FakeRooms) -> None:
    fake.runs.views[RUN] = run_view(state=ExecutionState.WAITING)
    with listening(ada, f"/api/v1/runs/{RUN}/events") as events:
        assert told(next(events)) == ("0", "run", "waiting")


def test_the_stream_of_a_run_ends_with_the_run(ada: Visitor, fake: FakeRooms) -> None:
    fake.runs.change(run_view())
    with listening(ada, f"/api/v1/runs/{RUN}/events") as events:
        next(events)
        fake.runs.change(run_view(state=ExecutionState.SUCCEEDED, outputs={"nodes": "7"}))
        assert told(next(events)) == ("2", "run", "succeeded")
        assert list(events) == []


def test_the_last_page_of_a_step_is_told_although_it_comes_after_the_end(
    ada: Visitor, fake: FakeRooms
) -> None:
    fake.runs.change(run_view(steps=(step_view(RUN, 1),)))
    with listening(ada, f"/api/v1/runs/{RUN}/events") as events:
        next(events)
        fake.runs.change(run_view(state=ExecutionState.SUCCEEDED, steps=(step_view(RUN, 1),)))
        assert next(events).data["state"] == "succeeded"
        fake.runs.show_page(STEP, b"<p>100 %</p>", 100.0)
        assert [(event.kind, event.data["progress"]) for event in events] == [("page", 100.0)]


def test_whoever_comes_back_hears_what_they_missed_and_nothing_twice(
    ada: Visitor, fake: FakeRooms
) -> None:
    fake.runs.change(run_view())
    for _ in range(5):  # more than the store gives at once
        fake.runs.change(run_view())
    with listening(ada, f"/api/v1/runs/{RUN}/events", last="2") as events:
        assert told(next(events)) == ("6", "run", "running")
    with listening(ada, f"/api/v1/runs/{RUN}/events", last="6") as events:
        fake.runs.change(run_view(state=ExecutionState.FAILED))
        assert told(next(events)) == ("7", "run", "failed")


def test_who_cannot_set_a_header_names_the_last_event_in_the_address(
    ada: Visitor, fake: FakeRooms
) -> None:
    fake.runs.change(run_view())
    fake.runs.change(run_view(state=ExecutionState.ABORTING))
    with listening(ada, "/api/v1/events?last_event_id=1") as events:
        assert next(events).id == "2"
    with listening(ada, "/api/v1/events?last_event_id=0", last="1") as events:
        assert next(events).id == "2"


def test_whoever_comes_back_after_the_end_hears_the_end(ada: Visitor, fake: FakeRooms) -> None:
    fake.runs.change(run_view(state=ExecutionState.SUCCEEDED))
    with listening(ada, f"/api/v1/runs/{RUN}/events", last="1") as events:
        assert [told(event) for event in events] == [("1", "run", "succeeded")]


def test_a_changed_page_is_news_without_an_id(ada: Visitor, fake: FakeRooms) -> None:
    fake.runs.change(run_view(steps=(step_view(RUN, 1),)))
    with listening(ada, f"/api/v1/runs/{RUN}/events") as events:
        next(events)
        fake.runs.show_page(STEP, b"<p>40 %</p>", 40.0)
        event = next(events)
        assert (event.id, event.kind) == ("", "page")
        assert (event.data["step"], event.data["progress"]) == (1, 40.0)
        assert event.data["page_tag"]


def test_other_runs_are_not_heard(ada: Visitor, fake: FakeRooms) -> None:
    fake.runs.change(run_view())
    with listening(ada, f"/api/v1/runs/{RUN}/events") as events:
        next(events)
        fake.runs.change(run_view(number=2))
        fake.runs.change(run_view(state=ExecutionState.SUCCEEDED))
        assert [told(event)[0] for event in events] == ["3"]


@pytest.mark.parametrize("last", ["x", "-1", "9" * 40, "1; drop"])
def test_an_id_that_is_none_of_ours_means_everything(
    ada: Visitor, fake: FakeRooms, last: str
) -> None:
    fake.runs.change(run_view())
    with listening(ada, f"/api/v1/runs/{RUN}/events", last=last) as events:
        assert told(next(events)) == ("1", "run", "running")


def test_the_stream_ends_when_the_token_is_no_longer_good(ada: Visitor, fake: FakeRooms) -> None:
    fake.runs.change(run_view())
    with listening(ada, f"/api/v1/runs/{RUN}/events") as events:
        next(events)
        del fake.accounts.tokens["token-of-ada"]
        assert list(events) == []


def test_the_project_hears_which_run_changed(ada: Visitor, bob: Visitor, fake: FakeRooms) -> None:
    fake.runs.change(run_view())
    with (
        listening(ada, "/api/v1/events", last="0") as events,
        listening(bob, "/api/v1/events", last="0") as others,
    ):
        event = next(events)
        assert (event.id, event.kind, event.data["run"]) == ("1", "changed", RUN)
        fake.runs.change(replace(run_view(number=2), project=BOB.project))
        while (event := next(others)).kind != "changed":
            pass
        assert event.data["run"] == f"{2:032x}"


def test_the_streams_of_a_project_begin_with_what_happens_next(
    ada: Visitor, fake: FakeRooms
) -> None:
    fake.runs.change(run_view())
    with listening(ada, "/api/v1/events") as events:
        _wait_for_listener(fake)
        fake.runs.change(run_view(state=ExecutionState.FAILED))
        while (event := next(events)).kind != "changed":
            pass
        assert event.id == "2"


def test_a_run_that_shows_something_new_is_named_to_its_own_project_only(
    ada: Visitor, bob: Visitor, fake: FakeRooms
) -> None:
    theirs = replace(run_view(number=2), project=BOB.project)
    fake.runs.change(run_view(steps=(step_view(RUN, 1),)))
    fake.runs.change(theirs)
    with (
        listening(ada, "/api/v1/events") as events,
        listening(bob, "/api/v1/events") as others,
    ):
        _wait_for_listener(fake, 2)
        fake.runs.show_page(STEP, b"<p>40 %</p>", 40.0)
        event = next(events)
        assert (event.id, event.kind, event.data) == ("", "look", {"run": RUN})
        fake.runs.change(theirs)
        heard = next(others)
        assert (heard.kind, heard.data["run"]) == ("changed", theirs.id)


def _wait_for_listener(fake: FakeRooms, count: int = 1) -> None:
    deadline = time.monotonic() + 20
    while len(fake.runs.listeners) < count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_nobody_is_left_listening(ada: Visitor, fake: FakeRooms) -> None:
    fake.runs.change(run_view(state=ExecutionState.SUCCEEDED))
    answer: requests.Response = ada.get(f"/api/v1/runs/{RUN}/events")
    assert json.loads(answer.text.split("data: ")[1].split("\n")[0])["state"] == "succeeded"
    assert fake.runs.listeners == {}
