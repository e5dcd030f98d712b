"""The REST door: the same runs as through SOAP, as JSON."""

import asyncio
import io
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from tests.fakes.tarry_service import (
    PATIENCE,
    ROOT,
    WAITER,
    Caller,
    running,
    serving,
    settings_for,
    shell_service,
)
from yarl import URL

from tarry.service.api.server import build
from tarry.service.errors import TokenRefused
from tarry.service.model.run import Owner
from tarry.soap.server import MAX_BODY

ECHO = """
name = "Echo"
path = "echo/Echo"
[operations.echo]
kind = "synchronous"
command = [
  "/bin/sh", "-c", 'printf "%s" "$2" >number; printf "%s" "$1" >text', "sh", "{text}", "{number}"
]
[operations.echo.inputs.text]
type = "text"
[operations.echo.inputs.number]
type = "decimal"
default = 1.50
maximum = 1e30
[operations.echo.outputs.text]
type = "text"
from = { text = "text" }
[operations.echo.outputs.number]
type = "decimal"
from = { text = "number" }
"""
JOB = shell_service(
    'cat "$1" >/dev/null; while ! grep -q go "$1"; do sleep 0.05; done; echo 3 >n',
    """
[operations.run.outputs.n]
type = "integer"
from = { text = "n" }
""",
).replace('"program"]', '"program", "{messages}"]')


@dataclass
class Got:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text, parse_float=Decimal)


async def send(method: str, url: str, body: object = None, **headers: str) -> Got:
    """Make a request; a body that is no text becomes JSON."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    data = None
    if body is not None:
        data = body if isinstance(body, str | bytes | io.IOBase) else json.dumps(body)
        given.setdefault("Content-Type", "application/json")
    async with (
        aiohttp.ClientSession() as http,
        http.request(
            method, URL(url, encoded=True), data=data, headers=given, allow_redirects=False
        ) as answer,
    ):
        return Got(answer.status, answer.headers, await answer.text())


async def over(url: str, **headers: str) -> Any:
    """Wait until a run is over."""
    give_up = time.monotonic() + PATIENCE
    while True:
        run = (await send("GET", url, **headers)).json
        if "ended" in run:
            return run
        assert time.monotonic() < give_up, "it never ended"
        await asyncio.sleep(0.05)


class TwoUsers:
    """Knows two tokens."""

    async def owner_of(self, session_token: str) -> Owner:
        if session_token not in {"anna", "bert"}:
            raise TokenRefused(reason="it is not valid")
        return Owner(user=session_token, project="p", project_name="p")


async def test_a_synchronous_operation_answers_with_its_outputs(tmp_path: Path) -> None:
    with serving(tmp_path, ECHO) as url:
        got = await send("POST", f"{url}/echo/Echo/rest/echo", {"text": "häh\n<&>"})
    assert got.status == 200
    assert got.headers["Content-Type"] == "application/json"
    assert got.headers["Cache-Control"] == "no-store"
    assert got.json["text"] == "häh\n<&>"


@pytest.mark.parametrize(
    "number", ["0.1000000000000000055511151231257827", "123456789012345678901234567.5", "0.10"]
)
async def test_numbers_keep_their_digits(tmp_path: Path, number: str) -> None:
    with serving(tmp_path, ECHO) as url:
        body = f'{{"text": "", "number": {number}}}'
        got = await send("POST", f"{url}/echo/Echo/rest/echo", body)
    assert got.status == 200
    assert f'"number": {number}' in got.text


async def test_soap_and_rest_see_the_same_run(tmp_path: Path) -> None:
    with serving(tmp_path, JOB) as url:
        rest = f"{url}/shell/Shell/rest"
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="one")
            again = await send("POST", f"{rest}/run?serviceID=one", {})
            assert again.status == 202
            location = again.headers["Location"]
            assert location == f"{rest}/runs/one"
            assert again.json["state"] == "running"
            told = await send("POST", f"{location}/messages", {"message": "go"})
            assert (told.status, told.json) == (200, {"response": "OK"})
            run = await over(location)
            assert run["outputs"] == {"n": 3}
            assert (await caller.completed("one"))["n"] == "3"
    assert len(list((tmp_path / "runs").iterdir())) == 1


async def test_waiting_for_a_run_ends_with_it_or_after_the_time_that_was_asked_for(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, JOB) as url:
        started = await send("POST", f"{url}/shell/Shell/rest/run")
        run = started.headers["Location"]
        assert (await send("GET", f"{run}?wait=0.2")).json["state"] == "running"
        waiting = asyncio.create_task(send("GET", f"{run}?wait=60"))
        await send("POST", f"{run}/messages", {"message": "go"})
        assert (await waiting).json["outputs"] == {"n": 3}
        assert (await send("GET", f"{run}?wait=60")).json["state"] == "succeeded"
        for wrong in ("-1", "x", "1e9", "nan"):
            assert (await send("GET", f"{run}?wait={wrong}")).status == 422


async def test_the_progress_of_a_run_is_a_number(tmp_path: Path) -> None:
    program = JOB.replace("cat", "echo 40 >status; cat")
    program += "[operations.run.progress]\nfile = 'status'\n"
    with serving(tmp_path, program) as url:
        run = (await send("POST", f"{url}/shell/Shell/rest/run")).headers["Location"]
        give_up = time.monotonic() + PATIENCE
        while "progress" not in (found := (await send("GET", run)).json):
            assert time.monotonic() < give_up
            await asyncio.sleep(0.05)
        assert found["progress"] == 40
        await send("POST", f"{run}/messages", {"message": "go"})
        assert (await over(run))["progress"] == 100


async def test_a_run_that_says_nothing_has_no_progress(tmp_path: Path) -> None:
    with serving(tmp_path, JOB) as url:
        run = (await send("POST", f"{url}/shell/Shell/rest/run")).headers["Location"]
        assert "progress" not in (await send("GET", run)).json
        await send("POST", f"{run}/messages", {"message": "go"})
        assert "progress" not in (await over(run))


async def test_a_run_started_without_an_id_gets_one(tmp_path: Path) -> None:
    with serving(tmp_path, JOB) as url:
        first, second = [await send("POST", f"{url}/shell/Shell/rest/run") for _ in range(2)]
        assert first.status == second.status == 202
        assert first.headers["Location"] != second.headers["Location"]
        got = await send("GET", first.headers["Location"])
        assert got.json["serviceID"] == first.json["serviceID"]


async def test_the_page_is_html_that_cannot_act_and_is_sent_once(tmp_path: Path) -> None:
    with serving(tmp_path, JOB) as url:
        run = (await send("POST", f"{url}/shell/Shell/rest/run?serviceID=1")).json
        page = await send("GET", run["page"])
        assert page.status == 200
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        policy = page.headers["Content-Security-Policy"]
        assert policy.startswith("sandbox; default-src 'none'; style-src 'unsafe-inline'; ")
        assert "frame-ancestors 'none'" in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        await send("POST", f"{url}/shell/Shell/rest/runs/1/abort")
        page = await send("GET", run["page"])
        again = await send("GET", run["page"], If_None_Match=page.headers["ETag"])
        assert (again.status, again.text) == (304, "")


async def test_an_aborted_run_says_so(tmp_path: Path) -> None:
    with serving(tmp_path, JOB) as url:
        rest = f"{url}/shell/Shell/rest"
        await send("POST", f"{rest}/run?serviceID=1")
        ended = await send("POST", f"{rest}/runs/1/abort")
        assert (ended.status, ended.json) == (200, {"success": True})
        run = (await send("GET", f"{rest}/runs/1")).json
        assert run["state"] == "aborted"
        assert run["problem"]["code"] == "aborted"
        assert run["problem"]["title"] == "The run has no results"
        assert "outputs" not in run
        late = await send("POST", f"{rest}/runs/1/messages", {"message": "go"})
        assert (late.status, late.json["code"]) == (409, "run-over")


@pytest.mark.parametrize("header", ["Authorization", "X-Auth-Token"])
async def test_a_run_is_its_owners(tmp_path: Path, header: str) -> None:
    def auth(token: str) -> dict[str, str]:
        return {header: f"Bearer {token}" if header == "Authorization" else token}

    service = build(settings_for(tmp_path, JOB), authentication=TwoUsers())
    with running(service) as url:
        rest = f"{url}/shell/Shell/rest"
        nobody = await send("POST", f"{rest}/run", **auth("eve"))
        assert nobody.status == 401
        assert nobody.headers["WWW-Authenticate"] == "Bearer"
        assert (await send("POST", f"{rest}/run?serviceID=1", **auth("anna"))).status == 202
        mine = await send("GET", f"{rest}/runs/1", **auth("anna"))
        assert mine.status == 200
        for method, verb in (("GET", ""), ("GET", "/page"), ("POST", "/abort")):
            other = await send(method, f"{rest}/runs/1{verb}", **auth("bert"))
            unknown = await send(method, f"{rest}/runs/2{verb}", **auth("bert"))
            assert other.status == unknown.status == 404
            assert other.text.replace("'1'", "'2'") == unknown.text
        assert (await send("GET", f"{rest}/runs/1", **auth("anna"))).json["state"] == "running"


@pytest.mark.parametrize(
    "service_id", ["中文", "a/b/../c", "%2F%00", "?x#y", "..", "i" * 1000, "<script>", "a b+c"]
)
async def test_any_id_leads_to_its_run(tmp_path: Path, service_id: str) -> None:
    with serving(tmp_path, JOB) as url:
        quoted = quote(service_id, safe="")
        started = await send("POST", f"{url}/shell/Shell/rest/run?serviceID={quoted}")
        assert started.status == 202, started.text
        assert started.json["serviceID"] == service_id
        got = await send("GET", started.headers["Location"])
        assert (got.status, got.json["serviceID"]) == (200, service_id)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "missing-value"),
        ("{", "malformed-request"),
        ("[]", "malformed-request"),
        ('{"text": "a", "text": "b"}', "malformed-request"),
        ('{"text": "", "number": NaN}', "malformed-request"),
        (b'{"text": "\xff"}', "malformed-request"),
        ("[" * 100_000, "malformed-request"),
        ('{"text": "\\u0000"}', "unwritable-text"),
        ('{"text": "\\ud800"}', "unwritable-text"),
        ('{"text": 5}', "invalid-value"),
        ('{"text": ["a"]}', "invalid-value"),
        ('{"text": {}}', "invalid-value"),
        ('{"text": null}', "missing-value"),
        ('{"text": "", "number": true}', "invalid-value"),
        ('{"text": "", "number": "x"}', "invalid-value"),
        ('{"text": "", "number": 1e999999999}', "invalid-value"),
        (f'{{"text": "", "number": {"9" * 5000}}}', "invalid-value"),
        ('{"text": "", "other": 1}', "unknown-port"),
        ('{"text": "", "\\ud800": 1}', "unwritable-text"),
    ],
)
async def test_what_cannot_be_used_is_refused_as_a_problem(
    tmp_path: Path, body: str | bytes, code: str
) -> None:
    with serving(tmp_path, ECHO) as url:
        got = await send("POST", f"{url}/echo/Echo/rest/echo", body or None)
    assert got.status == 422
    assert got.headers["Content-Type"] == "application/problem+json"
    assert got.json["code"] == code
    assert got.json["status"] == 422


async def test_a_body_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path, ECHO) as url:
        got = await send("POST", f"{url}/echo/Echo/rest/echo", io.BytesIO(b" " * (MAX_BODY + 1)))
    assert (got.status, got.json["code"]) == (413, "request-too-large")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
async def test_only_json_is_read(tmp_path: Path, kind: str) -> None:
    with serving(tmp_path, ECHO) as url:
        got = await send("POST", f"{url}/echo/Echo/rest/echo", '{"text": ""}', Content_Type=kind)
    assert got.status == 422


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:1"])
async def test_pages_of_other_sites_are_refused(tmp_path: Path, origin: str) -> None:
    with serving(tmp_path, JOB) as url:
        got = await send("POST", f"{url}/shell/Shell/rest/run", Origin=origin)
        assert (got.status, got.json["code"]) == (403, "other-site")
        same = await send("POST", f"{url}/shell/Shell/rest/run", Origin=url)
        assert same.status == 202
    assert len(list((tmp_path / "runs").iterdir())) == 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "run", 405),
        ("DELETE", "runs/1", 405),
        ("GET", "runs/1/abort", 405),
        ("POST", "nothing", 404),
        ("GET", "runs/1/nothing", 404),
        ("GET", "runs/1/page/more", 404),
        ("GET", "", 404),
        ("GET", "runs/%ff", 422),
        ("GET", "%2e%2e/run", 404),
        ("GET", "runs/unknown", 404),
        ("GET", "runs/" + "x" * 20_000, 422),
    ],
)
async def test_other_paths_and_methods_are_problems(
    tmp_path: Path, method: str, path: str, status: int
) -> None:
    with serving(tmp_path, JOB) as url:
        got = await send(method, f"{url}/shell/Shell/rest/{path}")
    assert got.status == status
    assert got.json["status"] == status


async def test_an_application_shows_its_page_as_a_page_of_nobody(tmp_path: Path) -> None:
    with serving(tmp_path, ROOT / "examples" / "dialog" / "dialog.toml") as url:
        given = {"question": "<script>x</script>How thick?"}
        started = await send("POST", f"{url}/dialog/Dialog/rest/ask?serviceID=1", given)
        assert started.status == 202, started.text
        page = await send("GET", started.json["page"])
    assert page.status == 200
    assert "How thick?" in page.text
    assert "<script>x" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-same-origin" not in policy


async def test_secrets_are_neither_answered_nor_named_in_problems(tmp_path: Path) -> None:
    secret = shell_service(
        "true", "inputs.password = { type = 'secret', pattern = '[a-z]+' }", kind="synchronous"
    )
    with serving(tmp_path, secret) as url:
        for value in ("HUSH-1", ["HUSH-1"], {"HUSH-1": 1}):
            got = await send("POST", f"{url}/shell/Shell/rest/run", {"password": value})
            assert got.status == 422
            assert "HUSH" not in got.text


async def test_calls_are_counted_beside_those_by_soap(tmp_path: Path) -> None:
    with serving(tmp_path, WAITER) as url:
        await send("POST", f"{url}/waiter/Waiter/rest/startWaiter", {"secondsToWait": 0})
        text = (await send("GET", f"{url}/metrics")).text
    assert re.search(r'door="rest",.*"startWaiter",outcome="invalid-value"\} 1\n', text)
