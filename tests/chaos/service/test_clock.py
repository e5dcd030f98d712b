"""The machine's clock is set, forwards or backwards by years, in the middle of a run."""

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.fakes.tarry_service import Caller, running, settings_for, shell_service, until

from tarry.contract.status import LAST_PAGE_HEADER
from tarry.service.api.server import build
from tarry.service.operations.upkeep import remove_old

YEARS = timedelta(days=3_650)
PROGRAM = shell_service(
    "echo started >>starts; echo 50 >status; until [ -e {gate} ]; do sleep 0.02; done; echo ok >a",
    """
    progress = { file = "status" }
    outputs.result = { from = { text = "a" } }
    """,
)


class SetClock:
    """A clock that somebody sets."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.mark.parametrize("jump", [YEARS, -YEARS], ids=["forwards", "backwards"])
async def test_a_jump_of_the_clock_ends_no_run_and_shows_no_nonsense(
    tmp_path: Path, jump: timedelta
) -> None:
    clock, gate, data = SetClock(), tmp_path / "gate", tmp_path / "data"
    settings = settings_for(data, PROGRAM.replace("{gate}", str(gate)))
    names = {"serviceID": "1", "sessionToken": "token"}
    with running(build(settings, clock=clock)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            (folder,) = (data / "runs").iterdir()
            await until((folder / "work" / "starts").exists)
            clock.ahead = jump
            sensible(await caller.page("1"))
            with (folder / "log").open("a") as log:
                log.write("news\n")
            page = await caller.page("1")
            assert "news" in page
            sensible(page)
    with running(build(settings, clock=clock)) as url:  # cleans what is old when it starts
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            sensible(await caller.page("1"))
            gate.touch()
            assert (await caller.completed("1"))["result"] == "ok"
            clock.ahead = timedelta()
            assert (await caller.status("1"))["status_base64"] == "COMPLETED"
            last = await caller.answer("getServiceStatus", {LAST_PAGE_HEADER: "wanted"}, **names)
            assert last.outputs["result"] == "ok"
    assert (folder / "work" / "starts").read_text() == "started\n"


@pytest.mark.parametrize("jump", [YEARS, -YEARS], ids=["forwards", "backwards"])
async def test_a_jump_of_the_clock_removes_no_fresh_result_and_keeps_none_for_ever(
    tmp_path: Path, jump: timedelta
) -> None:
    clock, data, passed = SetClock(), tmp_path / "data", 0.0
    settings = settings_for(data, 'keep_for = "2 d"\n' + PROGRAM.replace("[ -e {gate} ]", "true"))

    async def run(service_id: str) -> None:
        with running(build(settings, clock=clock)) as url:
            async with Caller(f"{url}/shell/Shell?wsdl") as caller:
                await caller.call("run", serviceID=service_id)
                assert (await caller.completed(service_id))["result"] == "ok"

    def removed() -> int:
        """What a service does when it starts, and every hour."""
        service = build(settings, clock=clock, since_boot=lambda: passed)
        try:
            return remove_old(service.workshop, timedelta(days=30))
        finally:
            service.runs.close()

    passed = time.clock_gettime(time.CLOCK_BOOTTIME)
    await run("before")
    assert removed() == 0
    clock.ahead = jump
    assert removed() == 0
    await run("meanwhile")
    assert removed() == 0
    clock.ahead = timedelta()
    assert removed() == 0
    passed += timedelta(days=1).total_seconds()
    assert removed() == 0
    passed += timedelta(days=1, hours=1).total_seconds()
    assert removed() == 2


def sensible(page: str) -> None:
    """No time that is negative."""
    text = re.sub(r"<style.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert not re.search(r"(?<![\w-])-\s?\d", text), text
