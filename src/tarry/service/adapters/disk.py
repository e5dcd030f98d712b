"""The records and folders of runs on disk.

    <data>/lock               held for as long as a service uses the folder
    <data>/ids/<name>.json    an id was used: by whom, for what. Outlives the run's folder
    <data>/ids/<name>.cleaned its folder was removed because it was old
    <data>/programs/<digest>  program files, as they were when runs started
    <data>/passed.json        how much time the service saw pass, by which results grow old
    <data>/turns.json         whose turn comes next, where several owners wait
    <data>/runs/<name>/       request.json, secrets.json, outcome.json, messages; work, log and
                              control are the job's

What must be durable before what: the record of the id, before the program may start; the outcome,
before anybody is told of it. The rest need not be: it is lost only with the machine's power, and
then the program is lost too, which the record of the id tells by its boot. A folder under `runs`
without a record of its id is a call that was never answered, and nothing was started for it.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import structlog

from tarry.jobs.folder import remove_tree, sync_folder, write_durably
from tarry.service.errors import DataFolderInUse, DataFolderUnusable, RecordUnreadable
from tarry.service.interfaces import Mark
from tarry.service.model import program_file
from tarry.service.model.age import Passed, read_passed, write_passed
from tarry.service.model.files import (
    ACCOUNT_FILE,
    INPUTS_FILE,
    MESSAGES_FILE,
    PAGE_FILE,
    README_FILE,
)
from tarry.service.model.program import ProgramFile
from tarry.service.model.run import (
    Intent,
    Outcome,
    Request,
    Rings,
    RunName,
    Secrets,
    read_intent,
    read_outcome,
    read_request,
    read_rings,
    read_secrets,
    write_record,
    write_rings,
)

log = structlog.get_logger(__name__)

Record = TypeVar("Record")


class DiskRuns:
    """Keeps runs beneath one folder that nobody else can look into."""

    def __init__(self, data: Path) -> None:
        """Take the folder, which must not be in use.

        Raises:
            DataFolderInUse: another process keeps its runs here.
            DataFolderUnusable: it cannot be made, read or written.
        """
        try:
            data = data.resolve()
        except (OSError, RuntimeError) as error:  # links that lead in a circle
            raise DataFolderUnusable(folder=data, reason=str(error)) from error
        self.data = data
        self._ids = data / "ids"
        self._runs = data / "runs"
        self._programs = data / "programs"
        self._known: dict[tuple[str, str], ProgramFile] = {}
        try:
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (self._ids, self._runs, self._programs):
                folder.mkdir(mode=0o700, exist_ok=True)
                next(folder.iterdir(), None)
            self._lock = _lock(data)
            for draft in self._ids.glob(".*.draft"):
                draft.unlink(missing_ok=True)
        except OSError as error:
            reason = f"{error.filename or ''} {error.strerror or error}".strip()
            raise DataFolderUnusable(folder=data, reason=reason) from error

    def close(self) -> None:
        """Give the folder free."""
        os.close(self._lock)

    def folder(self, name: RunName) -> Path:
        """Where a run lives."""
        return self._runs / name

    def prepare(self, name: RunName, request: Request, secrets: Secrets) -> None:
        """Make a run's folder and write down what it was asked for."""
        folder = self.folder(name)
        folder.mkdir(mode=0o700, exist_ok=True)
        _write(folder / "request.json", write_record(request))
        self.keep_secrets(name, secrets)
        (folder / MESSAGES_FILE).touch(mode=0o600)

    def claim(self, name: RunName, intent: Intent) -> bool:
        """Record durably that an id is used; False if somebody was first."""
        draft = self._ids / f".{name}.{os.getpid()}.draft"
        _write(draft, write_record(intent), durably=True)
        try:
            # a link, unlike a rename, fails if there is one already, and is never half-written
            (self._ids / f"{name}.json").hardlink_to(draft)
        except FileExistsError:
            return False
        finally:
            draft.unlink()
        sync_folder(self._ids)
        return True

    def intent(self, name: RunName) -> Intent | None:
        """Give the record of an id."""
        return _record(self._ids / f"{name}.json", read_intent)

    def request(self, name: RunName) -> Request | None:
        """Give what a run was asked for."""
        return _record(self.folder(name) / "request.json", read_request, may_be_empty=True)

    def secrets(self, name: RunName) -> Secrets | None:
        """Give what is kept until a run is settled."""
        return _record(self.folder(name) / "secrets.json", read_secrets, may_be_empty=True)

    def keep_secrets(self, name: RunName, secrets: Secrets) -> None:
        """Replace what is kept until the run is settled; only its owner's account can read it."""
        _write(self.folder(name) / "secrets.json", write_record(secrets))

    def forget_secrets(self, name: RunName) -> None:
        """Remove them."""
        (self.folder(name) / "secrets.json").unlink(missing_ok=True)

    def keep_inputs(self, name: RunName, values: Mapping[str, str]) -> None:
        """Write the inputs for a program that reads them from a file."""
        text = json.dumps(dict(values), ensure_ascii=False, indent=1)
        _write(self.folder(name) / INPUTS_FILE, f"{text}\n")

    def keep_page(self, name: RunName, page: bytes) -> None:
        """Keep the page that an application shows."""
        _write(self.folder(name) / PAGE_FILE, page.decode("utf-8", "replace"))

    def mark(self, name: RunName, mark: Mark, text: str) -> None:
        """Remember something durably."""
        write_durably(self.folder(name) / mark, text)

    def marked(self, name: RunName, mark: Mark) -> str | None:
        """Give what is remembered."""
        return _read(self.folder(name) / mark)

    def unmark(self, name: RunName, mark: Mark) -> None:
        """Forget it durably."""
        (self.folder(name) / mark).unlink(missing_ok=True)
        sync_folder(self.folder(name))

    def keep_passed(self, passed: Passed) -> None:
        """Remember how much time has passed."""
        write_durably(self.data / "passed.json", write_passed(passed))

    def passed(self) -> Passed | None:
        """Give what was remembered last."""
        try:
            return _record(self.data / "passed.json", read_passed)
        except RecordUnreadable:
            return None

    def keep_rings(self, rings: Rings) -> None:
        """Remember in which order owners have their turns."""
        _write(self.data / "turns.json", write_rings(rings))

    def rings(self) -> Rings:
        """Give the order that was remembered last."""
        try:
            return _record(self.data / "turns.json", read_rings, may_be_empty=True) or {}
        except RecordUnreadable:
            return {}

    def explain(self, name: RunName, account: str, readme: str) -> None:
        """Write what a person who opens the run's folder should know."""
        _write(self.folder(name) / ACCOUNT_FILE, account)
        _write(self.folder(name) / README_FILE, readme)

    def add_message(self, name: RunName, line: str, *, limit: int) -> bool:
        """Append a line to the messages of a run; whether it still fits."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self.folder(name) / MESSAGES_FILE, flags, 0o600)
        try:
            raw = f"{line}\n".encode("utf-8", "replace")
            if os.fstat(descriptor).st_size + len(raw) > limit:
                return False
            os.write(descriptor, raw)  # at once, so that the program never reads half of it
        finally:
            os.close(descriptor)
        return True

    def lay_out(self, file: Path, secret: str) -> None:
        """Write a secret into a file for the program, readable by this account only."""
        for folder in reversed(file.parents):
            if folder.is_relative_to(self._runs):
                folder.mkdir(mode=0o700, exist_ok=True)
        _write(file, secret)

    def forget_inputs(self, name: RunName, secrets: Secrets) -> None:
        """Remove what was laid out, and keep only these secrets until the run is settled."""
        shutil.rmtree(self.folder(name) / "control" / "secrets", ignore_errors=True)
        self.keep_secrets(name, secrets)

    def settle(self, name: RunName, outcome: Outcome) -> None:
        """Write how a run ended, durably, before anybody is told."""
        write_durably(self.folder(name) / "outcome.json", write_record(outcome))

    def outcome(self, name: RunName) -> Outcome | None:
        """Give how a run ended; `None` if it goes on."""
        return _record(self.folder(name) / "outcome.json", read_outcome)

    def names(self) -> Iterator[RunName]:
        """Give all runs that still have a folder."""
        with os.scandir(self._runs) as entries:
            for entry in entries:
                yield RunName(entry.name)

    def remove(self, name: RunName) -> None:
        """Remove a run's folder; the record of its id stays and says so."""
        if (self._ids / f"{name}.json").exists():
            (self._ids / f"{name}.cleaned").touch(mode=0o600)
        remove_tree(self.folder(name))

    def is_cleaned(self, name: RunName) -> bool:
        """Whether the run's folder was removed because it was old."""
        return (self._ids / f"{name}.cleaned").exists()

    def keep_program(self, program: ProgramFile) -> str:
        """Keep a program file; gives its digest."""
        digest = sha256(program.text.encode()).hexdigest()
        file = self._programs / f"{digest}.toml"
        if not file.exists():
            write_durably(file, program.text)
        return digest

    def program(self, digest: str, here: str) -> ProgramFile | None:
        """Give a program file that was kept."""
        known = self._known.get((digest, here))
        if known is not None:
            return known
        text = _read(self._programs / f"{digest}.toml")
        if text is None:
            return None
        program = program_file.read(text, file=digest, here=here)
        self._known[digest, here] = program
        return program


def _lock(data: Path) -> int:
    descriptor = os.open(data / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise DataFolderInUse(folder=data) from error
    return descriptor


def _record(
    file: Path, read: Callable[[str], Record], *, may_be_empty: bool = False
) -> Record | None:
    """Read a record; what was not written durably may be empty after a power loss."""
    text = _read(file)
    if text is None or (may_be_empty and not text):
        return None
    try:
        return read(text)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("record.damaged", file=str(file), reason=repr(error))
        raise RecordUnreadable from error


def _read(file: Path) -> str | None:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        log.warning("record.unreadable", file=str(file), reason=str(error))
        raise RecordUnreadable from error


def _write(file: Path, text: str, *, durably: bool = False) -> None:
    """Write a file that only this account can read, whole or not at all (kill -9 included)."""
    draft = file.with_name(f".{file.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        written.write(text)
        written.flush()
        if durably:
            os.fsync(descriptor)
    draft.replace(file)
