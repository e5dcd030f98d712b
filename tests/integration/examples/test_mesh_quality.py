import json
import math
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image
from tests.fakes.examples import BRACKET, needs_gmsh, run_script

Point = tuple[float, float, float]
TRIANGLE, TETRAHEDRON = 2, 4


def write_mesh(file: Path, kind: int, *elements: Sequence[Point]) -> None:
    """Write an MSH 4.1 file by hand; node tags have gaps, as gmsh's may have."""
    points = [point for element in elements for point in element]
    tags = [10 * number + 7 for number in range(len(points))]
    corners = len(elements[0])
    rows = [
        " ".join(str(number) for number in (100 + index, *tags[index * corners :][:corners]))
        for index in range(len(elements))
    ]
    lines = [
        "$MeshFormat",
        "4.1 0 8",
        "$EndMeshFormat",
        "$Nodes",
        f"2 {len(points)} {tags[0]} {tags[-1]}",
        "0 1 0 1",  # in two blocks
        str(tags[0]),
        " ".join(map(str, points[0])),
        f"3 1 0 {len(points) - 1}",
        *map(str, tags[1:]),
        *(" ".join(map(str, point)) for point in points[1:]),
        "$EndNodes",
        "$Elements",
        f"2 {len(elements) + 1} 1 {99 + len(elements)}",
        "0 1 15 1",  # a point, which is not looked at
        f"1 {tags[0]}",
        f"3 1 {kind} {len(elements)}",
        *rows,
        "$EndElements",
    ]
    file.write_text("\n".join(lines) + "\n")


def measure(folder: Path, limit: float = 0.3) -> "subprocess.CompletedProcess[str]":
    """Run the program on the mesh in a folder."""
    return run_script("mesh_quality/quality.py", "mesh.msh", str(limit), folder=folder)


def figures(folder: Path, limit: float = 0.3) -> dict[str, float]:
    """Run the program and give what it found."""
    result = measure(folder, limit)
    assert result.returncode == 0, result.stdout
    found: dict[str, float] = json.loads((folder / "quality.json").read_text())
    return found


REGULAR = ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
CORNER = ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1))
FLAT = ((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0))
POINTLIKE = ((2, 2, 2),) * 4
EQUILATERAL = ((0, 0, 5), (2, 0, 5), (1, math.sqrt(3), 5))
PYTHAGOREAN = ((0, 0, 0), (3, 0, 0), (0, 4, 0))


@pytest.mark.parametrize(
    ("kind", "element", "ratio"),
    [
        (TETRAHEDRON, REGULAR, 1.0),
        # Inside (3 - sqrt 3) / 6, around sqrt 3 / 2; three times their ratio is sqrt 3 - 1.
        (TETRAHEDRON, CORNER, math.sqrt(3) - 1),
        (TETRAHEDRON, FLAT, 0.0),
        (TETRAHEDRON, POINTLIKE, 0.0),
        (TRIANGLE, EQUILATERAL, 1.0),
        (TRIANGLE, PYTHAGOREAN, 0.8),  # inside 1, around 2.5; twice their ratio
    ],
)
def test_shapes_that_geometry_knows_have_the_ratio_that_geometry_says(
    tmp_path: Path, kind: int, element: Sequence[Point], ratio: float
) -> None:
    write_mesh(tmp_path / "mesh.msh", kind, element)
    assert figures(tmp_path)["minimum"] == pytest.approx(ratio, abs=1e-6)


def test_place_size_and_orientation_of_an_element_do_not_matter(tmp_path: Path) -> None:
    moved = [(1000 - 0.001 * z, 0.001 * x, 50 + 0.001 * y) for x, y, z in reversed(CORNER)]
    write_mesh(tmp_path / "mesh.msh", TETRAHEDRON, moved)
    assert figures(tmp_path)["minimum"] == pytest.approx(math.sqrt(3) - 1, abs=1e-5)


def test_poor_elements_are_counted_and_the_worst_is_named(tmp_path: Path) -> None:
    write_mesh(tmp_path / "mesh.msh", TETRAHEDRON, REGULAR, CORNER, FLAT, REGULAR)
    found = figures(tmp_path, limit=0.9)
    assert found["mean"] == pytest.approx((1 + math.sqrt(3) - 1 + 0 + 1) / 4, abs=1e-6)
    assert found["poor_elements"] == 2
    assert found["worst_element"] == 102
    report = (tmp_path / "report.txt").read_text()
    assert "4 tetrahedra" in report
    assert re.search(r"^ +102 0\.0000$", report, re.MULTILINE)


def test_a_histogram_is_drawn(tmp_path: Path) -> None:
    write_mesh(tmp_path / "mesh.msh", TETRAHEDRON, REGULAR, CORNER, FLAT)
    figures(tmp_path)
    with Image.open(tmp_path / "histogram.png") as picture:
        assert picture.format == "PNG"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("", "not MSH 4.1"),
        ("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n", "its format is 2.2"),
        ("$MeshFormat\n4.1 1 8\n\xff\n", "not MSH 4.1 as text"),
        ("$MeshFormat\n4.1 0 8\n$EndMeshFormat\n$Nodes\n1 5 1 5\n", "breaks off"),
        ("$MeshFormat\n4.1 0 8\n$EndMeshFormat\n", "damaged"),
    ],
)
def test_what_cannot_be_read_is_refused_and_the_reason_told(
    tmp_path: Path, content: str, word: str
) -> None:
    (tmp_path / "mesh.msh").write_text(content + ("$EndMeshFormat\n" if "\xff" in content else ""))
    result = measure(tmp_path)
    assert result.returncode == 1
    assert "cannot read the mesh mesh.msh" in result.stdout
    assert word in result.stdout
    assert "Traceback" not in result.stdout
    assert not (tmp_path / "quality.json").exists()


@needs_gmsh
def test_gmsh_finds_the_same_quality_in_a_real_mesh(tmp_path: Path) -> None:
    """gmsh itself tells worst and mean of this very measure, which it calls gamma."""
    command = ["gmsh", str(BRACKET), "-3", "-clmax", "8", "-o", str(tmp_path / "mesh.msh")]
    log = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100).stdout
    worst, mean = re.findall(r"worst = ([0-9.e-]+) / average = ([0-9.e-]+)", log)[-1]
    found = figures(tmp_path)
    assert found["minimum"] == pytest.approx(float(worst), abs=2e-5)
    assert found["mean"] == pytest.approx(float(mean), abs=2e-5)
