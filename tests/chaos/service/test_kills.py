"""kill -9 of the service at random moments: every run ends right, every program started once."""

import asyncio
import json
import os
import random
import signal
import time
from pathlib import Path

import pytest
from tests.fakes.jobs import program_pid
from tests.fakes.tarry_service import (
    PATIENCE,
    Caller,
    ServiceProcess,
    serving,
    shell_service,
    until,
)

from tarry.contract.errors import TarryError
from tarry.soap.errors import AnswerLost, NotSent, SoapFault, WsdlUnreadable

SCRIPT = shell_service(
    'echo started >>starts; echo 50 >status; sleep "$1"; echo "done $2" >result',
    """
    inputs.seconds = { type = "decimal", minimum = 0 }
    inputs.number = { type = "integer", minimum = 0 }
    progress = { file = "status" }
    outputs.result = { from = { text = "result" } }
    """,
).replace('"program"]', '"program", "{seconds}", "{number}"]')
LOST = (AnswerLost, NotSent, WsdlUnreadable)


async def insist(caller: Caller, operation: str, **arguments: str) -> dict[str, str]:
    """Call as a workflow manager does: again with the same id, until there is an answer."""
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            return await caller.call(operation, **arguments)
        except LOST:
            assert time.monotonic() < give_up, "the service never answered"
            await asyncio.sleep(0.02)


async def run(caller: Caller, number: int) -> str:
    """Start a run and poll it to its end; gives its result."""
    service_id, seconds = f"run-{number}", str(number % 4 / 10)
    answer = await insist(caller, "run", serviceID=service_id, seconds=seconds, number=str(number))
    give_up = time.monotonic() + PATIENCE
    while answer["status_base64"] != "COMPLETED":
        assert answer["result"] == "UNSET"
        assert time.monotonic() < give_up, "the run never completed"
        await asyncio.sleep(0.05)
        answer = await insist(caller, "getServiceStatus", serviceID=service_id)
    return answer["result"]


@pytest.mark.parametrize("seed", range(4))
async def test_kill_9_at_random_moments_loses_no_run_and_repeats_none(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    program = tmp_path / "shell.toml"
    program.write_text(SCRIPT)
    service = ServiceProcess(tmp_path / "data", program)
    (address,) = service.start()
    numbers = range(12)
    async with Caller(address) as caller:
        runs = [asyncio.create_task(run(caller, number)) for number in numbers]
        for _ in range(5):
            await asyncio.sleep(chance.uniform(0, 0.4))
            service.kill()
            await asyncio.to_thread(service.start)
        results = await asyncio.gather(*runs)
    assert results == [f"done {number}" for number in numbers]
    folders = list((tmp_path / "data" / "runs").iterdir())
    assert len(folders) == len(numbers)
    assert [(f / "work" / "starts").read_text() for f in folders] == ["started\n"] * len(folders)
    assert service.stop() == 0


async def test_a_program_that_ends_while_no_service_runs_is_found_ended(tmp_path: Path) -> None:
    program = tmp_path / "shell.toml"
    program.write_text(SCRIPT)
    service = ServiceProcess(tmp_path / "data", program)
    (address,) = service.start()
    async with Caller(address) as caller:
        await caller.call("run", serviceID="1", seconds="0.3", number="7")
        service.kill()
        (folder,) = (tmp_path / "data" / "runs").iterdir()
        await until((folder / "control" / "exit").exists)
        service.start()
        assert (await caller.completed("1"))["result"] == "done 7"
    service.stop()


async def test_program_and_shim_killed_together_are_lost_and_said_to_be(tmp_path: Path) -> None:
    with serving(tmp_path, shell_service("sleep 600")) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            (folder,) = (tmp_path / "runs").iterdir()
            await until(lambda: program_pid(folder))
            os.killpg(os.getpgid(program_pid(folder)), signal.SIGKILL)
            fault = await caller.failed("1")
            again = await caller.failed("1")
            with pytest.raises(SoapFault) as repeated:
                await caller.call("run", serviceID="1")
    assert fault.detail_code == again.detail_code == repeated.value.detail_code == "lost"


async def test_after_a_power_loss_a_run_that_may_have_begun_is_lost_and_not_begun_again(
    tmp_path: Path,
) -> None:
    program = shell_service("echo started >>../../../starts")
    with serving(tmp_path, program) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            await caller.completed("1")
    # what the disk may look like then: the id of an earlier boot, and nothing of the job
    (record,) = (tmp_path / "ids").iterdir()
    record.write_text(json.dumps({**json.loads(record.read_text()), "boot": "an earlier one"}))
    (folder,) = (tmp_path / "runs").iterdir()
    (folder / "outcome.json").unlink()
    for mark in (folder / "control").iterdir():
        mark.unlink()
    with serving(tmp_path, program) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            fault = await caller.failed("1")
            assert fault.detail_code == "lost"
            with pytest.raises(TarryError):
                await caller.call("run", serviceID="1")
    assert (tmp_path / "starts").read_text() == "started\n"


async def test_after_a_power_loss_that_took_the_folder_the_id_is_still_used(
    tmp_path: Path,
) -> None:
    program = shell_service("echo started >>../../../starts")
    with serving(tmp_path, program) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            await caller.completed("1")
    (folder,) = (tmp_path / "runs").iterdir()
    folder.rename(tmp_path / "taken")
    with serving(tmp_path, program) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            with pytest.raises(SoapFault) as raised:
                await caller.call("run", serviceID="1")
    assert raised.value.detail_code == "lost"
    assert (tmp_path / "starts").read_text() == "started\n"
