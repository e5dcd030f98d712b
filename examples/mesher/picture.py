"""Draw the surface of a mesh: every triangle, shaded, the farthest first.

gmsh needs a screen to draw. Its surface in STL is quickly had, though, and a painter with numpy and
Pillow needs no screen.
"""

import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

SIZE = (1000, 720)
MARGIN = 0.06
FINER = 3  # drawn so many times larger and then reduced: smooth edges, hair-thin lines
VIEW = np.array((-0.55, 0.72, 0.43))  # from where one looks
LIGHT = np.array((-0.25, 0.55, 0.80))
FACE_DARK = np.array((52.0, 78.0, 104.0))
FACE_LIGHT = np.array((176.0, 205.0, 226.0))
EDGE = 0.62  # how much darker a triangle's edge is than the triangle
COLOURS = 48
MOST_EDGES = 300_000  # beyond, edges would cover everything

STL = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])


def draw_mesh(gmsh: str, mesh: Path, picture: Path) -> None:
    """Draw what gmsh finds as the surface of a mesh."""
    with tempfile.TemporaryDirectory() as folder:
        surface = Path(folder) / "surface.stl"
        convert = [gmsh, str(mesh), "-0", "-format", "stl", "-bin", "-o", str(surface)]
        subprocess.run(convert, check=True, stdin=subprocess.DEVNULL, capture_output=True)
        triangles = read_stl(surface)
    draft = picture.with_name(f".{picture.name}")  # whole or not at all: somebody may be looking
    # It travels inside a page, so that few colours do it good.
    paint(triangles).quantize(COLOURS).save(draft, format="png", optimize=True)
    draft.replace(picture)


def read_stl(file: Path) -> np.ndarray:
    """Read the corners of the triangles of a binary STL file: (triangle, corner, axis)."""
    count = int(np.fromfile(file, "<u4", 1, offset=80)[0])
    return np.fromfile(file, STL, count, offset=84)["corners"].astype(float)


def paint(triangles: np.ndarray) -> Image.Image:
    """Paint triangles as seen from afar, on a transparent ground."""
    if not len(triangles):
        raise ValueError("the mesh has no surface")
    view = VIEW / np.linalg.norm(VIEW)
    right = np.cross((0.0, 0.0, 1.0), view)
    right /= np.linalg.norm(right)
    up = np.cross(view, right)

    flat = np.stack((triangles @ right, -(triangles @ up)), axis=-1)
    low, high = flat.min(axis=(0, 1)), flat.max(axis=(0, 1))
    canvas = np.array(SIZE) * FINER
    scale = ((1 - 2 * MARGIN) * canvas / np.maximum(high - low, 1e-12)).min()
    flat = (flat - (low + high) / 2) * scale + canvas / 2

    colours = shade(triangles, view)
    edges = (colours * EDGE).astype(int)
    colours = colours.astype(int)
    with_edges = len(triangles) <= MOST_EDGES
    image = Image.new("RGBA", tuple(int(length) for length in canvas), (255, 255, 255, 0))
    pen = ImageDraw.Draw(image)
    for index in np.argsort((triangles @ view).mean(axis=1)):
        face = tuple(colours[index])
        pen.polygon(
            flat[index].ravel().tolist(),
            fill=face,
            outline=tuple(edges[index]) if with_edges else face,
        )
    return image.resize(SIZE, Image.Resampling.LANCZOS)


def shade(triangles: np.ndarray, view: np.ndarray) -> np.ndarray:
    """Give each triangle its colour: the more it faces the light, the lighter."""
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    # A surface has two sides, and only the one turned to us is seen.
    normals *= np.where(normals @ view < 0, -1.0, 1.0)[:, None]
    brightness = np.clip(normals @ (LIGHT / np.linalg.norm(LIGHT)), 0.0, 1.0) ** 0.8
    return FACE_DARK + brightness[:, None] * (FACE_LIGHT - FACE_DARK)
