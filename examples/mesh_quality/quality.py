"""Tell how well the elements of a mesh are shaped.

    python quality.py MESH LIMIT [FOLDER]

MESH is an MSH file of format 4.1 (text), as gmsh writes it. Its tetrahedra are looked at, or its
triangles if it has no tetrahedra. The measure is the radius ratio: the radius of the sphere inside
an element over that of the sphere around it, scaled so that 1 is perfect and 0 is flat. Elements
below LIMIT count as poor.

Into FOLDER (else the current one) go quality.json (the figures), report.txt (the figures for
people) and histogram.png (if Pillow is there).
"""

import json
import sys
from pathlib import Path

import numpy as np

TRIANGLE, TETRAHEDRON = 2, 4  # gmsh's numbers of the element types
NAMES = {TRIANGLE: "triangles", TETRAHEDRON: "tetrahedra"}
BINS = 20


class Unreadable(Exception):
    """The mesh is not what this program reads."""


def sections(text: str) -> dict[str, list[str]]:
    """Cut an MSH file into its sections: name → lines."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("$End"):
            if line[4:] != name:
                raise Unreadable(f"the section {name or '(none)'} ends with {line}")
            name = ""
        elif line.startswith("$"):
            name = line[1:]
            found[name] = []
        elif name:
            found[name].append(line)
    if name:
        raise Unreadable(f"it breaks off in the section {name}")
    return found


def read(file: Path) -> tuple[np.ndarray, int, np.ndarray, np.ndarray]:
    """Read a mesh: the corners' coordinates (element, corner, axis), type, tags of the elements."""
    try:
        parts = sections(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise Unreadable("it is binary; save it as text (gmsh -save -format msh4)") from error
    version = (parts.get("MeshFormat") or ["none"])[0].split()
    if version[:2] != ["4.1", "0"]:
        raise Unreadable(f"its format is {version[0]}, not MSH 4.1 as text")
    try:
        tags, points = read_nodes(parts["Nodes"])
        elements = read_elements(parts["Elements"])
    except (KeyError, IndexError, ValueError) as error:
        raise Unreadable(f"its nodes or elements are damaged ({error!r})") from error
    kind = TETRAHEDRON if TETRAHEDRON in elements else TRIANGLE
    if kind not in elements:
        raise Unreadable("it has neither tetrahedra nor triangles")
    table = elements[kind]
    order = np.argsort(tags)
    place = np.searchsorted(tags, table[:, 1:], sorter=order)
    if (place >= len(tags)).any() or (tags[order[place]] != table[:, 1:]).any():
        raise Unreadable("an element has a corner that is not among the nodes")
    return points[order[place]], kind, table[:, 0], table[:, 1:]


def read_nodes(lines: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Read tags and coordinates: blocks of all tags, then all coordinates."""
    tags, points, at = [], [], 1
    while at < len(lines):
        count = int(lines[at].split()[3])
        at += 1
        tags.append(np.array(lines[at : at + count], dtype=np.int64))
        rows = [line.split()[:3] for line in lines[at + count : at + 2 * count]]
        points.append(np.array(rows, dtype=float).reshape(-1, 3))
        at += 2 * count
    return np.concatenate(tags), np.concatenate(points)


def read_elements(lines: list[str]) -> dict[int, np.ndarray]:
    """Read the elements by type: rows of the element's tag and those of its corners."""
    found: dict[int, list[np.ndarray]] = {}
    at = 1
    while at < len(lines):
        kind, count = (int(number) for number in lines[at].split()[2:4])
        at += 1
        if kind in NAMES:
            rows = [line.split() for line in lines[at : at + count]]
            found.setdefault(kind, []).append(np.array(rows, dtype=np.int64))
        at += count
    return {kind: np.concatenate(tables) for kind, tables in found.items()}


def ratios_of_triangles(corners: np.ndarray) -> np.ndarray:
    """Radius ratio of each triangle, twice r over R: 1 if it is equilateral."""
    a, b, c = (
        np.linalg.norm(corners[:, i] - corners[:, j], axis=1) for i, j in ((1, 2), (2, 0), (0, 1))
    )
    return np.clip(ratio((b + c - a) * (c + a - b) * (a + b - c), a * b * c), 0.0, 1.0)


def ratios_of_tetrahedra(corners: np.ndarray) -> np.ndarray:
    """Radius ratio of each tetrahedron, three times r over R: 1 if it is regular."""

    def area(i: int, j: int, k: int) -> np.ndarray:
        sides = corners[:, j] - corners[:, i], corners[:, k] - corners[:, i]
        return np.linalg.norm(np.cross(*sides), axis=1) / 2

    def lengths(i: int, j: int, k: int, m: int) -> np.ndarray:
        """The product of two opposite edges."""
        first, second = corners[:, i] - corners[:, j], corners[:, k] - corners[:, m]
        return np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)

    edges = (corners[:, k] - corners[:, 0] for k in (1, 2, 3))
    x, y, z = edges
    volume = np.abs(np.einsum("ij,ij->i", np.cross(x, y), z)) / 6
    surface = area(0, 1, 2) + area(0, 1, 3) + area(0, 2, 3) + area(1, 2, 3)
    p, q, r = lengths(0, 1, 2, 3), lengths(0, 2, 1, 3), lengths(0, 3, 1, 2)
    product = (p + q + r) * (p + q - r) * (p - q + r) * (-p + q + r)
    # r = 3 V / surface; R = sqrt(product) / (24 V)
    around = surface * np.sqrt(np.maximum(product, 0.0))
    return np.clip(ratio(216 * volume**2, around), 0.0, 1.0)


def ratio(over: np.ndarray, under: np.ndarray) -> np.ndarray:
    """Divide; where there is nothing to divide by, the element is flat."""
    return np.divide(over, under, out=np.zeros_like(over), where=under > 0)


def report(file: str, kind: int, tags: np.ndarray, quality: np.ndarray, limit: float) -> str:
    """Write the figures for people."""
    worst = np.argsort(quality)[:5]
    lines = [
        f"Mesh quality of {file}",
        "",
        f"{len(quality):>12,} {NAMES[kind]}",
        f"{quality.min():>12.4f} smallest radius ratio (1 is perfect, 0 is flat)",
        f"{quality.mean():>12.4f} mean",
        f"{np.median(quality):>12.4f} median",
        f"{int((quality < limit).sum()):>12,} poor ones, below {limit:g}",
        "",
        "The worst elements",
        *(f"{tags[index]:>12} {quality[index]:.4f}" for index in worst),
        "",
        "How many lie where",
    ]
    counts, bounds = np.histogram(quality, bins=10, range=(0.0, 1.0))
    for count, low, high in zip(counts, bounds[:-1], bounds[1:], strict=True):
        bar = "#" * round(50 * count / counts.max())
        lines.append(f"   {low:.1f} - {high:.1f} {count:>9,} {bar}")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> None:
    """Read, compute, write."""
    if len(arguments) not in (2, 3):
        sys.exit("usage: quality.py MESH LIMIT [FOLDER]")
    mesh, limit = Path(arguments[0]), float(arguments[1])
    folder = Path(arguments[2] if len(arguments) == 3 else ".")
    print("Progress: 5 %", flush=True)
    try:
        corners, kind, tags, _ = read(mesh)
    except (OSError, Unreadable) as error:
        sys.exit(f"quality: cannot read the mesh {mesh.name}: {error}")
    print(f"{len(tags):,} {NAMES[kind]} read", flush=True)
    print("Progress: 60 %", flush=True)
    compute = ratios_of_tetrahedra if kind == TETRAHEDRON else ratios_of_triangles
    quality = compute(corners)
    figures = {
        "minimum": round(float(quality.min()), 6),
        "mean": round(float(quality.mean()), 6),
        "poor_elements": int((quality < limit).sum()),
        "worst_element": int(tags[quality.argmin()]),
    }
    (folder / "report.txt").write_text(report(mesh.name, kind, tags, quality, limit))
    (folder / "quality.json").write_text(json.dumps(figures, indent=2) + "\n")
    print("Progress: 80 %", flush=True)
    try:
        from histogram import draw_histogram  # noqa: PLC0415 - without Pillow the figures are there

        counts, _ = np.histogram(quality, BINS, (0.0, 1.0))
        draw_histogram(counts, limit, folder / "histogram.png")
    except Exception as error:  # noqa: BLE001 - the figures are there
        print(f"quality: no picture: {error!r}")
    print(json.dumps(figures))
    print("Progress: 100 %")


if __name__ == "__main__":
    main(sys.argv[1:])
