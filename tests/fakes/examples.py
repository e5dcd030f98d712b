"""What tests of the example programs need."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
BRACKET = EXAMPLES / "mesher/bracket.step"

needs_gmsh = pytest.mark.skipif(
    shutil.which("gmsh") is None,
    reason="there is no gmsh here; install the Debian package gmsh",
)


def run_script(script: str, *arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a program of the examples in a folder, as a service would."""
    return subprocess.run(
        [sys.executable, str(EXAMPLES / script), *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=100,
    )
