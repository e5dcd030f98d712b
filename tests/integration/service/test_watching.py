"""Being watched over: readiness, metrics and the access log."""

import re
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs
from tests.fakes.asgi import request
from tests.fakes.tarry_service import (
    CALCULATOR,
    WAITER,
    Caller,
    end_programs,
    running,
    serving,
    settings_for,
)

from tarry.service.api.health import Readiness
from tarry.service.api.server import build
from tarry.service.errors import AuthenticationUnavailable, TokenRefused
from tarry.service.model.run import Owner

SAMPLE = re.compile(
    r"[a-z_]+(?:\{[a-z_]+=\"(?:[^\"\\\n]|\\[\\n\"])*\"(?:,[a-z_]+=\"(?:[^\"\\\n]|\\.)*\")*\})? "
    r"[0-9.e+-]+"
)


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer.status, await answer.text()


class Manager:
    """An authentication manager that knows nobody, or is away."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away
        self.asked = 0

    async def owner_of(self, session_token: str) -> Owner:
        self.asked += 1
        if self.away:
            raise AuthenticationUnavailable(reason="nobody answers")
        raise TokenRefused(reason=f"unknown: {len(session_token)} characters")


async def test_a_service_that_can_be_given_work_is_ready(tmp_path: Path) -> None:
    with serving(tmp_path, WAITER) as url:
        assert await get(f"{url}/readyz") == (200, "ready\n")


async def test_a_manager_that_refuses_an_unknown_token_is_one_that_works(tmp_path: Path) -> None:
    assert await Readiness(tmp_path, Manager()).problem() == ""


async def test_nobody_who_tells_callers_apart_is_a_reason_not_to_be_ready(tmp_path: Path) -> None:
    app = build(settings_for(tmp_path, WAITER, no_auth=False)).app
    answer = await request(app, "GET", "/readyz", headers={"host": "localhost"})
    assert answer.status == 503
    assert b"--auth" in answer.body


async def test_a_data_folder_that_takes_nothing_is_a_reason_not_to_be_ready(tmp_path: Path) -> None:
    problem = await Readiness(tmp_path / "gone", Manager()).problem()
    assert "data folder" in problem


async def test_the_manager_is_not_kept_busy_by_those_who_ask(tmp_path: Path) -> None:
    now = 0.0
    manager = Manager(away=True)
    ready = Readiness(tmp_path, manager, monotonic=lambda: now)
    for _ in range(20):
        assert "nobody answers" in await ready.problem()
    assert manager.asked == 1
    manager.away, now = False, 60.0
    assert await ready.problem() == ""


async def test_calls_are_counted_by_operation_and_outcome(tmp_path: Path) -> None:
    with serving(tmp_path, WAITER) as url:
        async with Caller(f"{url}/waiter/Waiter?wsdl") as caller:
            await caller.call("startWaiter", serviceID="1", secondsToWait="600")
            await caller.failed("unknown")
        async with aiohttp.ClientSession() as http:
            await http.post(f"{url}/waiter/Waiter", data=b"<no")
        status, text = await get(f"{url}/metrics")
        await end_programs(tmp_path)
    assert status == 200
    labels = 'door="soap",service="Waiter",operation='
    assert f'tarry_calls_total{{{labels}"startWaiter",outcome="ok"}} 1\n' in text
    assert f'tarry_calls_total{{{labels}"getServiceStatus",outcome="unknown-run"}} 1\n' in text
    assert f'tarry_call_seconds_count{{{labels}"startWaiter"}} 1\n' in text
    assert 'outcome="refused"} 1\n' in text
    assert 'tarry_runs{state="running"} 1\n' in text
    assert "tarry_programs_running 1\n" in text
    assert "tarry_queue_length 0\n" in text
    for line in text.splitlines():
        assert line.startswith(("# HELP ", "# TYPE ")) or SAMPLE.fullmatch(line), line


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
async def test_measures_are_only_read(tmp_path: Path, path: str) -> None:
    app = build(settings_for(tmp_path, WAITER)).app
    answer = await request(app, "POST", path, headers={"host": "localhost"})
    assert answer.status == 405


async def test_the_access_log_tells_of_calls_and_of_nothing_that_is_in_them(tmp_path: Path) -> None:
    service = build(settings_for(tmp_path, WAITER, CALCULATOR, access_log=True))
    with capture_logs() as events, running(service) as url:
        async with Caller(f"{url}/waiter/Waiter?wsdl") as caller:
            await caller.call(
                "startWaiter", serviceID="1", secondsToWait="1", sessionToken="very-secret"
            )
        await get(f"{url}/healthz?very-secret")
        await get(f"{url}/nothing?very-secret")
    calls = [event for event in events if event["event"] == "call.answered"]
    started = next(event for event in calls if event["operation"] == "startWaiter")
    assert started["status"] == 200
    assert started["outcome"] == "ok"
    assert started["ms"] > 0
    assert (tmp_path / "runs" / started["run"]).is_dir()
    assert [event["status"] for event in calls if event["path"] == "/nothing"] == [404]
    assert not [event for event in calls if event["path"] == "/healthz"]
    assert "very-secret" not in str(calls)


async def test_there_is_no_access_log_unless_it_is_asked_for(tmp_path: Path) -> None:
    with capture_logs() as events, serving(tmp_path, WAITER) as url:
        await get(f"{url}/waiter/Waiter?wsdl")
    assert not [event for event in events if event["event"] == "call.answered"]
