"""Following what a program reports on the descriptor that it was given."""

import os
from pathlib import Path

from tarry.service.adapters.beneath import open_beneath
from tarry.service.errors import FileRefused
from tarry.service.model.reports import MAX_LINE, Reported, taken_in

REPORTS = "reports"
"""The file in a run's folder."""

_NEWEST = 64 * 1024
"""Bytes that are looked at, at most: only the newest lines count, however many there are."""


class Reports:
    """Reads further what a run's program reports.

    The program may make the file shorter at any time; what was read before counts until it says
    something else.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._offset = 0
        self._rest = b""
        self.said = Reported()

    def look(self) -> Reported:
        """Take in what is new, and give all that is known."""
        try:
            descriptor = open_beneath(self._folder, REPORTS)
        except (OSError, FileRefused):
            return self.said
        try:
            size = os.fstat(descriptor).st_size
            if size < self._offset:
                self._offset, self._rest = 0, b""
            if size - self._offset > _NEWEST:  # in the middle of a line, which then is no JSON
                self._offset, self._rest = size - _NEWEST, b""
            piece = os.pread(descriptor, size - self._offset, self._offset)
        finally:
            os.close(descriptor)
        self._offset += len(piece)
        *lines, rest = (self._rest + piece).split(b"\n")
        self._rest = rest[: MAX_LINE + 1]
        self.said = taken_in(self.said, lines)
        return self.said
