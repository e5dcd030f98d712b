"""Run gmsh as it is given on the command line, say how far it is, and draw the mesh.

    python mesh.py gmsh GEOMETRY [OPTION...] -o MESH

gmsh itself is not touched: its arguments, what it says and its exit code pass through. Around it
this script does what a service wants and gmsh does not do without a screen:

- it looks whether GEOMETRY is a STEP file before anything starts, and whether there are elements in
  the end (some versions of gmsh find it a success to mesh nothing of a damaged file);
- it adds lines such as `Progress: 40 %` to gmsh's log, made from gmsh's own lines;
- it draws the mesh into a PNG file beside MESH. A mesh without a picture is still a good mesh: if
  that fails, it says so and the run succeeds.
"""

import re
import subprocess
import sys
from pathlib import Path

STEP = b"ISO-10303-21;"

# What gmsh says, and how far it is then, in percent; measured with the bracket at 2 mm.
MILESTONES = (
    (re.compile(r"Meshing 1D\.\.\."), 1),
    (re.compile(r"Meshing 2D\.\.\."), 4),
    (re.compile(r"Meshing 3D\.\.\."), 18),
    (re.compile(r"Reconstructing mesh"), 22),
    (re.compile(r"Found volume"), 30),
    (re.compile(r"Optimizing mesh"), 75),
    (re.compile(r"Done optimizing mesh"), 88),
    (re.compile(r"^Info +: Writing '"), 90),
    (re.compile(r"^Info +: Done writing '"), 94),
)
SURFACE = re.compile(r"\[ *([0-9]+)%\] Meshing surface")
REFINEMENT = re.compile(r"It\. [0-9]+ - [0-9]+ nodes created - worst tet radius ([0-9.]+)")

COUNT = re.compile(r"^Info +: [0-9]+ nodes ([0-9]+) elements")


def percent_of(line: str) -> float | None:
    """Tell how far gmsh is when it says this line."""
    if found := SURFACE.search(line):
        return 4 + 14 * int(found[1]) / 100
    if found := REFINEMENT.search(line):
        # The largest tetrahedron shrinks to size 1, and the number of nodes grows with its cube.
        return 30 + 45 * min(1.0, max(1.0, float(found[1])) ** -3)
    return next((percent for sign, percent in MILESTONES if sign.search(line)), None)


def run(command: list[str]) -> tuple[int, int | None]:
    """Run gmsh, pass on what it says, and add the progress whenever a few percent are done.

    Returns:
        Its exit code, as a shell tells it, and the number of elements if it said one.
    """
    shown = 0.0
    elements = None
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as gmsh:
        assert gmsh.stdout is not None
        for line in gmsh.stdout:
            sys.stdout.write(line)
            if found := COUNT.search(line):
                elements = int(found[1])
            percent = percent_of(line)
            if percent is not None and percent >= shown + 3:
                shown = percent
                print(f"Progress: {percent:.0f} %")
            sys.stdout.flush()
    code = gmsh.returncode if gmsh.returncode >= 0 else 128 - gmsh.returncode
    return code, elements


def check_step(geometry: Path) -> None:
    """Refuse what is not a STEP file with a sentence that helps."""
    try:
        with geometry.open("rb") as file:
            beginning = file.read(200)
    except OSError as error:
        sys.exit(f"mesh: cannot read the geometry {geometry.name}: {error.strerror}")
    if not beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(STEP):
        sys.exit(
            f"mesh: {geometry.name} is not a STEP file (it does not begin with {STEP.decode()}): "
            "export the geometry as STEP, AP203 or AP214"
        )


def draw(gmsh: str, mesh: Path) -> None:
    """Draw the mesh, if that is possible here."""
    picture = mesh.with_suffix(".png")
    try:
        from picture import draw_mesh  # noqa: PLC0415 - meshing needs no numpy

        draw_mesh(gmsh, mesh, picture)
    except Exception as error:  # noqa: BLE001 - whatever it is, the mesh is there
        print(f"mesh: no picture of the mesh: {error!r}")
    else:
        print(f"mesh: drew the mesh into {picture.name}")


def main(command: list[str]) -> int:
    """Check, run, draw."""
    if len(command) < 4 or "-o" not in command[2:-1]:
        sys.exit("usage: mesh.py gmsh GEOMETRY [OPTION...] -o MESH")
    geometry, mesh = Path(command[1]), Path(command[command.index("-o") + 1])
    check_step(geometry)
    try:
        code, elements = run(command)
    except FileNotFoundError:
        sys.exit(f"mesh: there is no program {command[0]} here: install gmsh (Debian: gmsh)")
    if code == 0 and elements == 0:
        sys.exit(f"mesh: gmsh found nothing to mesh in {geometry.name}: is it damaged, or empty?")
    if code == 0 and mesh.exists():
        draw(command[0], mesh)
        print("Progress: 100 %")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
