"""Disks that are full, and folders that cannot be read: said clearly, and nothing else is lost."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.small_disk import fill, small_disk
from tests.fakes.tarry_service import (
    WAITER,
    Caller,
    ServiceProcess,
    serving,
    settings_for,
    shell_service,
    until,
)

from tarry.contract.errors import TarryError
from tarry.service.api.server import build
from tarry.soap.errors import SoapFault

PROGRAM = shell_service(
    "echo started >>starts; until [ -e {gate} ]; do sleep 0.02; done; echo done >result",
    "outputs.result = { from = { text = 'result' } }",
)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for a few runs."""
    with small_disk(tmp_path / "disk", "100m") as mounted:
        yield mounted


BAD_ENDS = ("lost", "program-failed", "output-missing")


async def stand(caller: Caller, service_id: str) -> tuple[str, str]:
    """How a run stands: `page`, `COMPLETED` or the code of a fault; and its result or the fault."""
    try:
        answer = await caller.status(service_id)
    except SoapFault as fault:
        return fault.detail_code, fault.fault_string
    status = answer["status_base64"]
    return ("COMPLETED" if status == "COMPLETED" else "page"), answer["result"]


def program(gate: Path) -> str:
    """A program that waits until a file is there."""
    return PROGRAM.replace("{gate}", str(gate))


async def test_on_a_full_disk_a_start_is_refused_clearly_and_works_when_there_is_room(
    tmp_path: Path, disk: Path
) -> None:
    gate = tmp_path / "gate"
    gate.touch()
    with serving(disk / "data", program(gate)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            filling = fill(disk)
            for _ in range(2):
                with pytest.raises(SoapFault) as refused:
                    await caller.call("run", serviceID="1")
                assert refused.value.detail_code != "internal-error"
                assert "disk" in refused.value.fault_string.lower()
            filling.unlink()
            await caller.call("run", serviceID="1")
            assert (await caller.completed("1"))["result"] == "done"
    (folder,) = (disk / "data" / "runs").iterdir()
    assert (folder / "work" / "starts").read_text() == "started\n"


async def test_a_run_whose_disk_fills_up_is_told_of_and_ends_right_when_there_is_room(
    tmp_path: Path, disk: Path
) -> None:
    gate = tmp_path / "gate"
    with serving(disk / "data", program(gate)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            (folder,) = (disk / "data" / "runs").iterdir()
            await until((folder / "work" / "starts").exists)
            filling = fill(disk)
            assert "<html" in await caller.page("1")
            gate.touch()
            control = folder / "control"
            # the shim leaves, with or without room for its mark
            await until(lambda: (control / "exit").exists() or not (control / "pid").exists())
            assert (await stand(caller, "1"))[0] in {"page", *BAD_ENDS}
            filling.unlink()
            end = await stand(caller, "1")
            while end[0] == "page":
                await asyncio.sleep(0.02)
                end = await stand(caller, "1")
            # the program itself may have had no room for its result
            assert end == ("COMPLETED", "done") or end[0] in BAD_ENDS
    assert (folder / "work" / "starts").read_text() == "started\n"


def spoil(file: Path, was: Path) -> None:
    """Make a file that even root cannot read: a link that leads to itself."""
    if file.exists():
        file.rename(was)
    file.symlink_to(file.name)
    with pytest.raises(OSError, match="symbolic links"):
        file.stat()


@pytest.mark.parametrize(
    "victim", ["request.json", "outcome.json", "secrets.json", "control", "work", "log", "."]
)
async def test_a_run_that_cannot_be_read_harms_no_other(tmp_path: Path, victim: str) -> None:
    gate, data = tmp_path / "gate", tmp_path / "data"
    with serving(data, program(gate)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="spoilt")
            (folder,) = (data / "runs").iterdir()
            await until((folder / "work" / "starts").exists)
            spoil(folder if victim == "." else folder / victim, tmp_path / "was")
            await check_answer(caller, "spoilt")
    with serving(data, program(gate)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            gate.touch()
            await caller.call("run", serviceID="sound")
            assert (await caller.completed("sound"))["result"] == "done"
            await check_answer(caller, "spoilt")
            with pytest.raises(SoapFault) as unknown:
                await caller.status("nobody")
            assert unknown.value.detail_code == "unknown-run"
    places = {"work": tmp_path / "was", ".": tmp_path / "was" / "work"}
    work = places.get(victim, folder / "work")
    assert (work / "starts").read_text() == "started\n"


async def check_answer(caller: Caller, service_id: str) -> None:
    """Whatever is answered, it tells nothing of our insides, and it is not our breaking."""
    code, words = await stand(caller, service_id)
    assert code != "internal-error"
    assert "/" not in words


@pytest.mark.parametrize("spoilt", [".", "ids", "runs", "programs", "lock"])
def test_a_data_folder_that_cannot_be_used_is_named(tmp_path: Path, spoilt: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    spoil(data if spoilt == "." else data / spoilt, tmp_path / "was")
    with pytest.raises(TarryError, match=str(data)):
        build(settings_for(data, WAITER))


async def test_a_record_of_an_id_that_cannot_be_read_starts_nothing_twice(tmp_path: Path) -> None:
    gate, data = tmp_path / "gate", tmp_path / "data"
    gate.touch()
    with serving(data, program(gate)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            await caller.completed("1")
    (record,) = (data / "ids").iterdir()
    spoil(record, tmp_path / "was")
    with serving(data, program(gate)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            with pytest.raises(SoapFault) as refused:
                await caller.call("run", serviceID="1")
            assert refused.value.detail_code != "internal-error"
    (folder,) = (data / "runs").iterdir()
    assert (folder / "work" / "starts").read_text() == "started\n"


async def test_a_service_process_outlives_a_full_disk(tmp_path: Path, disk: Path) -> None:
    """Its log goes elsewhere, its runs do not: it must not end over what it cannot write."""
    gate = tmp_path / "gate"
    gate.touch()
    file = tmp_path / "shell.toml"
    file.write_text(program(gate))
    service = ServiceProcess(disk / "data", file)
    service.start()
    filling = fill(disk)
    async with Caller(service.addresses[0]) as caller:
        for number in range(20):
            with pytest.raises(SoapFault):
                await caller.call("run", serviceID=str(number))
        filling.unlink()
        await caller.call("run", serviceID="0")
        assert (await caller.completed("0"))["result"] == "done"
    assert service.stop() == 0
