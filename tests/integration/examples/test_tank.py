"""The tank: everything is read off its log, and Torricelli is right."""

import subprocess
import sys
from pathlib import Path

import pytest
from lxml import html
from tests.fakes.examples import EXAMPLES, run_script
from tests.fakes.tarry_service import Caller, serving

from tarry.contract.progress import progress_of
from tarry.service.adapters.watching import FileWatcher
from tarry.service.model.program_file import read

TANK = EXAMPLES / "tank" / "tank.toml"


async def test_a_tank_is_empty_when_torricelli_says(tmp_path: Path) -> None:
    with serving(tmp_path, TANK) as url:
        async with Caller(f"{url}/tank/Tank?wsdl") as caller:
            await caller.call("startTank", serviceID="1", level="2", ratio="400", pace="0")
            outputs = await caller.completed("1")
    expected = 400 * (2 * 2 / 9.81) ** 0.5  # A/a · sqrt(2·h/g)
    assert float(outputs["empty_after"]) == pytest.approx(expected, rel=1e-2)
    assert float(outputs["level"]) == 0


async def test_half_the_time_leaves_a_quarter_of_the_water(tmp_path: Path) -> None:
    half = 400 * (2 * 2 / 9.81) ** 0.5 / 2
    with serving(tmp_path, TANK) as url:
        async with Caller(f"{url}/tank/Tank?wsdl") as caller:
            end = {"end_time": f"{half:.2f}", "pace": "0"}
            await caller.call("startTank", serviceID="1", level="2", ratio="400", **end)
            outputs = await caller.completed("1")
    assert float(outputs["level"]) == pytest.approx(2 / 4, rel=1e-3)
    assert "empty_after" not in outputs or outputs["empty_after"] == ""


def test_its_log_says_how_far_it_is_and_draws_the_level(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    done = run_script("tank/tank.py", "2", "400", "100", "0", folder=tmp_path)
    (operation,) = read(TANK.read_text(), here=str(TANK.parent)).operations
    lines = done.stdout.splitlines(keepends=True)
    (tmp_path / "log").write_text("".join(lines[: 1 + 25]))  # the heading, and 25 s

    seen = FileWatcher().watch(tmp_path, operation).look()

    assert seen.percent == 25
    assert len(list(html.fromstring(seen.plot).iter("polyline"))) == 1
    assert 1.4 < seen.values["level"] < 2


async def test_its_page_shows_how_far_it_is_while_it_runs(tmp_path: Path) -> None:
    with serving(tmp_path, TANK) as url:
        async with Caller(f"{url}/tank/Tank?wsdl") as caller:
            await caller.call("startTank", serviceID="1", end_time="100", pace="1")
            page = ""
            while "t = 1.00 of 100 s" not in page:
                page = await caller.page("1")
            assert progress_of(page.encode()) in {1, 2}
            await caller.call("abortService", serviceID="1")
            assert (await caller.failed("1")).detail_code == "aborted"


def test_it_needs_nothing_of_tarry(tmp_path: Path) -> None:
    command = [sys.executable, "-I", str(TANK.with_name("tank.py")), "1", "100", "5", "0"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].startswith("Final level 0.79")  # (1 - 5·√(g/2)/100)²
    assert not list(tmp_path.iterdir())
