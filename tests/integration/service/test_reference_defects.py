"""What the reference gets wrong (CONTRACT, section 2), tried by name: none can be provoked."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from tests.fakes.jobs import exists, program_pid
from tests.fakes.tarry_service import (
    PATIENCE,
    WAITER,
    Caller,
    page_in,
    serving,
    shell_service,
    until,
)

from tarry.soap.errors import SoapFault

LATE_RESULT = shell_service(
    "echo 100 >status; : >reached; while [ ! -e go ]; do sleep 0.01; done; echo FINISHED >result",
    """
    progress = { file = "status" }
    outputs.result = { from = { text = "result" } }
    """,
)
FOLLOWER = shell_service(
    "touch ready; while [ ! -e end ]; do sleep 0.01; done; echo done >result",
    """
    progress = { file = "status" }
    outputs.result = { from = { text = "result" } }
    """,
)
ECHO = shell_service(
    'printf %s "$1" >result; echo ran >>../../../count',
    """
    inputs.text = { }
    outputs.result = { from = { text = "result" } }
    """,
).replace('"program"]', '"program", "{text}"]')
HUNG = shell_service("sleep 600", "outputs.result = { from = { text = 'result' } }")


@pytest.fixture
async def waiter(tmp_path: Path) -> AsyncIterator[Caller]:
    """The tutorial's waiter."""
    with serving(tmp_path, WAITER) as url:
        async with Caller(f"{url}/waiter/Waiter?wsdl") as caller:
            yield caller


def run_folder(data: Path) -> Path:
    """The folder of the only run."""
    (folder,) = (data / "runs").iterdir()
    return folder


async def test_1_a_progress_of_100_does_not_complete_a_run(tmp_path: Path) -> None:
    with serving(tmp_path, LATE_RESULT) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            work = run_folder(tmp_path) / "work"
            await until((work / "reached").exists)
            answer = await caller.status("1")
            assert "100 %" in page_in(answer)
            assert answer["result"] == "UNSET"
            (work / "go").touch()
            assert (await caller.completed("1"))["result"] == "FINISHED"


async def test_1_the_waiter_is_never_completed_with_an_unset_result(waiter: Caller) -> None:
    answer = await waiter.call("startWaiter", serviceID="1", secondsToWait="2")
    while answer["status_base64"] != "COMPLETED":
        assert answer["result"] == "UNSET"
        answer = await waiter.status("1")
    assert answer["result"] == "FINISHED"


async def test_2_polls_before_and_while_the_status_file_is_written_are_answered(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, FOLLOWER) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            work = run_folder(tmp_path) / "work"
            await until((work / "ready").exists)
            assert "<progress" in await caller.page("1")
            status = work / "status"
            for text, shown in (("99", "99 %"), ("", "99 %"), ("10", "99 %"), ("100", "100 %")):
                status.write_text(text)
                assert shown in await caller.page("1")
            (work / "end").touch()
            await caller.completed("1")


async def test_2_an_impossible_status_file_changes_nothing(tmp_path: Path) -> None:
    with serving(tmp_path, FOLLOWER) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            work = run_folder(tmp_path) / "work"
            await until((work / "ready").exists)
            status = work / "status"
            status.write_text("42")
            assert "42 %" in await caller.page("1")
            for content in (b"\xff\xfe", b"nonsense", b"900", b"-1", b"4" * 1_000_000):
                status.write_bytes(content)
                assert "42 %" in await caller.page("1")
            status.unlink()
            status.mkdir()
            assert "42 %" in await caller.page("1")
            (work / "end").touch()
            await caller.completed("1")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
async def test_3_a_program_that_is_killed_becomes_a_fault_and_no_zombie(
    tmp_path: Path, number: signal.Signals
) -> None:
    with serving(tmp_path, HUNG) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            folder = run_folder(tmp_path)
            await until(lambda: program_pid(folder))
            pid = program_pid(folder)
            os.kill(pid, number)
            fault = await caller.failed("1")
            assert f"killed by signal {number.value}" in fault.fault_string
            assert fault.detail_code == "program-failed"
            await until(lambda: not Path(f"/proc/{pid}").exists())


async def test_4_the_same_id_started_twice_runs_one_program(tmp_path: Path) -> None:
    with serving(tmp_path, ECHO) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            starts = [caller.call("run", serviceID="1", text="a") for _ in range(20)]
            await asyncio.gather(*starts)
            assert (await caller.completed("1"))["result"] == "a"
            again = await caller.call("run", serviceID="1", text="a")
            assert again == {"status_base64": "COMPLETED", "result": "a"}
    assert (tmp_path / "count").read_text() == "ran\n"


async def test_4_the_same_id_with_other_inputs_is_a_fault_that_says_so(tmp_path: Path) -> None:
    with serving(tmp_path, ECHO) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1", text="a")
            with pytest.raises(SoapFault, match="already used") as raised:
                await caller.call("run", serviceID="1", text="b")
            assert raised.value.detail_code == "service-id-used"
            assert (await caller.completed("1"))["result"] == "a"
    assert (tmp_path / "count").read_text() == "ran\n"


@pytest.mark.parametrize(
    "service_id",
    [
        *("../x", "../../../../tmp/x", "/tmp/absolute", ".", "..", "a/b", "a\\b", "ein Lauf"),
        *("運行一", "x" * 10_000, "運" * 10_000, "-rf", "%2e%2e%2f", "CON", "a\tb"),
    ],
)
async def test_5_an_id_is_never_a_path(tmp_path: Path, service_id: str) -> None:
    data = tmp_path / "a" / "b" / "data"
    with serving(data, ECHO) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID=service_id, text="a")
            assert (await caller.completed(service_id))["result"] == "a"
            with pytest.raises(SoapFault, match="you have no run"):
                await caller.status(service_id + "x")
    assert run_folder(data).parent == data / "runs"
    assert [item.name for item in (tmp_path / "a" / "b").iterdir()] == ["data"]


@pytest.mark.parametrize("service_id", ["", "x" * 16_385, "a\nb"])
async def test_5_an_empty_endless_or_broken_id_is_a_fault_that_names_it(
    waiter: Caller, service_id: str
) -> None:
    with pytest.raises(SoapFault, match="serviceID"):
        await waiter.call("startWaiter", serviceID=service_id)


async def test_6_abort_ends_the_program_and_says_so(tmp_path: Path) -> None:
    with serving(tmp_path, HUNG) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            folder = run_folder(tmp_path)
            await until(lambda: program_pid(folder))
            async with asyncio.timeout(PATIENCE):
                while await caller.call("abortService", serviceID="1") != {"success": "true"}:
                    pass
            assert not exists(program_pid(folder))
            with pytest.raises(SoapFault) as raised:
                await caller.status("1")
            assert raised.value.detail_code == "aborted"
            assert await caller.call("abortService", serviceID="1") == {"success": "true"}


async def test_8_a_restart_loses_no_run(tmp_path: Path) -> None:
    with serving(tmp_path, FOLLOWER) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
    work = run_folder(tmp_path) / "work"
    await until((work / "ready").exists)
    (work / "status").write_text("7")
    with serving(tmp_path, FOLLOWER) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            assert "7 %" in await caller.page("1")
            (work / "end").touch()
            assert (await caller.completed("1"))["result"] == "done"
    with serving(tmp_path, FOLLOWER) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            assert (await caller.status("1"))["result"] == "done"


async def test_9_a_doctype_is_a_fault_and_no_crash_page(tmp_path: Path) -> None:
    bomb = (
        b'<!DOCTYPE e [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>&b;'
        b"</e:Body></e:Envelope>"
    )
    with serving(tmp_path, WAITER) as url:
        async with (
            aiohttp.ClientSession() as http,
            http.post(
                f"{url}/waiter/Waiter", data=bomb, headers={"Content-Type": "text/xml"}
            ) as answer,
        ):
            text = await answer.text()
    assert answer.status == 500
    assert "faultstring" in text
    assert "DOCTYPE" in text
    assert "Traceback" not in text


async def test_9_the_address_in_the_wsdl_is_that_of_each_who_asks(tmp_path: Path) -> None:
    with serving(tmp_path, WAITER) as url:
        tcp_port = url.rsplit(":", 1)[1]
        seen = []
        async with aiohttp.ClientSession() as http:
            for host in ("127.0.0.1", "localhost", "127.0.0.1"):
                async with http.get(
                    f"{url}/waiter/Waiter?wsdl", headers={"Host": f"{host}:{tcp_port}"}
                ) as answer:
                    seen += re.findall(
                        r'address location="http://([a-z0-9.]+):', await answer.text()
                    )
    assert seen == ["127.0.0.1", "localhost", "127.0.0.1"]


@pytest.mark.parametrize("seconds", ["-5", "0", "604801", "99999999999999999999", "1.5", "ten"])
async def test_10_a_number_of_seconds_out_of_range_is_a_fault_and_starts_nothing(
    tmp_path: Path, waiter: Caller, seconds: str
) -> None:
    with pytest.raises(SoapFault, match="secondsToWait") as raised:
        await waiter.call("startWaiter", serviceID="1", secondsToWait=seconds)
    assert raised.value.detail_code == "invalid-value"
    assert not list((tmp_path / "runs").iterdir())


async def test_runs_in_parallel_stay_apart(tmp_path: Path) -> None:
    with serving(tmp_path, ECHO) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:

            async def run(number: int) -> str:
                await caller.call("run", serviceID=f"{number}", text=f"text {number}")
                return (await caller.completed(f"{number}"))["result"]

            results = await asyncio.gather(*(run(number) for number in range(30)))
    assert results == [f"text {number}" for number in range(30)]
    assert (tmp_path / "count").read_text() == "ran\n" * 30


@pytest.mark.parametrize(
    "text",
    ["-x", "--help", "@file", "/etc/passwd", "~/x", "../x", "a=/etc/passwd", "x" * 200_000],
)
async def test_a_value_that_could_become_more_than_a_value_is_a_fault_and_starts_nothing(
    tmp_path: Path, text: str
) -> None:
    with serving(tmp_path, ECHO) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            with pytest.raises(SoapFault, match="text: ") as raised:
                await caller.call("run", serviceID="1", text=text)
    assert raised.value.detail_code == "invalid-value"
    assert not list((tmp_path / "runs").iterdir())


@pytest.mark.parametrize("text", ["$(touch hacked)", "`touch hacked`", "; touch hacked", "a'\"b"])
async def test_what_a_shell_would_run_reaches_the_program_as_it_is(
    tmp_path: Path, text: str
) -> None:
    with serving(tmp_path, ECHO) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1", text=text)
            assert (await caller.completed("1"))["result"] == text
    assert not list(tmp_path.rglob("hacked"))
