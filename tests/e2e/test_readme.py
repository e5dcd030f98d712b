"""What the README promises to somebody who has five minutes, done for real."""

import re
from pathlib import Path

import pytest
from tests.e2e.conftest import ROOT, free_tcp_port
from tests.e2e.reader import Reader, blocks

from tarry.service.model import program_file

README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.timeout(300)
def test_who_does_what_the_readme_says_has_a_service_and_its_results(tmp_path: Path) -> None:
    reader = Reader(tmp_path, tmp_path, {"8080": free_tcp_port()})
    try:
        reader.do(README.read_text(encoding="utf-8"))
    finally:
        reader.close()
    assert len((tmp_path / "profile.csv").read_text(encoding="utf-8").splitlines()) == 60


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        assert "://" in target or (page.parent / target).exists(), target


def test_the_program_file_that_the_guide_begins_with_is_one() -> None:
    guide = (ROOT / "docs" / "how-to" / "wrap-a-program.md").read_text(encoding="utf-8")
    (whole,) = [block.text for block in blocks(guide) if block.marks.get("file") == "solver.toml"]
    read = program_file.read(whole, here="/srv/solver")
    assert [operation.name for operation in read.operations] == ["solve"]


def test_the_map_of_the_documentation_shows_every_page() -> None:
    folder = ROOT / "docs"
    text = (folder / "README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(([^)#]+)", text))
    pages = {str(page.relative_to(folder)) for page in folder.rglob("*.md")} - {"README.md"}
    assert pages - linked == set(), "put them into docs/README.md"
