"""The heat equation as a service: the right temperature, a picture, and a plot of the residual."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import html
from tests.fakes.examples import EXAMPLES

from tarry.service.adapters.watching import FileWatcher
from tarry.service.model.page import media_type_of
from tarry.service.model.program_file import read

HEAT = EXAMPLES / "heat"


def solve(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    work = folder / "work"
    work.mkdir(parents=True)
    return subprocess.run(
        [sys.executable, HEAT / "heat.py", *arguments, work / "result.json", work / "plate.svg"],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_the_middle_of_the_plate_has_a_quarter_of_the_heat(tmp_path: Path) -> None:
    # By symmetry: four plates, each with another edge hot, add up to one that is hot all over.
    done = solve(tmp_path, "21", "400", "0.0001")

    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "work" / "result.json").read_text())
    assert found["middle"] == pytest.approx(100, abs=0.1)
    picture = (tmp_path / "work" / "plate.svg").read_bytes()
    assert media_type_of(picture[:1024], picture[-64:]) == "image/svg+xml"


def test_its_page_shows_the_picture_and_the_residual(tmp_path: Path) -> None:
    done = solve(tmp_path, "13", "100", "0.001")
    (tmp_path / "log").write_text(done.stdout)
    program = read((HEAT / "heat.toml").read_text(), file="heat.toml", here=str(HEAT))
    (operation,) = program.operations

    seen = FileWatcher().watch(tmp_path, operation).look()

    assert len(seen.pictures) == 1
    assert len(list(html.fromstring(seen.plot).iter("polyline"))) == 1
    assert ">1e-4<" in seen.plot  # decades: the last change is just below 1e-3
    values = {
        output.port.name: FileWatcher().value(tmp_path, output) for output in operation.outputs
    }
    assert values["iterations"] == str(done.stdout.count("Iteration "))
    assert float(values["middle"] or 0) == pytest.approx(25, abs=0.5)
