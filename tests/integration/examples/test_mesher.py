import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from PIL import Image
from tests.fakes.examples import BRACKET, EXAMPLES, needs_gmsh, run_script

PROGRAM_FILE = EXAMPLES / "mesher/mesher.toml"


def mesh(folder: Path, *options: str, gmsh: str = "gmsh") -> "subprocess.CompletedProcess[str]":
    """Run the mesher on the bracket, coarsely unless told otherwise."""
    given = options or ("-3", "-clmax", "8")
    return run_script("mesher/mesh.py", gmsh, str(BRACKET), *given, "-o", "mesh.msh", folder=folder)


def counts_in(file: Path) -> tuple[int, int]:
    """The numbers of nodes and elements that a mesh file itself states."""
    lines = file.read_text().splitlines()
    nodes = lines[lines.index("$Nodes") + 1].split()[1]
    elements = lines[lines.index("$Elements") + 1].split()[1]
    return int(nodes), int(elements)


def pretend_gmsh(folder: Path, script: str) -> str:
    """Write a program that stands in for gmsh."""
    program = folder / "pretended-gmsh"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


@needs_gmsh
def test_a_step_file_becomes_a_mesh_and_the_log_says_of_what_size(tmp_path: Path) -> None:
    result = mesh(tmp_path)
    assert result.returncode == 0, result.stdout
    operation = tomllib.loads(PROGRAM_FILE.read_text())["operations"]["startMesher"]
    told = tuple(
        int(re.findall(operation["outputs"][name]["from"]["log"], result.stdout, re.MULTILINE)[-1])
        for name in ("nodes", "elements")
    )
    assert told == counts_in(tmp_path / "mesh.msh")
    assert told[1] > 1000


@needs_gmsh
def test_the_progress_in_the_log_grows_to_the_end(tmp_path: Path) -> None:
    expression = tomllib.loads(PROGRAM_FILE.read_text())["operations"]["startMesher"]["progress"]
    told = [
        int(found["percent"])
        for found in re.finditer(expression["log"], mesh(tmp_path).stdout, re.MULTILINE)
    ]
    assert told == sorted(told)
    assert len(told) > 5
    assert told[-1] == 100


@needs_gmsh
def test_smaller_elements_are_more_elements(tmp_path: Path) -> None:
    mesh(tmp_path, "-3", "-clmax", "12")
    coarse = counts_in(tmp_path / "mesh.msh")
    mesh(tmp_path, "-3", "-clmax", "6")
    assert counts_in(tmp_path / "mesh.msh")[1] > 2 * coarse[1]


@needs_gmsh
@pytest.mark.parametrize("dimension", ["2", "3"])
def test_the_mesh_is_drawn(tmp_path: Path, dimension: str) -> None:
    assert mesh(tmp_path, f"-{dimension}", "-clmax", "10").returncode == 0
    with Image.open(tmp_path / "mesh.png") as picture:
        assert picture.format == "PNG"
        painted = picture.convert("RGBA")
    corners = [painted.getpixel((x, y)) for x in (0, painted.width - 1) for y in (0, 5)]
    assert all(isinstance(pixel, tuple) and pixel[3] == 0 for pixel in corners)  # nothing there
    middle = painted.getpixel((painted.width // 2, painted.height // 2))
    assert isinstance(middle, tuple)
    assert middle[3] > 250
    assert [path.name for path in tmp_path.glob(".*")] == []  # no draft left


@needs_gmsh
def test_a_damaged_step_file_fails_and_gmsh_says_why(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.step"
    damaged.write_bytes(BRACKET.read_bytes()[:300])
    result = run_script(
        "mesher/mesh.py", "gmsh", str(damaged), "-3", "-o", "mesh.msh", folder=tmp_path
    )
    assert result.returncode != 0
    assert "Could not read file" in result.stdout


@pytest.mark.parametrize("content", [b"", b'SetFactory("OpenCASCADE");\n', b"solid x\n"])
def test_what_is_not_step_is_refused_before_gmsh_sees_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "part.step").write_bytes(content)
    gmsh = pretend_gmsh(tmp_path, "touch started")
    result = run_script(
        "mesher/mesh.py", gmsh, "part.step", "-3", "-o", "mesh.msh", folder=tmp_path
    )
    assert result.returncode != 0
    assert "part.step is not a STEP file" in result.stdout
    assert not (tmp_path / "started").exists()


def test_gmsh_gets_its_arguments_as_they_stand(tmp_path: Path) -> None:
    gmsh = pretend_gmsh(tmp_path, 'printf "<%s>" "$@"')
    said = mesh(tmp_path, "-3", "-string", "a b; $c", "", gmsh=gmsh).stdout
    assert said.startswith(f"<{BRACKET}><-3><-string><a b; $c><><-o><mesh.msh>")


@pytest.mark.parametrize(
    ("script", "code"), [("exit 7", 7), ("kill -SEGV $$", 139), ("kill -KILL $$", 137)]
)
def test_the_end_of_gmsh_is_the_end_of_the_run(tmp_path: Path, script: str, code: int) -> None:
    assert mesh(tmp_path, gmsh=pretend_gmsh(tmp_path, script)).returncode == code


def test_a_mesh_without_a_picture_is_a_success(tmp_path: Path) -> None:
    gmsh = pretend_gmsh(tmp_path, "[ -e mesh.msh ] && exit 1; touch mesh.msh")
    result = mesh(tmp_path, gmsh=gmsh)
    assert result.returncode == 0
    assert "no picture of the mesh" in result.stdout
    assert not (tmp_path / "mesh.png").exists()


def test_where_there_is_no_gmsh_the_log_says_what_to_install(tmp_path: Path) -> None:
    result = mesh(tmp_path, gmsh="no-such-gmsh")
    assert result.returncode != 0
    assert "install gmsh" in result.stdout
