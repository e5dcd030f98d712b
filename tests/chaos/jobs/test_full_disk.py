"""A disk that has room for a part of a file gets nothing of it."""

from pathlib import Path

import pytest
from tests.fakes.small_disk import fill, small_disk

from tarry.jobs.folder import write_durably


def test_a_record_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        record = disk / "record"
        write_durably(record, "as it was")
        filling = fill(disk)
        with filling.open("r+b") as file:
            file.truncate(filling.stat().st_size - 8_192)
        with pytest.raises(OSError, match="No space left"):
            write_durably(record, "x" * 100_000)
        assert record.read_text() == "as it was"
        assert {entry.name for entry in disk.iterdir()} == {"record", "filling"}
