"""The run that a function belongs to: what it can show, hear and be told meanwhile."""

import io
import json
import os
import signal
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from tarry.service.functions.names import PICTURES_FILE, PICTURES_FOLDER

MESSAGES_VARIABLE = "TARRY_MESSAGES"

MOST_PICTURES = 8
"""Pictures that the status page shows; of more, the newest."""
_MOST_REPORTED = 64 * 1024
"""Bytes after which the file of reports begins anew: only the newest line of it counts."""

_LOOK_EVERY = 0.2
"""Seconds between two looks for new messages."""


class Run:
    """A run, for a function that asks for it: `def solve(size: Decimal, run: Run) -> …`.

    Attributes:
        folder: the run's own working folder, which is the current one.
        percent: the progress that was shown last.
        message: what was said of it last.
    """

    def __init__(
        self, folder: Path, *, messages: Path | None = None, reports: int | None = None
    ) -> None:
        """Take part in a run.

        Args:
            folder: the run's own working folder.
            messages: the file to which messages are appended.
            reports: the descriptor on which progress is told.
        """
        self.folder = folder
        self.percent: float | None = None
        self.message = ""
        self._reports = reports
        self._pictures: dict[str, dict[str, str]] = {}
        self._drawn = 0
        self._drawing = threading.Lock()
        self._messages = messages
        self._read = 0
        self._reading = threading.Lock()
        self._aborted = threading.Event()
        self._cares_for_aborts = False
        (folder / PICTURES_FOLDER).mkdir(parents=True, exist_ok=True)

    @classmethod
    def local(cls, folder: Path | None = None) -> "LocalRun":
        """Make a run without a service, for tests and for trying a function out.

        Args:
            folder: where its files go; else a temporary folder that goes away with the run.
        """
        return LocalRun(folder)

    def progress(self, done: float, total: float | None = None, message: str | None = None) -> None:
        """Show how far it is: in percent, or as so many of a total.

        Args:
            done: a fraction of a percent counts, too.
            total: of which `done` are done; then `done` is no percentage.
            message: a line that the status page shows until another takes its place.
        """
        percent = float(done) if total is None else 100 * float(done) / float(total)
        self.percent = min(100.0, max(0.0, percent))
        if message is not None:
            self.message = message
        self._report({"percent": round(self.percent, 6), "message": self.message})

    def log(self, *words: object) -> None:
        """Write a line into the log, whose last lines the status page shows."""
        print(*words, flush=True)  # noqa: T201 - what is printed is the log

    def picture(
        self, picture: "str | os.PathLike[str] | bytes | Any", *, name: str = "", title: str = ""
    ) -> None:
        """Show a picture on the status page: a file, its bytes, or a figure of Matplotlib.

        PNG, JPEG, GIF, WebP and SVG are shown, up to 1 MiB.

        Args:
            picture: replaces the one of the same name. Of more than eight names, the page shows
                those that came last.
            name: tells it from other pictures of the run.
            title: what it shows, for those who read it and for those who do not see it; else the
                name.
        """
        if isinstance(picture, bytes):
            content = picture
        elif hasattr(picture, "savefig"):
            drawn = io.BytesIO()
            picture.savefig(drawn, format="png")
            content = drawn.getvalue()
        else:
            content = (self.folder / picture).read_bytes()
        with self._drawing:
            self._show(content, name, title or name)

    def _show(self, content: bytes, name: str, title: str) -> None:
        known = self._pictures.get(name)
        if known is None:
            while len(self._pictures) >= MOST_PICTURES:
                self._pictures.pop(next(iter(self._pictures)))
            self._drawn += 1
            known = {"file": f"{PICTURES_FOLDER}/{(self._drawn - 1) % MOST_PICTURES}"}
        self._write(known["file"], content)
        if self._pictures.get(name, {}).get("title") != title:
            self._pictures[name] = {**known, "title": title}
            listed = json.dumps(list(self._pictures.values()), ensure_ascii=False)
            self._write(PICTURES_FILE, listed.encode())

    def messages(self) -> list[str]:
        """Give the messages that were sent to the run since the last call."""
        if self._messages is None:
            return []
        with self._reading:
            try:
                with self._messages.open("rb") as file:
                    file.seek(self._read)
                    new = file.read()
            except OSError:  # not there yet, or no descriptor to spare: it is looked at again
                return []
            whole = new[: new.rfind(b"\n") + 1]  # the last line may still be on its way
            self._read += len(whole)
        return [line.decode("utf-8", "replace") for line in whole.split(b"\n")[:-1]]

    def on_message(self, listener: Callable[[str], object]) -> Callable[[str], object]:
        """Have a function called with each message, in a thread beside this one.

        It takes the messages that `messages` would give.
        """

        def listen() -> None:
            pause = threading.Event()
            while True:
                for message in self.messages():
                    listener(message)
                pause.wait(_LOOK_EVERY)

        threading.Thread(target=listen, name="messages", daemon=True).start()
        return listener

    @property
    def aborted(self) -> threading.Event:
        """Set when somebody ends the run; then there are a few seconds to tidy up.

        A function that never asks for it is ended at once.
        """
        self._cares_for_aborts = True
        return self._aborted

    def listen_for_aborts(self) -> None:
        """Take the signal that ends runs; from the main thread of a process of its own."""
        signal.signal(signal.SIGTERM, self._on_abort)

    def _on_abort(self, number: int, _frame: object) -> None:
        if not self._cares_for_aborts:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        self._aborted.set()

    def _report(self, said: dict[str, object]) -> None:
        """Tell something on the descriptor; a full disk must not end what only tells of itself."""
        if self._reports is None:
            return
        with suppress(OSError):
            if os.fstat(self._reports).st_size > _MOST_REPORTED:
                os.ftruncate(self._reports, 0)
            os.write(self._reports, json.dumps(said).encode() + b"\n")

    def _write(self, name: str, content: bytes) -> None:
        """Write a file whole, so that nobody reads half of it."""
        file = self.folder / name
        draft = file.with_name(f"{file.name}.{threading.get_ident()}.new")
        draft.write_bytes(content)
        draft.replace(file)


class LocalRun(Run):
    """A run without a service: `with Run.local() as run: solve(Decimal(2), run)`."""

    def __init__(self, folder: Path | None = None) -> None:
        self._temporary = tempfile.TemporaryDirectory() if folder is None else None
        place = Path(self._temporary.name) if self._temporary else Path(folder or ".")
        place.mkdir(parents=True, exist_ok=True)
        super().__init__(place, messages=place / ".tarry" / "messages")

    def send(self, message: str) -> None:
        """Send it a message, as `notifyService` does."""
        with (self.folder / ".tarry" / "messages").open("ab") as file:
            file.write(f"{message}\n".encode())

    def abort(self) -> None:
        """Tell it to end, as `abortService` does."""
        self._aborted.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._temporary is not None:
            self._temporary.cleanup()
