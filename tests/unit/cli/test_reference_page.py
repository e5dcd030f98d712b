"""The reference pages name what there is: commands, and variables of the environment."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tarry.service.model.command import RESERVED

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "reference"
PAGE = REFERENCE / "command-line.md"
VARIABLE = re.compile(r"\bTARRY_[A-Z_]*[A-Z]\b|\bCONTEXT_ROOT\b")
OWN = frozenset({"TARRY_JOB"})
"""Between Tarry and itself: nobody sets it."""


def test_the_page_of_the_commands_is_that_of_this_version() -> None:
    command = [sys.executable, str(ROOT / "tools" / "command_line.py"), "--print"]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(command, capture_output=True, check=True, timeout=60, env=environment)
    assert PAGE.read_text("utf-8") == done.stdout.decode(), "run: python tools/command_line.py"


def test_every_variable_that_is_read_stands_in_the_reference() -> None:
    literal = re.compile(r"""["'](TARRY_[A-Z_]*[A-Z]|CONTEXT_ROOT)["']""")
    read = {
        name
        for file in (ROOT / "src" / "tarry").rglob("*.py")
        for name in literal.findall(file.read_text("utf-8"))
    }
    told = {name for page in REFERENCE.glob("*.md") for name in VARIABLE.findall(page.read_text())}
    assert read - told - OWN == set()


def test_the_documentation_names_no_variable_that_nobody_reads() -> None:
    sources = [*(ROOT / "src" / "tarry").rglob("*"), ROOT / "Makefile", *ROOT.glob("tools/*.sh")]
    known = {
        name
        for file in sources
        if file.suffix in {".py", ".sh", ".j2", ""} and file.is_file()
        for name in VARIABLE.findall(file.read_text("utf-8"))
    }
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    told = {name for page in pages for name in VARIABLE.findall(page.read_text("utf-8"))}
    of_placeholders = {f"TARRY_{name.upper()}" for name in RESERVED}
    assert told - known - of_placeholders == set()
