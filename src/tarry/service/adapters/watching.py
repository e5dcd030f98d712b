"""Reading what programs write while they write it, and what they leave behind."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tarry.contract.errors import InvalidValue
from tarry.contract.lists import entries
from tarry.contract.ports import Port, PortType
from tarry.service.adapters.beneath import (
    find_all_beneath,
    find_beneath,
    open_beneath,
    read_beneath,
    walk_beneath,
)
from tarry.service.adapters.dialogs import read_page
from tarry.service.adapters.pictures import Pictures
from tarry.service.adapters.reports import REPORTS, Reports
from tarry.service.errors import FileRefused
from tarry.service.model.page import Seen
from tarry.service.model.plot import Curves, draw
from tarry.service.model.program import (
    ExitCode,
    JsonField,
    LogLine,
    Operation,
    Output,
    ProgressFile,
    ProgressLines,
    ProgressLog,
    StoredFile,
    StoredFolder,
    TextFile,
    Told,
)
from tarry.service.model.reports import Reported
from tarry.service.model.values import (
    all_matches,
    json_field,
    json_list,
    last_match,
    list_of,
    percent_of_file,
    percent_of_lines,
    readable,
    settled_percent,
    value_of,
)

MAX_TEXT = 1024 * 1024
"""Bytes of an output that is a text; larger ones are files."""
MAX_JSON = 16 * 1024 * 1024

_LOG = "log"
_AT_ONCE = 4 * 1024 * 1024
_LONGEST_LINE = 500
_TAIL = 32 * 1024
_SETTLES_IN = 0.6

FilesSignature = tuple[tuple[int, int, int] | None, ...]


class FileWatcher:
    """Reads beneath the folders of runs; see `Watcher`."""

    def watch(self, folder: Path, operation: Operation) -> "FileWatch":
        """Begin to look at a run."""
        return FileWatch(folder, operation)

    def value(self, folder: Path, output: Output) -> str | None:
        """Read an output that is a text; `None` if the program did not leave it."""
        try:
            texts = _texts(folder, output)
        except FileNotFoundError:
            return None
        if output.port.many:
            return None if texts is None else list_of(output.port, texts)
        return value_of(output.port, texts[0]) if texts else None

    def dialog(self, folder: Path, operation: Operation) -> bytes | None:
        """Read the page that an application shows; `None` if it is not there, or not whole."""
        return read_page(folder, operation.dialog) if operation.dialog else None

    def found(self, folder: Path, pattern: str) -> str:
        """Find the one file whose name fits a pattern."""
        return find_beneath(folder, pattern)

    def all_found(self, folder: Path, pattern: str) -> tuple[str, ...]:
        """Find all files whose names fit a pattern, in the order of their names."""
        return find_all_beneath(folder, pattern)

    def files(self, folder: Path, path: str) -> tuple[str, ...]:
        """Give all files in a folder, as paths beneath it."""
        return walk_beneath(folder, path)

    def last_lines(self, folder: Path, count: int) -> tuple[str, ...]:
        """Give the last lines of the log."""
        return _last_lines(folder, count)


class FileWatch:
    """Looks at the progress, the log, the pictures and the page of one run.

    What is caught half-written (an empty progress file, "10" of "100", a picture or a page
    without its end) counts as it was before.
    """

    def __init__(self, folder: Path, operation: Operation) -> None:
        self._folder = folder
        self._work = folder / "work"
        self._progress = operation.progress
        self._page = operation.page
        self._signature: FilesSignature | None = None
        self._look_again_at: float | None = None
        self._percent: float | None = None if operation.progress is None else 0.0
        reports = isinstance(operation.progress, ProgressLines)
        self._reports = Reports(folder) if reports else None
        self._pictures = Pictures(self._work, operation.page)
        self._curves = Curves(operation.page.plot) if operation.page.plot else None
        self._own: bytes | None = None
        self._note = ""
        self._offset: int | None = None
        self._rest = b""
        self._paths = self._shown_files()

    def _shown_files(self) -> tuple[str, ...]:
        paths = []
        if isinstance(self._progress, ProgressFile):
            paths.append(str(self._work / self._progress.path))
        if self._reports is not None:
            paths.append(str(self._folder / REPORTS))
        if self._page.own is not None and self._page.own.html:
            paths.append(str(self._work / self._page.own.html))
        if self._page.log_lines or self._reads_log():
            paths.append(str(self._folder / _LOG))
        return (*paths, *self._pictures.paths)

    def _reads_log(self) -> bool:
        return isinstance(self._progress, ProgressLog) or self._page.plot is not None

    def signature(self) -> FilesSignature:
        """Give what differs whenever a file that the page shows was written."""
        return tuple([_signature(path) for path in self._paths])

    def changed(self) -> bool:
        """Whether a look would show something else than the last one."""
        again = self._look_again_at
        if again is not None and time.monotonic() >= again:
            return True
        return self.signature() != self._signature

    def look(self) -> Seen:
        """Read what the page shows."""
        self._signature = self.signature()
        self._look_again_at = None
        self._note = ""
        if isinstance(self._progress, ProgressFile):
            self._read_progress(self._progress.path)
        if self._reads_log():
            self._follow_log()
        reported = self._reports.look() if self._reports is not None else Reported()
        if reported.percent is not None:
            self._percent = reported.percent
        pictures = self._pictures.look()
        if (paths := self._shown_files()) != self._paths:  # it lists other pictures than before
            self._paths, self._look_again_at = paths, time.monotonic()
        self._note = self._pictures.note
        self._read_own_page()
        return Seen(
            percent=self._percent,
            message=reported.message,
            log=_last_lines(self._folder, self._page.log_lines),
            pictures=pictures,
            plot=self._plot(),
            values=self._curves.newest() if self._curves else {},
            note=self._note,
            own=self._own,
        )

    def _read_own_page(self) -> None:
        own = self._page.own
        if own is None or not own.html:
            return
        try:
            page = read_page(self._folder, own)
        except FileRefused as refused:
            self._own = None
            self._note = f"Page: {refused}"
        except OSError:  # it may not be looked at yet; what was shown before stands
            return
        else:
            if page is not None:
                self._own = page
            elif _signature(str(self._work / own.html)) is not None:
                self._look_again_at = time.monotonic() + _SETTLES_IN

    def _read_progress(self, path: str) -> None:
        try:
            descriptor = open_beneath(self._work, path)
        except (OSError, FileRefused):
            return
        with os.fdopen(descriptor, "rb") as file:
            text = file.read(64).decode("ascii", "replace")
            age = time.time() - os.fstat(file.fileno()).st_mtime
        percent = percent_of_file(text)
        self._percent = settled_percent(self._percent, percent, age=age)
        if percent is not None and self._percent != percent:
            self._look_again_at = time.monotonic() + _SETTLES_IN

    def _plot(self) -> str:
        if self._curves is None:
            return ""
        return draw(self._curves.points, title=self._curves.source.title)

    def _follow_log(self) -> None:
        try:
            descriptor = open_beneath(self._folder, _LOG)
        except (OSError, FileRefused):
            return
        with os.fdopen(descriptor, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if self._offset is None or self._offset > size:
                # a plot is of the whole log; progress is in its last lines
                first = 0 if self._curves else max(0, size - _AT_ONCE)
                self._offset, self._rest = first, b""
            file.seek(self._offset)
            piece = file.read(_AT_ONCE)
        self._offset += len(piece)
        if self._offset < size:
            self._look_again_at = time.monotonic()
        *lines, rest = (self._rest + piece).replace(b"\r", b"\n").split(b"\n")
        self._rest = rest[-_TAIL:]
        texts = [line.decode("utf-8", "replace") for line in lines]
        if isinstance(self._progress, ProgressLog):
            found = percent_of_lines(self._progress.expression, texts)
            self._percent = self._percent if found is None else found
        if self._curves is not None:
            self._curves.read(texts)


def _signature(path: str) -> tuple[int, int, int] | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _entries(port: Port, text: str) -> list[str]:
    return entries(text, blocks=port.type is PortType.TEXT)


def _texts(folder: Path, output: Output) -> list[str] | None:
    """Give the text of a value, or the texts of the items of a list; `None` if there is nothing."""
    work = folder / "work"
    match output.source:
        case TextFile(path):
            text = read_beneath(work, path, limit=MAX_TEXT).decode("utf-8-sig", "replace")
            return _entries(output.port, text) if output.port.many else [text]
        case JsonField(path, field):
            content = read_beneath(work, path, limit=MAX_JSON).decode("utf-8-sig", "replace")
            if output.port.many:
                return json_list(output.port, content, field)
            value = json_field(output.port, content, field)
            return None if value is None else [value]
        case LogLine(expression):
            if output.port.many:
                return all_matches(expression, _lines(folder))
            found = last_match(expression, _lines(folder))
            return None if found is None else [found]
        case StoredFile() | StoredFolder() | ExitCode() | Told():
            raise InvalidValue(port=output.port.name, got="its source", rule="is no text")


def _lines(folder: Path) -> Iterator[str]:
    """Go through a log of any size; a line beyond reason is cut, so that it cannot fill memory."""
    with os.fdopen(open_beneath(folder, _LOG), "rb") as file:
        while line := file.readline(_TAIL):
            for piece in line.rstrip(b"\n").split(b"\r"):
                yield piece.decode("utf-8", "replace")


def _last_lines(folder: Path, count: int) -> tuple[str, ...]:
    if count <= 0:
        return ()
    with suppress(OSError, FileRefused):
        descriptor = open_beneath(folder, _LOG)
        try:
            size = os.fstat(descriptor).st_size
            tail = os.pread(descriptor, _TAIL, max(0, size - _TAIL))
        finally:
            os.close(descriptor)
        lines = tail.split(b"\n")
        if size > _TAIL:
            lines = lines[1:] or lines
        if lines and not lines[-1]:
            lines.pop()
        return tuple(_shown(line) for line in lines[-count:])
    return ()


def _shown(line: bytes) -> str:
    """Give a line as a terminal would leave it: what comes after the last carriage return."""
    last = line.rstrip(b"\r").rpartition(b"\r")[2]
    text = readable(last.decode("utf-8", "replace"))
    return text if len(text) <= _LONGEST_LINE else text[:_LONGEST_LINE] + "…"
