"""The files of a job's folder, and the little that is written into them."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_LONGEST_MARK = 4096


@dataclass(frozen=True)
class JobFolder:
    """Names of the files. All but the program's own stand in `control`."""

    root: Path

    @cached_property
    def control(self) -> Path:
        """The folder of the marks."""
        return self.root / "control"

    @cached_property
    def work(self) -> Path:
        """Where the program runs and writes."""
        return self.root / "work"

    @cached_property
    def log(self) -> Path:
        """All that the program says, on both its outputs."""
        return self.root / "log"

    @cached_property
    def reports(self) -> Path:
        """What the program says on the descriptor of reports, if it was given one."""
        return self.root / "reports"

    @cached_property
    def lock(self) -> Path:
        """`<boot id> <marker>`; locked by the shim for as long as it lives."""
        return self.control / "lock"

    @cached_property
    def started(self) -> Path:
        """`<pid>` of the shim; made exclusively, so that nothing starts twice."""
        return self.control / "started"

    @cached_property
    def pid(self) -> Path:
        """`<pid> <start time>` of the program; written before its first instruction."""
        return self.control / "pid"

    @cached_property
    def exit(self) -> Path:
        """`<exit code or -> <word>`: how it ended; until then, room for it."""
        return self.control / "exit"

    @cached_property
    def abort(self) -> Path:
        """There as soon as an abort is asked for."""
        return self.control / "abort"

    @cached_property
    def restarts(self) -> Path:
        """How often it was begun again because the machine had gone down; see `again`."""
        return self.control / "restarts"

    def make(self) -> None:
        """Make the folders that are missing; nobody else may look into them."""
        for folder in (self.root, self.control, self.work):
            folder.mkdir(mode=0o700, exist_ok=True)


def read_line(file: Path) -> str:
    """Give a mark's text; empty if the file is not there."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    with closing_descriptor(descriptor):
        return os.read(descriptor, _LONGEST_MARK).decode("utf-8", "replace")


def write_durably(file: Path, text: str) -> None:
    """Write a file whole or not at all; when this returns, it is there after a power loss."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.draft")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with closing_descriptor(descriptor):
            rest = text.encode()
            while rest:  # a disk that is nearly full takes a part of it, and says so at the next
                rest = rest[os.write(descriptor, rest) :]
            os.fsync(descriptor)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    with closing_descriptor(descriptor):
        os.fsync(descriptor)


def remove_tree(folder: Path) -> None:
    """Remove a folder and all beneath it, also what a program has closed to its own account."""

    def open_up(_: object, path: str, __: object) -> None:
        with suppress(OSError):
            for closed in (Path(path).parent, Path(path)):
                if closed.is_dir() and not closed.is_symlink():
                    closed.chmod(0o700)
            again.append(Path(path))

    again: list[Path] = []
    shutil.rmtree(folder, onerror=open_up)
    if again:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def closing_descriptor(descriptor: int) -> Iterator[None]:
    """Close a descriptor at the end, whatever happens."""
    try:
        yield
    finally:
        os.close(descriptor)
