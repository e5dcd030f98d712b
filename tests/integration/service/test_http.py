"""The door itself: hosts, origins, paths and page tags."""

from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest
from tests.fakes.tarry_service import WAITER, Caller, serving, settings_for, shell_service

from tarry.contract.status import LAST_PAGE_HEADER, PAGE_HEADER
from tarry.service.api.application import HostCheck
from tarry.service.api.server import build, host_check
from tarry.service.errors import DataFolderInUse

CALL = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
    '<{0} xmlns="urn:tarry:service:Waiter"><serviceID>{1}</serviceID><sessionToken/></{0}>'
    "</e:Body></e:Envelope>"
)


async def fetch(
    url: str, *, method: str = "GET", body: str | None = None, headers: Mapping[str, str] = {}
) -> tuple[int, str]:
    """Make one request, without following redirects."""
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, url, data=body, headers=headers, allow_redirects=False) as answer,
    ):
        return answer.status, await answer.text()


@pytest.mark.parametrize("query", ["?wsdl", "?WSDL", "?wsdl=1", "/?wsdl"])
async def test_the_wsdl_answers_on_the_exact_path_without_a_redirect(
    tmp_path: Path, query: str
) -> None:
    with serving(tmp_path, WAITER, context_root="/sintef/docker_services") as url:
        status, text = await fetch(f"{url}/sintef/docker_services/waiter/Waiter{query}")
    assert status == 200
    assert "startWaiter" in text


async def test_people_who_open_the_address_are_told_what_it_is(tmp_path: Path) -> None:
    with serving(tmp_path, WAITER) as url:
        status, text = await fetch(f"{url}/waiter/Waiter")
    assert status == 200
    assert "<h1>Waiter</h1>" in text


@pytest.mark.parametrize("path", ["/waiter", "/waiter/waiter", "/waiter/Waiter/x", "//"])
async def test_other_paths_hold_nothing(tmp_path: Path, path: str) -> None:
    with serving(tmp_path, WAITER) as url:
        status, _ = await fetch(f"{url}{path}")
    assert status == 404


async def test_health_is_told_without_a_token(tmp_path: Path) -> None:
    with serving(tmp_path, WAITER) as url:
        assert await fetch(f"{url}/healthz") == (200, "ok\n")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1", "", "a b"])
async def test_a_request_under_a_name_that_is_not_ours_is_refused(
    tmp_path: Path, host: str
) -> None:
    with serving(tmp_path, WAITER) as url:
        for path in ("/waiter/Waiter?wsdl", "/healthz"):
            status, _ = await fetch(f"{url}{path}", headers={"Host": host})
            assert status in {400, 403}


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:1"])
async def test_a_call_from_a_page_of_another_site_is_refused(tmp_path: Path, origin: str) -> None:
    with serving(tmp_path, WAITER) as url:
        status, _ = await fetch(
            f"{url}/waiter/Waiter",
            method="POST",
            body=CALL.format("startWaiter", "1"),
            headers={"Origin": origin, "Content-Type": "text/xml"},
        )
        assert status == 403
    assert not list((tmp_path / "runs").iterdir())


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("localhost:8081", True),
        ("LOCALHOST", True),
        ("127.0.0.1:1", True),
        ("[::1]:8081", True),
        ("127.0.0.1.evil.example", False),
        ("10.1.2.3", False),
        ("evil.example:80", False),
        ("localhost:80:80", False),
        ("user@localhost", False),
        ("", False),
    ],
)
def test_on_loopback_only_names_of_loopback_are_ours(host: str, allowed: bool) -> None:
    assert HostCheck((), loopback_only=True).allows(host) is allowed


def test_beyond_loopback_addresses_and_configured_names_are_ours(tmp_path: Path) -> None:
    check = host_check(
        settings_for(
            tmp_path,
            WAITER,
            no_auth=False,
            host="0.0.0.0",
            base_url="https://services.example.org/x",
            hosts=("waiter",),
        )
    )
    assert check.allows("10.1.2.3:8081")
    assert check.allows("services.example.org")
    assert check.allows("waiter:8081")
    assert not check.allows("evil.example")


async def test_the_wsdl_names_the_configured_public_address(tmp_path: Path) -> None:
    with serving(tmp_path, WAITER, base_url="https://services.example.org/") as url:
        _, text = await fetch(f"{url}/waiter/Waiter?wsdl")
    assert 'location="https://services.example.org/waiter/Waiter"' in text


def test_a_data_folder_serves_one_process_at_a_time(tmp_path: Path) -> None:
    build(settings_for(tmp_path, WAITER))
    with pytest.raises(DataFolderInUse, match="--data"):
        build(settings_for(tmp_path, WAITER))


async def test_who_names_the_page_that_it_shows_is_told_unchanged(tmp_path: Path) -> None:
    program = shell_service("while [ ! -e end ]; do sleep 0.01; done")
    with serving(tmp_path, program) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            names = {"serviceID": "1", "sessionToken": "x"}
            await caller.answer("run", None, **names)
            first = await caller.answer("getServiceStatus", None, **names)
            tag = first.headers[PAGE_HEADER]
            same = await caller.answer("getServiceStatus", {PAGE_HEADER: tag}, **names)
            assert same.outputs["status_base64"] == "UNCHANGED"
            assert same.headers[PAGE_HEADER] == tag
            # who names none gets the page, as several callers may poll one run
            assert (await caller.answer("getServiceStatus", None, **names)).outputs == first.outputs
            with next((tmp_path / "runs").iterdir()).joinpath("log").open("a") as log:
                log.write("news\n")
            news = await caller.answer("getServiceStatus", {PAGE_HEADER: tag}, **names)
            assert news.outputs["status_base64"] not in {"UNCHANGED", "COMPLETED"}
            assert news.headers[PAGE_HEADER] != tag


async def test_the_last_page_of_a_finished_run_shows_its_results_even_after_a_restart(
    tmp_path: Path,
) -> None:
    program = shell_service(
        "echo 42 >result", "outputs.answer = { title = 'The answer', from = { text = 'result' } }"
    )
    pages = []
    for _ in range(2):
        with serving(tmp_path, program) as url:
            async with Caller(f"{url}/shell/Shell?wsdl") as caller:
                names = {"serviceID": "1", "sessionToken": "x"}
                await caller.call("run", serviceID="1")
                await caller.completed("1")
                last = await caller.answer(
                    "getServiceStatus", {LAST_PAGE_HEADER: "wanted"}, **names
                )
                assert last.outputs["answer"] == "42"
                pages.append((last.outputs["status_base64"], last.headers[PAGE_HEADER]))
                again = {LAST_PAGE_HEADER: "wanted", PAGE_HEADER: last.headers[PAGE_HEADER]}
                same = await caller.answer("getServiceStatus", again, **names)
                assert same.outputs["status_base64"] == "UNCHANGED"
    assert pages[0] == pages[1]


async def test_asynchronous_operations_whose_outputs_differ_have_wsdls_of_their_own(
    tmp_path: Path,
) -> None:
    program = shell_service("echo 1 >a", "outputs.a = { from = { text = 'a' } }") + (
        "[operations.other]\ncommand = ['/bin/sh', '-c', 'echo 2 >b']\n"
        "outputs.b = { from = { text = 'b' } }\n"
    )
    with serving(tmp_path, program) as url:
        async with Caller(f"{url}/shell/Shell/run?wsdl") as caller:
            await caller.call("run", serviceID="1")
            assert (await caller.completed("1"))["a"] == "1"
        async with Caller(f"{url}/shell/Shell/other?wsdl") as caller:
            await caller.call("other", serviceID="2")
            assert (await caller.completed("2"))["b"] == "2"
            with pytest.raises(Exception, match="you have no run '1'"):
                await caller.status("1")
