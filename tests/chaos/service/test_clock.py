"""The machine's clock is set, forwards or backwards by years, in the middle of a run."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.fakes.tarry_service import Caller, running, settings_for, shell_service, until

from tarry.contract.status import LAST_PAGE_HEADER
from tarry.service.api.server import build

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


def sensible(page: str) -> None:
    """No time that is negative."""
    text = re.sub(r"<style.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert not re.search(r"(?<![\w-])-\s?\d", text), text
