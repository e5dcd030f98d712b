"""A thousand starts at once on a small machine: each program once, and the service stays small."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from tests.fakes.mutations import call
from tests.fakes.tarry_service import Caller, ServiceProcess, shell_service

STARTS = 1_000
PROGRAM = shell_service(
    "echo started >>starts; echo $1 >number",
    """
    inputs.number = { type = "integer", minimum = 0 }
    outputs.number = { type = "integer", from = { text = "number" } }
    """,
).replace('"program"]', '"program", "{number}"]')
NAMESPACE = "urn:tarry:service:Shell"


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


@pytest.mark.timeout(300)
async def test_a_thousand_starts_at_once_start_each_program_once(tmp_path: Path) -> None:
    """Every start is sent twice at the same time, as by a manager that lost the first answer."""
    program = tmp_path / "shell.toml"
    program.write_text(PROGRAM)
    service = ServiceProcess(tmp_path / "data", program)
    url = service.start()[0].removesuffix("?wsdl")
    before = resident(service.pid)
    # not with our own client, which has limits of its own
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def start(number: int) -> None:
            body = call(
                "run", NAMESPACE, serviceID=f"run {number}", sessionToken="t", number=str(number)
            )
            async with session.post(url, data=body) as answer:
                assert answer.status == 200, await answer.text()

        await asyncio.gather(*(start(number) for number in range(STARTS) for _ in range(2)))
    most = resident(service.pid)
    async with Caller(f"{url}?wsdl") as caller:
        for number in range(STARTS):
            answer = await caller.completed(f"run {number}")
            assert answer["number"] == str(number)
    folders = list((tmp_path / "data" / "runs").iterdir())
    assert len(folders) == STARTS
    assert all((folder / "work" / "starts").read_text() == "started\n" for folder in folders)
    assert most - before < 300_000_000
    assert len(list(Path(f"/proc/{service.pid}/fd").iterdir())) < 200
    assert service.stop() == 0
