"""What the verbs of this room need of the world around them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from tarry.service.model.age import Passed
from tarry.service.model.box import Box
from tarry.service.model.page import PageView, Seen
from tarry.service.model.program import Operation, Output, OwnPage, ProgramFile
from tarry.service.model.run import Intent, Outcome, Owner, Request, Rings, RunName, Secrets

Clock = Callable[[], datetime]
"""Gives the instant, in UTC."""

SinceBoot = Callable[[], float]
"""Gives the seconds since the machine's boot, which nobody can set."""

Render = Callable[[PageView], bytes]
"""Makes a self-contained HTML page."""


FunctionName = tuple[str, str, str]
"""Folder and name of a service, and an operation of it."""

FillPage = Callable[[ProgramFile, OwnPage, Mapping[str, object]], bytes]
"""Makes a page from the author's template.

Raises:
    ProgramFailed: it cannot.
"""


class Authentication(Protocol):
    """Knows whom a session token belongs to. Never trusts what it cannot check."""

    async def owner_of(self, session_token: str) -> Owner:
        """Tell whom a token belongs to.

        Raises:
            NotConfigured: nobody said whom to trust.
            TokenRefused: the authentication manager says no.
            AuthenticationUnavailable: it did not say yes.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where an output file belongs: names for its storage URI."""

    service_id: str
    project: str
    port: str


class Storage(Protocol):
    """Where files live that outlast a run."""

    async def fetch(self, uri: str, *, session_token: str, into: Path) -> None:
        """Bring a file here; it is whole when this returns, or not there.

        Raises:
            StorageAway: it may work later.
            StorageRefused: it will not.
        """
        ...

    async def fetch_folder(self, uri: str, *, session_token: str, into: Path) -> None:
        """Bring a folder here with all that is in it; it is whole when this returns, or not there.

        Raises:
            StorageAway: it may work later.
            StorageRefused: it will not.
        """
        ...

    async def make_folder(self, name: str, *, session_token: str, place: Place) -> str:
        """Make a folder in the storage and give its URI, which ends in a slash.

        Raises:
            StorageAway: it may work later.
            StorageRefused: it will not.
        """
        ...

    async def store_at(self, folder: Path, path: str, *, session_token: str, uri: str) -> None:
        """Bring a file to a place in the storage.

        Raises:
            StorageAway, StorageRefused, FileRefused, FileNotFoundError: see `store`.
        """
        ...

    async def store(self, folder: Path, path: str, *, session_token: str, place: Place) -> str:
        """Bring a file to the storage and give its URI.

        Args:
            folder: the working folder of the run.
            path: the file's place beneath it.
            session_token: the caller's.
            place: where the file should go.

        Raises:
            StorageAway: it may work later.
            StorageRefused: it will not.
            FileRefused: it is a link, or leads through one, or is no regular file.
            FileNotFoundError: it is not there.
        """
        ...


class Function(Protocol):
    """An operation that is no program: it runs in the service itself."""

    async def __call__(self, inputs: Mapping[str, str]) -> Mapping[str, str]:
        """Give the outputs, both in lexical form.

        Raises:
            ProgramFailed: it says that it cannot, in words that are meant for the caller.
        """
        ...


class Manager(Protocol):
    """The workflow manager that the service is configured with."""

    async def finished(
        self, service_id: str, *, session_token: str, outputs: Mapping[str, str]
    ) -> None:
        """Tell it that an application is over, by `serviceExecutionFinished`.

        Raises:
            ManagerAway: it may work later.
            ManagerRefused: it will not.
        """
        ...


class Room(Protocol):
    """The disk that the runs lie on."""

    def free(self) -> int:
        """Give the bytes that may still be written."""
        ...

    def taken(self, folder: Path) -> int:
        """Give the bytes that a run has written. Takes long if there are many files."""
        ...


class Boxes(Protocol):
    """Keeps programs in boxes."""

    def enclose(
        self, box: Box, command: tuple[str, ...], *, folder: Path, here: str
    ) -> tuple[str, ...]:
        """Give the command that runs another one in a box.

        Args:
            box: what the box leaves open.
            command: the program and its arguments.
            folder: of the run; the program gets its own part of it only.
            here: the folder of the program file.
        """
        ...


class Mark(StrEnum):
    """Something that is remembered of a run; the name of its file."""

    WAITING = "waiting"  # it is certain that its program has not begun
    PASSED = "passed"  # it has passed a limit and is being ended
    SEEN = "seen"  # it was seen to be over, and at which count of seconds


class Push(Protocol):
    """The manager's bell."""

    async def ring(self, capability: str) -> bool:
        """Tell the manager to look at a run now; carries no result. Whether it was heard."""
        ...


class Runs(Protocol):
    """The records and folders of all runs. The one place where their files are written."""

    def folder(self, name: RunName) -> Path:
        """Where a run lives."""
        ...

    def prepare(self, name: RunName, request: Request, secrets: Secrets) -> None:
        """Make a run's folder and write down what it was asked for."""
        ...

    def claim(self, name: RunName, intent: Intent) -> bool:
        """Record durably that an id is used, which is the moment a run exists.

        Returns:
            False if somebody was first.
        """
        ...

    def keep_secrets(self, name: RunName, secrets: Secrets) -> None:
        """Replace what is kept until the run is settled."""
        ...

    def lay_out(self, file: Path, secret: str) -> None:
        """Write a secret into a file for the program, readable by this account only."""
        ...

    def forget_inputs(self, name: RunName, secrets: Secrets) -> None:
        """Remove what was laid out, and keep only these secrets until the run is settled."""
        ...

    def is_cleaned(self, name: RunName) -> bool:
        """Whether the run's folder was removed because it was old."""
        ...

    def intent(self, name: RunName) -> Intent | None:
        """Give the record of an id."""
        ...

    def request(self, name: RunName) -> Request | None:
        """Give what a run was asked for; `None` when its folder was cleaned or lost."""
        ...

    def secrets(self, name: RunName) -> Secrets | None:
        """Give what is kept until a run is settled."""
        ...

    def forget_secrets(self, name: RunName) -> None:
        """Remove them."""
        ...

    def keep_inputs(self, name: RunName, values: Mapping[str, str]) -> None:
        """Write the inputs for a program that reads them from a file."""
        ...

    def keep_page(self, name: RunName, page: bytes) -> None:
        """Keep the page that an application shows, so that it stays the same."""
        ...

    def mark(self, name: RunName, mark: Mark, text: str) -> None:
        """Remember something durably."""
        ...

    def marked(self, name: RunName, mark: Mark) -> str | None:
        """Give what is remembered; `None` if it is not."""
        ...

    def unmark(self, name: RunName, mark: Mark) -> None:
        """Forget it durably."""
        ...

    def keep_passed(self, passed: Passed) -> None:
        """Remember how much time has passed."""
        ...

    def passed(self) -> Passed | None:
        """Give what was remembered last; `None` if nothing was, or if it is damaged."""
        ...

    def keep_rings(self, rings: Rings) -> None:
        """Remember in which order owners have their turns; a power loss may take the newest."""
        ...

    def rings(self) -> Rings:
        """Give the order that was remembered last; empty if none was, or if it is damaged."""
        ...

    def explain(self, name: RunName, account: str, readme: str) -> None:
        """Write what a person who opens the run's folder should know, as JSON and as a text."""
        ...

    def add_message(self, name: RunName, line: str, *, limit: int) -> bool:
        """Append a line to the file in which the program of a run reads its messages.

        Returns:
            False if the file would become larger than `limit` bytes; then nothing was written.
        """
        ...

    def settle(self, name: RunName, outcome: Outcome) -> None:
        """Write how a run ended, durably, before anybody is told."""
        ...

    def outcome(self, name: RunName) -> Outcome | None:
        """Give how a run ended; `None` if it goes on."""
        ...

    def names(self) -> Iterable[RunName]:
        """Give all runs that still have a folder."""
        ...

    def remove(self, name: RunName) -> None:
        """Remove a run's folder; the record of its id stays."""
        ...

    def keep_program(self, program: ProgramFile) -> str:
        """Keep a program file as long as runs need it; gives its digest."""
        ...

    def program(self, digest: str, here: str) -> ProgramFile | None:
        """Give a program file that was kept."""
        ...


class Watch(Protocol):
    """Looks at the files of one run while its program writes them."""

    def signature(self) -> tuple[object, ...]:
        """Give what differs whenever a file that the page shows was written. Very cheap."""
        ...

    def changed(self) -> bool:
        """Whether a look would show something else than the last one. Very cheap."""
        ...

    def look(self) -> Seen:
        """Read what the page shows; what is half-written counts as it was before."""
        ...


class Watcher(Protocol):
    """Reads what programs write, beneath their folders and never through a link."""

    def watch(self, folder: Path, operation: Operation) -> Watch:
        """Begin to look at a run."""
        ...

    def value(self, folder: Path, output: Output) -> str | None:
        """Read an output that is a text; `None` if the program did not leave it.

        Raises:
            InvalidValue: it is there, and is no value of its port.
            FileRefused: it is a link, or leads through one, or is too large.
        """
        ...

    def dialog(self, folder: Path, operation: Operation) -> bytes | None:
        """Read the page that an application shows; `None` if it is not there, or not whole.

        Raises:
            FileRefused: it is a link, or leads through one, or is too large.
        """
        ...

    def found(self, folder: Path, pattern: str) -> str:
        """Find the one file whose name fits a pattern such as `out/*.msh`.

        Raises:
            FileNotFoundError: there is none.
            FileRefused: there are several.
        """
        ...

    def all_found(self, folder: Path, pattern: str) -> tuple[str, ...]:
        """Find all files whose names fit a pattern, in the order of their names.

        Raises:
            FileNotFoundError: a name without a pattern is not there.
        """
        ...

    def files(self, folder: Path, path: str) -> tuple[str, ...]:
        """Give all files in a folder, as paths beneath it.

        Raises:
            FileNotFoundError: it is not there.
            FileRefused: it is no folder, leads through a link, or holds what is no regular file.
        """
        ...

    def last_lines(self, folder: Path, count: int) -> tuple[str, ...]:
        """Give the last lines of the log."""
        ...
