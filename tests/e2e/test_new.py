"""`tarry new` writes a service that runs as it is, or around a command of one's own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.e2e.conftest import ROOT, TARRY
from tests.e2e.reader import blocks

from tarry.cli.main import tarry
from tarry.contract.ports import PortType
from tarry.service.model import program_file
from tarry.service.model.program import ProgramFile, StoredFile


def read(file: Path) -> ProgramFile:
    return program_file.read(file.read_text(), file=str(file), here=str(file.parent))


def test_the_new_service_keeps_the_contract_as_its_own_test_says(tmp_path: Path) -> None:
    folder = tmp_path / "solver"
    subprocess.run([*TARRY, "new", "Solver", "--folder", folder, "--yes"], check=True, timeout=60)

    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        [sys.executable, folder / "test_solver.py"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


def test_answers_become_inputs_and_outputs(tmp_path: Path) -> None:
    answers = [
        'A title with "quotes" and \\ in it',
        'gmsh {deck} -size {h} -comment "two words" -o {work}/m.msh',
        "file",
        "decimal",
        "abc",  # is refused, and asked for again
        "2.5",
        "m.msh",
        "n",
    ]
    folder = tmp_path / "mesher"
    done = CliRunner().invoke(
        tarry, ["new", "Mesher", "--folder", str(folder)], input="\n".join([*answers, ""])
    )

    assert done.exit_code == 0, done.output
    assert "'abc' is not a decimal number" in done.output
    program = read(folder / "mesher.toml")
    assert program.title == answers[0]
    (operation,) = program.operations
    assert [(port.name, port.type) for port in operation.inputs] == [
        ("deck", PortType.FILE),
        ("h", PortType.DECIMAL),
    ]
    assert operation.inputs[1].default == "2.5"
    assert len(operation.command) == 8
    assert [output.source for output in operation.outputs] == [StoredFile("m.msh")]
    assert not (folder / "mesher.py").exists()
    assert os.access(folder / "run.sh", os.X_OK)


@pytest.mark.parametrize("name", ["x" * 101, "../x", "a b", "", "9"])
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(tarry, ["new", name, "--folder", str(tmp_path / "x"), "--yes"])
    assert done.exit_code == 2
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("place", ["file", "file/below", "long" * 100])
def test_where_nothing_can_be_written_is_said(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = str(tmp_path / place)
    done = CliRunner().invoke(tarry, ["new", "Solver", "--folder", folder, "--yes"])
    assert done.exit_code == 1
    assert "Choose another with --folder" in done.output


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("mine")
    done = CliRunner().invoke(tarry, ["new", "Solver", "--folder", str(tmp_path), "--yes"])
    assert done.exit_code == 1
    assert "no empty folder" in done.output
    assert (tmp_path / "env").read_text() == "mine"


def test_the_guide_to_docker_sets_what_the_compose_file_asks_for(tmp_path: Path) -> None:
    folder = tmp_path / "solver"
    done = CliRunner().invoke(tarry, ["new", "Solver", "--folder", str(folder), "--yes"])
    assert done.exit_code == 0, done.output
    asked = set(re.findall(r"\$\{([A-Z_]+)", (folder / "compose.yaml").read_text()))
    guide = ROOT / "docs" / "how-to" / "deploy-with-docker-and-nginx.md"
    (block,) = [one for one in blocks(guide.read_text("utf-8")) if one.marks.get("file") == ".env"]
    assert {line.partition("=")[0] for line in block.lines} == asked
