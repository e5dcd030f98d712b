"""The page on solvers, done for real."""

import shutil
from pathlib import Path

import pytest
from tests.e2e.conftest import ROOT, free_tcp_port
from tests.e2e.reader import Reader

PAGE = ROOT / "docs" / "how-to" / "wrap-a-solver.md"


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap")
@pytest.mark.timeout(240)
def test_who_wraps_the_solver_of_the_page_sees_what_it_shows(tmp_path: Path) -> None:
    (tmp_path / "zero").mkdir()
    reader = Reader(tmp_path, tmp_path / "zero", {"8080": free_tcp_port(), "8081": free_tcp_port()})
    try:
        reader.do(PAGE.read_text(encoding="utf-8"))
    finally:
        reader.close()
