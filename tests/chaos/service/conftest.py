"""What all tests of running services share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.fakes.tarry_service import end_programs


@pytest.fixture(autouse=True)
async def programs_end(tmp_path: Path) -> AsyncIterator[None]:
    """Programs outlive their service; they need not outlive their test."""
    yield
    await end_programs(tmp_path)
