"""What a run may take: it is ended beyond that, and says why; other runs wait for their turn."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.fakes.jobs import exists, program_pid
from tests.fakes.tarry_service import (
    Caller,
    ServiceProcess,
    running,
    serving,
    settings_for,
    shell_service,
    until,
)

from tarry.service.api.server import build
from tarry.soap.errors import SoapFault

HOG = """import sys, time
kept = bytearray(int(sys.argv[1]) * 1000000)
kept[::1024] = bytes(len(range(0, len(kept), 1024)))
print("has it", flush=True)
time.sleep(600)
"""


def the_run(data: Path) -> Path:
    """Give the folder of the only run."""
    (folder,) = (data / "runs").iterdir()
    return folder


async def fault_of(data: Path, script: str, limits: str) -> SoapFault:
    """Run a line of shell that passes a limit, and give the fault."""
    with serving(data, shell_service(script, f"limits = {{ {limits} }}\ngrace = '200 s'")) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            return await caller.failed("1")


async def test_a_program_that_takes_too_long_is_ended_with_all_that_it_has_started(
    tmp_path: Path,
) -> None:
    fault = await fault_of(tmp_path, "sleep 600 & echo $! >child; sleep 600", 'wall_time = "0.5 s"')

    assert fault.detail_code == "time-limit"
    assert "longer than the 0.5 s" in fault.fault_string
    assert not exists(int((the_run(tmp_path) / "work/child").read_text()))


async def test_a_program_past_a_limit_gets_the_time_to_clean_up(tmp_path: Path) -> None:
    fault = await fault_of(
        tmp_path,
        "trap 'touch tidy; exit 0' TERM; while :; do sleep 0.05; done",
        'wall_time = "0.5 s"',
    )

    assert fault.detail_code == "time-limit"
    assert (the_run(tmp_path) / "work/tidy").exists()


async def test_the_memory_of_all_processes_of_a_run_counts_together(tmp_path: Path) -> None:
    (tmp_path / "hog.py").write_text(HOG)
    hog = f"python3 {tmp_path}/hog.py 60"
    fault = await fault_of(tmp_path, f"{hog} & {hog} & {hog} & wait", 'memory = "150 MB"')

    assert fault.detail_code == "memory-limit"
    assert "more than the 150 MB" in fault.fault_string


async def test_memory_that_processes_share_counts_once(tmp_path: Path) -> None:
    forks = tmp_path / "forks.py"
    forks.write_text(
        "import os, time\n"
        "kept = bytearray(80_000_000); kept[::1024] = bytes(len(range(0, len(kept), 1024)))\n"
        "children = [os.fork() for _ in range(2)]\n"
        "time.sleep(1.5)\n"
    )
    script = f"python3 {forks} && echo fine >result"
    rest = "limits = { memory = '200 MB' }\noutputs.result = { from = { text = 'result' } }"
    with serving(tmp_path, shell_service(script, rest)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            assert (await caller.completed("1"))["result"] == "fine"


async def test_a_program_that_writes_too_much_is_ended(tmp_path: Path) -> None:
    fault = await fault_of(
        tmp_path,
        "mkdir sub; while :; do head -c 1000000 /dev/zero >>sub/big; sleep 0.05; done",
        'output_size = "3 MB"',
    )

    assert fault.detail_code == "output-limit"
    assert "more than the 3 MB" in fault.fault_string


async def test_what_was_written_too_fast_to_be_seen_counts_in_the_end(tmp_path: Path) -> None:
    fault = await fault_of(tmp_path, "head -c 5000000 /dev/zero", 'output_size = "3 MB"')

    assert fault.detail_code == "output-limit"


async def test_an_abort_of_a_run_with_limits_is_an_abort(tmp_path: Path) -> None:
    with serving(tmp_path, shell_service("sleep 600", "limits = { wall_time = '1 h' }")) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            answer = await caller.call("abortService", serviceID="1")
            assert answer["success"] == "true"
            assert (await caller.failed("1")).detail_code == "aborted"


async def test_limits_hold_over_a_restart_and_count_from_the_start_of_the_program(
    tmp_path: Path,
) -> None:
    program = tmp_path / "shell.toml"
    program.write_text(shell_service("sleep 600", "limits = { wall_time = '3 s' }"))
    service = ServiceProcess(tmp_path / "data", program)
    (address,) = service.start()
    async with Caller(address) as caller:
        await caller.call("run", serviceID="1")
        service.kill()
        service.start()
        fault = await caller.failed("1")
    assert fault.detail_code == "time-limit"
    service.stop()


async def test_a_run_that_was_being_ended_at_a_kill_is_ended_after_it(tmp_path: Path) -> None:
    deaf = "trap '' TERM; while :; do sleep 0.05; done"
    program = tmp_path / "shell.toml"
    limits = "limits = { wall_time = '0.2 s' }\ngrace = '2 s'"
    program.write_text(shell_service(deaf, limits))
    service = ServiceProcess(tmp_path / "data", program)
    (address,) = service.start()
    async with Caller(address) as caller:
        await caller.call("run", serviceID="1")
        folder = the_run(tmp_path / "data")
        await until((folder / "control" / "abort").exists)
        service.kill()
        assert exists(program_pid(folder))
        service.start()
        fault = await caller.failed("1")
    assert fault.detail_code == "time-limit"
    assert not exists(program_pid(folder))
    service.stop()


async def test_an_abort_that_was_asked_for_before_a_kill_is_carried_out_after_it(
    tmp_path: Path,
) -> None:
    program = tmp_path / "shell.toml"
    deaf = "trap '' TERM; while :; do sleep 0.05; done"
    program.write_text(shell_service(deaf, "grace = '2 s'"))
    service = ServiceProcess(tmp_path / "data", program)
    (address,) = service.start()
    async with Caller(address) as caller:
        await caller.call("run", serviceID="1")
        folder = the_run(tmp_path / "data")
        asking = asyncio.create_task(caller.call("abortService", serviceID="1"))
        await until((folder / "control" / "abort").exists)
        service.kill()
        await asyncio.gather(asking, return_exceptions=True)
        service.start()
        fault = await caller.failed("1")
    assert fault.detail_code == "aborted"
    assert not exists(program_pid(folder))
    service.stop()


class JumpingClock:
    """A clock that somebody sets."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.mark.parametrize("jump", [timedelta(days=9), timedelta(days=-9)])
async def test_a_clock_that_jumps_ends_no_run_and_changes_no_order(
    tmp_path: Path, jump: timedelta
) -> None:
    script = 'until [ -e "$1/go" ]; do sleep 0.02; done; echo "$2" >>"$1/order"'
    program = shell_service(
        script,
        "inputs.number = { type = 'integer' }\nlimits = { wall_time = '1 h', runs_at_once = 1 }",
    ).replace('"program"]', f'"program", "{tmp_path}", "{{number}}"]')
    clock = JumpingClock()
    service = build(settings_for(tmp_path / "data", program), clock=clock)
    with running(service) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            for number in range(4):
                await caller.call("run", serviceID=str(number), number=str(number))
                clock.ahead += jump
            await asyncio.sleep(1.2)  # two looks at the limits
            (tmp_path / "go").touch()
            for number in range(4):
                await caller.completed(str(number))
    assert (tmp_path / "order").read_text().split() == ["0", "1", "2", "3"]


async def test_without_room_on_the_disk_nothing_is_started_and_nothing_recorded(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, shell_service("true", "limits = { free_disk = '999 TB' }")) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            with pytest.raises(SoapFault) as raised:
                await caller.call("run", serviceID="1")
    assert raised.value.detail_code == "disk-full"
    assert "needs 999 TB" in raised.value.fault_string
    assert list((tmp_path / "ids").iterdir()) == list((tmp_path / "runs").iterdir()) == []


async def test_a_synchronous_call_has_limits_too(tmp_path: Path) -> None:
    program = shell_service("head -c 5000000 /dev/zero", "limits = { output_size = '1 MB' }")
    with serving(tmp_path, program.replace("asynchronous", "synchronous")) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            with pytest.raises(SoapFault) as raised:
                await caller.call("run")
    assert raised.value.detail_code == "output-limit"
