"""Python functions as operations: each run in a process of its own, which the service survives."""

import asyncio
import time
from pathlib import Path

import pytest
from tests.fakes.functions import module
from tests.fakes.tarry_service import (
    ROOT,
    Caller,
    ServiceProcess,
    page_in,
    serving,
    settings_for,
    until,
)

from tarry.service.api.settings import read_settings
from tarry.soap.errors import SoapFault

BEAM = ROOT / "examples" / "functions" / "beam.py"

FUNCTIONS = '''
class Finish(Enum):
    """How."""
    RAW = "raw"

class Seen(NamedTuple):
    """What the function saw."""
    text: Annotated[str, port(type="text")]
    total: Decimal
    late: datetime | None

@service.synchronous
def see(
    text: Annotated[str, port(type="text")],
    number: Decimal,
    times: int,
    yes: bool,
    finish: Finish,
    maybe: str | None = None,
    half: float = 0.5,
) -> Seen:
    """Look at the arguments."""
    assert isinstance(half, float), half
    assert (yes, finish, maybe) == (True, Finish.RAW, None), (yes, finish, maybe)
    return Seen(text, number * times, None)

@service.asynchronous
def fail(how: str) -> int:
    """Fail in some way."""
    import ctypes, os, sys
    print("now", how)
    if how == "raise":
        raise ValueError("the mesh is tangled")
    if how == "failure":
        raise Failure("The part is too thin")
    if how == "exit":
        sys.exit(0)
    if how == "_exit":
        os._exit(0)
    if how == "crash":
        ctypes.string_at(0)
    if how == "wrong":
        return "a lot"
    return 1

@service.asynchronous
def steer(run: Run) -> str:
    """Wait for a word."""
    run.progress(2, 4)
    run.log("waiting for a word")
    while not run.aborted.wait(0.05):
        for message in run.messages():
            return message
    (run.folder / "tidy").write_text("yes")
    raise Failure("was told to end")

@service.asynchronous
def deaf(run: Run) -> None:
    """Never ask whether it is to end."""
    run.progress(1)
    while True:
        run.folder.stat()
'''


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A module of functions."""
    return module(tmp_path, FUNCTIONS)


async def test_a_function_gets_its_types_and_gives_its_outputs(tmp_path: Path, made: Path) -> None:
    text = "-rm /etc\n../x {here} $HOME <&> @\u00fc\u2028"  # what no command could be given
    with serving(tmp_path / "data", made) as url:
        async with Caller(f"{url}/made?wsdl") as caller:
            answer = await caller.call(
                "see", text=text, number="0.1", times="3", yes="1", finish="raw"
            )
    assert (answer["text"], answer["total"]) == (text, "0.3")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("raise", "ValueError: the mesh is tangled"),
        ("failure", "The part is too thin"),
        ("exit", "left by sys.exit(0)"),
        ("_exit", "left no output result"),
        ("crash", "signal 11"),
        ("wrong", "fail promised integer as result, and gave 'a lot'"),
    ],
)
async def test_whatever_a_function_does_is_a_failed_run_and_no_dead_service(
    tmp_path: Path, made: Path, how: str, said: str
) -> None:
    with serving(tmp_path / "data", made) as url:
        async with Caller(f"{url}/made/fail?wsdl") as caller:
            await caller.call("fail", serviceID="1", how=how)
            fault = await caller.failed("1")
            assert said in fault.fault_string
            assert fault.detail_code in {"program-failed", "output-missing"}
            await caller.call("fail", serviceID="2", how="not")
            assert (await caller.completed("2"))["result"] == "1"


async def test_the_log_of_an_exception_shows_the_authors_lines_only(
    tmp_path: Path, made: Path
) -> None:
    with serving(tmp_path / "data", made) as url:
        async with Caller(f"{url}/made/fail?wsdl") as caller:
            await caller.call("fail", serviceID="1", how="raise")
            await caller.failed("1")
    (log,) = (tmp_path / "data" / "runs").glob("*/log")
    assert "made.py" in log.read_text()
    assert "__main__" not in log.read_text()


async def test_a_run_shows_progress_and_log_and_hears_messages(tmp_path: Path, made: Path) -> None:
    with serving(tmp_path / "data", made) as url:
        async with Caller(f"{url}/made/steer?wsdl") as caller:
            await caller.call("steer", serviceID="1")
            give_up = time.monotonic() + 60
            while "waiting for a word" not in (page := page_in(await caller.status("1"))):
                assert time.monotonic() < give_up
                await asyncio.sleep(0.05)
            assert "50" in page
            await caller.call("notifyService", serviceID="1", message="stop")
            assert (await caller.completed("1"))["result"] == "stop"


async def test_a_function_may_tidy_up_when_it_is_aborted(tmp_path: Path, made: Path) -> None:
    with serving(tmp_path / "data", made) as url:
        async with Caller(f"{url}/made/steer?wsdl") as caller:
            await caller.call("steer", serviceID="1")
            log = next((tmp_path / "data" / "runs").iterdir()) / "log"
            await until(lambda: "waiting" in log.read_text())
            assert await caller.call("abortService", serviceID="1") == {"success": "true"}
            assert (await caller.failed("1")).detail_code == "aborted"
    assert (log.parent / "work" / "tidy").exists()


def reported(run: Path) -> bytes:
    """What the function of a run has said of its progress."""
    file = run / "reports"
    return file.read_bytes() if file.exists() else b""


async def test_a_function_that_does_not_care_for_aborts_is_ended_at_once(
    tmp_path: Path, made: Path
) -> None:
    text = FUNCTIONS.replace(
        "@service.asynchronous\ndef deaf", '@service.asynchronous(grace="60 s")\ndef deaf'
    )
    made.write_text(made.read_text().replace(FUNCTIONS, text))
    with serving(tmp_path / "data", made) as url:
        async with Caller(f"{url}/made/deaf?wsdl") as caller:
            await caller.call("deaf", serviceID="1")
            run = next((tmp_path / "data" / "runs").iterdir())
            await until(lambda: b"percent" in reported(run))
            assert await caller.call("abortService", serviceID="1") == {"success": "true"}


async def test_a_run_of_a_function_survives_its_service(tmp_path: Path, made: Path) -> None:
    service = ServiceProcess(tmp_path / "data", made)
    wsdl = next(url for url in service.start() if "steer" in url)
    async with Caller(wsdl) as caller:
        await caller.call("steer", serviceID="1")
        service.kill()
        made.write_text(made.read_text().replace("Wait for a word", "Wait for another"))
        service.start()
        await caller.call("notifyService", serviceID="1", message="on")
        assert (await caller.completed("1"))["result"] == "on"
    service.stop()


IN_PROCESS = '''
started = asyncio.Event()

@service.synchronous(time_limit="0.5 s")
async def quick(a: int, names: list[str], b: Decimal = Decimal(2)) -> Decimal:
    """Multiply."""
    if a == 1:
        raise Failure("1 is boring")
    if a == 2:
        raise ValueError("secret detail")
    if a == 3:
        await asyncio.sleep(600)
    if a == 4:
        return Decimal("Infinity")
    return a * b + len(names)
'''


async def test_an_async_function_runs_in_the_service_itself(tmp_path: Path) -> None:
    with serving(tmp_path / "data", module(tmp_path, IN_PROCESS)) as url:
        async with Caller(f"{url}/made?wsdl") as caller:
            answers = await asyncio.gather(
                *(caller.call("quick", a=str(a), names=["x", "y"]) for a in range(10, 30))  # type: ignore[arg-type]
            )
    assert [answer["result"] for answer in answers] == [str(2 * a + 2) for a in range(10, 30)]
    assert not list((tmp_path / "data" / "runs").iterdir())


@pytest.mark.parametrize(
    ("a", "said", "code"),
    [
        ("1", "1 is boring", "program-failed"),
        ("2", "internal error ", "internal-error"),
        ("3", "longer than 0.5 s", "time-limit"),
        ("4", "quick promised decimal as result", "program-failed"),
        ("x", "a: 'x' is not a whole number", "invalid-value"),
    ],
)
async def test_what_an_async_function_raises_is_a_fault_that_tells_no_more_than_it_should(
    tmp_path: Path, a: str, said: str, code: str
) -> None:
    with serving(tmp_path / "data", module(tmp_path, IN_PROCESS)) as url:
        async with Caller(f"{url}/made?wsdl") as caller:
            with pytest.raises(SoapFault) as raised:
                await caller.call("quick", a=a, names=["x"])  # type: ignore[arg-type]
    assert said in raised.value.fault_string
    assert "secret detail" not in raised.value.fault_string
    assert raised.value.detail_code == code


async def test_functions_and_program_files_are_served_side_by_side(tmp_path: Path) -> None:
    other = module(tmp_path, "@service.synchronous\nasync def f() -> str:\n    return 'other'\n")
    with serving(tmp_path / "data", BEAM, other) as url:
        async with Caller(f"{url}/made?wsdl") as caller:
            assert await caller.call("f") == {"result": "other"}
        async with Caller(f"{url}/beam/Beam?wsdl") as caller:
            # F·l³ / (3·E·I) with I = b⁴/12
            assert await caller.call("deflect", force="100", length="500") == {"result": "1.488095"}
            with pytest.raises(SoapFault, match="is a block"):
                await caller.call("deflect", force="100", length="5")


async def test_the_beam_of_the_examples_scatters_and_gives_what_it_has(tmp_path: Path) -> None:
    with serving(tmp_path / "data", BEAM) as url:
        async with Caller(f"{url}/beam/Beam?wsdl") as caller:
            await caller.call(
                "scatter", serviceID="1", force="100", length="500", samples="10000000"
            )
            give_up = time.monotonic() + 60
            while "data:image/svg+xml" not in page_in(await caller.status("1")):
                assert time.monotonic() < give_up
                await asyncio.sleep(0.1)
            await caller.call("notifyService", serviceID="1", message="enough")
            answer = await caller.completed("1")
    assert 1_000 <= int(answer["samples"]) < 10_000_000
    assert 1.45 < float(answer["mean"]) < 1.55
    assert 0.05 < float(answer["spread"]) < 0.3


def test_settings_know_modules_of_functions(tmp_path: Path) -> None:
    settings = read_settings([BEAM], environ={}, data=tmp_path, no_auth=True)

    (served,) = settings.programs
    assert served.program.here == str(BEAM.parent)
    assert list(served.functions) == ["deflect"]
    assert settings_for(tmp_path, BEAM).programs[0].functions.keys() == served.functions.keys()
