"""The pages on progress, pictures and steering, done for real."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.e2e.conftest import ROOT, free_tcp_port
from tests.e2e.reader import Reader
from tests.fakes.tarry_service import end_programs

HOW_TO = ROOT / "docs" / "how-to"


@pytest.fixture(autouse=True)
async def programs_end(tmp_path: Path) -> AsyncIterator[None]:
    """Programs outlive their service; they need not outlive their test."""
    yield
    await end_programs(tmp_path)


@pytest.mark.parametrize(
    "page",
    [
        "read-progress-from-a-log.md",
        "show-pictures-plots-and-pages.md",
        "abort-and-steer-a-run.md",
    ],
)
@pytest.mark.timeout(240)
def test_who_does_what_the_page_says_sees_what_it_shows(tmp_path: Path, page: str) -> None:
    tcp_ports = {named: free_tcp_port() for named in ("8080", "8081", "8082")}
    (tmp_path / "folder").mkdir()
    reader = Reader(tmp_path, tmp_path / "folder", tcp_ports)
    try:
        reader.do((HOW_TO / page).read_text(encoding="utf-8"))
    finally:
        reader.close()
