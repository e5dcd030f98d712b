"""Synchronous operations: the program runs as a job of its own while its caller waits."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.fakes.tarry_service import CALCULATOR, Caller, serving, shell_service, until

from tarry.soap.errors import SoapFault

SLEEPER = shell_service(
    "echo $$ >../../../pid; sleep 600",
    "outputs.result = { from = { text = 'result' } }",
    kind="synchronous",
)


@pytest.fixture
async def calculator(tmp_path: Path) -> AsyncIterator[Caller]:
    """The calculator of the examples."""
    with serving(tmp_path, CALCULATOR) as url:
        async with Caller(f"{url}/calculator/Calculator?wsdl") as caller:
            yield caller


@pytest.mark.parametrize(
    ("operation", "a", "b", "result"),
    [
        ("add", "0.1", "0.2", "0.3"),
        ("add", "-1", "-2.5", "-3.5"),
        ("subtract", "1", "0.9", "0.1"),
        ("multiply", "-1.5", "4", "-6.0"),
        ("divide", "1", "8", "0.125"),
        ("add", "1e3", "1", "1001"),
    ],
)
async def test_the_calculator_calculates_exactly_and_takes_negative_numbers(
    calculator: Caller, operation: str, a: str, b: str, result: str
) -> None:
    assert await calculator.call(operation, a=a, b=b) == {"result": result}


@pytest.mark.parametrize("a", ["1", "0"])
async def test_a_division_by_zero_is_a_clear_fault(calculator: Caller, a: str) -> None:
    with pytest.raises(SoapFault, match=f"{a} cannot be divided by 0") as raised:
        await calculator.call("divide", a=a, b="0")
    assert raised.value.detail_code == "program-failed"


@pytest.mark.parametrize("value", ["", "one", "NaN", "Infinity", "1;id", "$(id)"])
async def test_what_is_no_number_is_a_fault_that_names_it(calculator: Caller, value: str) -> None:
    with pytest.raises(SoapFault, match="b:"):
        await calculator.call("add", a="1", b=value)


async def test_a_token_need_not_be_given_where_none_is_checked(calculator: Caller) -> None:
    answer = await calculator.answer("add", None, a="1", b="2")
    assert answer.outputs == {"result": "3"}


async def test_calls_in_parallel_stay_apart_and_leave_nothing(
    tmp_path: Path, calculator: Caller
) -> None:
    calls = [calculator.call("add", a=str(number), b="0") for number in range(20)]
    answers = await asyncio.gather(*calls)
    assert [answer["result"] for answer in answers] == [str(number) for number in range(20)]
    assert not list((tmp_path / "runs").iterdir())


async def test_a_call_that_takes_too_long_is_ended_and_says_so(tmp_path: Path) -> None:
    program = SLEEPER.replace('kind = "synchronous"', 'kind = "synchronous"\ntime_limit = "0.2 s"')
    with serving(tmp_path, program) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            with pytest.raises(SoapFault, match=r"longer than 0.2 s") as raised:
                await caller.call("run")
    assert raised.value.detail_code == "time-limit"
    pid = (tmp_path / "pid").read_text().strip()
    await until(lambda: not Path(f"/proc/{pid}").exists())


async def test_a_program_whose_caller_goes_away_is_ended(tmp_path: Path) -> None:
    with serving(tmp_path, SLEEPER) as url:
        host, tcp_port = url.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(tcp_port))
        body = (
            b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
            b'<run xmlns="urn:tarry:service:Shell"/></e:Body></e:Envelope>'
        )
        writer.write(
            b"POST /shell/Shell HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        await writer.drain()
        pid_file = tmp_path / "pid"
        await until(lambda: pid_file.exists() and pid_file.read_text().endswith("\n"))
        pid = pid_file.read_text().strip()
        writer.close()
        await until(lambda: not Path(f"/proc/{pid}").exists())
        await until(lambda: not list((tmp_path / "runs").iterdir()))


async def test_a_call_that_failed_leaves_its_folder_for_a_while(tmp_path: Path) -> None:
    program = shell_service("echo why; exit 1", kind="synchronous")
    with serving(tmp_path, program) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            with pytest.raises(SoapFault, match="why"):
                await caller.call("run")
    (folder,) = (tmp_path / "runs").iterdir()
    assert (folder / "log").read_text() == "why\n"
    assert not (folder / "secrets.json").exists()
